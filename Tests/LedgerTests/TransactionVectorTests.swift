// Transactions against encodings, hashes and senders that another implementation made.

import Crypto
import Ledger
import Primitives
import Testing

/// A transaction signed by eth-account 0.13; its signatures are deterministic (RFC 6979), as ours.
struct SignedVector: Sendable, CustomTestStringConvertible {
  let name: String
  let unsigned: Transaction
  let privateKey: UInt256
  let encoding: String
  let hash: String

  var testDescription: String { name }
}

private let keyOfExample =
  0x4646_4646_4646_4646_4646_4646_4646_4646_4646_4646_4646_4646_4646_4646_4646_4646 as UInt256
private let recipient = Address(bytes: [UInt8](repeating: 0x35, count: 20))
private let accessList = [
  AccessListEntry(
    address: filled(0x11),
    slots: [0, 0xabab_abab_abab_abab_abab_abab_abab_abab_abab_abab_abab_abab_abab_abab_abab_abab]),
  AccessListEntry(address: filled(0x22)),
]

private func filled(_ byte: UInt8) -> Address {
  Address(bytes: [UInt8](repeating: byte, count: 20)) ?? .zero
}

private func versionedHash(_ byte: UInt8) -> Hash256 {
  Hash256(bytes: [1] + [UInt8](repeating: byte, count: 31)) ?? .zero
}

private let vectors: [SignedVector] = [
  SignedVector(
    name: "eip155 example",
    unsigned: Transaction(
      kind: .legacy, chainID: 1, nonce: 9, maxFeePerGas: 20_000_000_000, gasLimit: 21_000,
      to: recipient, value: 1_000_000_000_000_000_000),
    privateKey: keyOfExample,
    encoding: "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6"
      + "b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa63"
      + "6276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
    hash: "0x33469b22e9f636356c4160a87eb19df52b7412e8eac32a4a55ffe88ea8350788"),
  SignedVector(
    name: "legacy unprotected creation",
    unsigned: Transaction(
      kind: .legacy, chainID: nil, nonce: 0, maxFeePerGas: 1, gasLimit: 100_000, to: nil,
      data: [0x60, 0x01]),
    privateKey: 0xff,
    encoding: "0xf84e8001830186a080808260011ba0d7e83f9eb4f9aff995077db7525c34066dab26e74546"
      + "f2cb0c1dc60e3fd0c267a01685d0cceef6cdd1095087b7522baf0e22096c803142a82dc858cf"
      + "e8bde84b42",
    hash: "0x52339600ca59dcd2c7b9aaa3402b045e655ad118869919467ae7ea5a9c57cefd"),
  SignedVector(
    name: "legacy large chain id",
    unsigned: Transaction(
      kind: .legacy, chainID: (1 << 53) - 7, nonce: .max - 1, maxFeePerGas: .max, gasLimit: .max,
      to: recipient, value: .max, data: (0..<200).map { UInt8($0) }),
    privateKey: keyOfExample,
    encoding: "0xf9017d88fffffffffffffffea0ffffffffffffffffffffffffffffffffffffffffffffffff"
      + "ffffffffffffffff88ffffffffffffffff943535353535353535353535353535353535353535"
      + "a0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffb8c8000102"
      + "030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728"
      + "292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e"
      + "4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f7071727374"
      + "75767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a"
      + "9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0"
      + "c1c2c3c4c5c6c78740000000000016a0d7e991413f7785e55246f2bade880ca59fc3d57808cf"
      + "3de315e5c37c52b8ce28a030d1dcbf09a48415944653938c68ebebea028585b1f7bec1c23d55"
      + "6c7c938545",
    hash: "0x8805da9fc5cbf6623a2aef9b479257726c8ea4f187bafc0c98a5df15a3c4147b"),
  SignedVector(
    name: "access list",
    unsigned: Transaction(
      kind: .accessList, chainID: 1, nonce: 1, maxFeePerGas: 7, gasLimit: 50_000, to: recipient,
      value: 3, data: [0], accessList: accessList),
    privateKey: keyOfExample,
    encoding: "0x01f8d401010782c3509435353535353535353535353535353535353535350300f872f85994"
      + "1111111111111111111111111111111111111111f842a0000000000000000000000000000000"
      + "0000000000000000000000000000000000a0abababababababababababababababababababab"
      + "ababababababababababababd6942222222222222222222222222222222222222222c001a032"
      + "9670639b87bc5c77be1acf68b4f53ce52296aef66ab09a7961b42507078e05a02fb826e59d75"
      + "6f81b67f86c70174c4371d69ef7feaf0b7341dc370e0b8ff3a82",
    hash: "0x8908aecf89b10fdc61577b6e20845b674491eefbd901fb2e63e96e60377e4e01"),
  SignedVector(
    name: "dynamic fee creation",
    unsigned: Transaction(
      kind: .dynamicFee, chainID: 5, nonce: 255, maxPriorityFeePerGas: 1_000_000_000,
      maxFeePerGas: 100_000_000_000, gasLimit: 50_000, to: nil,
      data: [UInt8](repeating: 0xfe, count: 56)),
    privateKey: 0xff,
    encoding: "0x02f8910581ff843b9aca0085174876e80082c3508080b838fefefefefefefefefefefefefe"
      + "fefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefe"
      + "fefefefefec001a0b076d013df7931775a1d1113411f63916223e9dc330ff73ebc1b5ab65db5"
      + "6819a064d6dc4100dcac203a5ceb87fa768dfd960c528f350c45ff124ba31562ed9dc3",
    hash: "0x3dfd2ef8270f4bc939d3b8e56b79a400d19e5a18934656016bf66a759e173efc"),
  SignedVector(
    name: "dynamic fee",
    unsigned: Transaction(
      kind: .dynamicFee, chainID: 1, nonce: 128, maxPriorityFeePerGas: 0,
      maxFeePerGas: 100_000_000_000, gasLimit: 50_000, to: recipient, value: 1, data: [0x7f],
      accessList: accessList),
    privateKey: keyOfExample,
    encoding: "0x02f8db0181808085174876e80082c350943535353535353535353535353535353535353535"
      + "017ff872f859941111111111111111111111111111111111111111f842a00000000000000000"
      + "000000000000000000000000000000000000000000000000a0ababababababababababababab"
      + "abababababababababababababababababababd6942222222222222222222222222222222222"
      + "222222c001a00a3cdc2b2c5c994103d4c5284bb14637ec41b7a942c5e84f2e3e925bb06bd927"
      + "a03519f42b990dea8f2e51d65f61587c0834f91e00a7ed9ad467afe47957b12e2e",
    hash: "0x77981944a3e4c6ed6e0f9d81cac8a804a3c56e49acfe3ff66a8524bc7c3d2ec9"),
  SignedVector(
    name: "blob",
    unsigned: Transaction(
      kind: .blob, chainID: 1, nonce: 3, maxPriorityFeePerGas: 1_000_000_000,
      maxFeePerGas: 100_000_000_000, gasLimit: 50_000, to: recipient, value: 1,
      accessList: accessList, maxFeePerBlobGas: 9,
      blobVersionedHashes: [versionedHash(0x33), versionedHash(0x44)]),
    privateKey: keyOfExample,
    encoding: "0x03f901230103843b9aca0085174876e80082c3509435353535353535353535353535353535"
      + "353535350180f872f859941111111111111111111111111111111111111111f842a000000000"
      + "00000000000000000000000000000000000000000000000000000000a0ababababababababab"
      + "abababababababababababababababababababababababd69422222222222222222222222222"
      + "22222222222222c009f842a00133333333333333333333333333333333333333333333333333"
      + "333333333333a001444444444444444444444444444444444444444444444444444444444444"
      + "4480a06fb8829bc8182c612ec7fb05a0daa442073b266e0f7e08c89ccbf937987df374a001ed"
      + "7dd1addfa649bad1bb92adcb5267327245ac1e9d74ff6684b42529f928ad",
    hash: "0xfaa7b6fdfc61d513e4d614a5737e2b67785c457bc5fa070cffd8c3d66ee897ff"),
  SignedVector(
    name: "set code",
    unsigned: Transaction(
      kind: .setCode, chainID: 1, nonce: 4, maxPriorityFeePerGas: 1_000_000_000,
      maxFeePerGas: 100_000_000_000, gasLimit: 90_000, to: recipient, value: 1,
      authorizations: [authorizationOfOne, authorizationOfAny]),
    privateKey: keyOfExample,
    encoding: "0x04f9012e0104843b9aca0085174876e80083015f9094353535353535353535353535353535"
      + "35353535350180c0f8c0f85a019477777777777777777777777777777777777777770501a0f1"
      + "ab9d46237d5473c719e67a522cef30e721ec5ec643d80dfabd1db14ddb0faba032cda4dcd429"
      + "ea00411dff10c3c2e06d0973e2574539fcf819e8d590b2a711bff86280940000000000000000"
      + "00000000000000000000000088ffffffffffffffff01a0dd59e858f29a318f2dfe12416a5e76"
      + "7cca21b1b024920c214a6c3e3291b937dda03d605f838afba8307b8c8617f8c50bf0d958bd77"
      + "bd07b83bebd98bba2bbf466180a093a53f5fef5e31eb828a3fec4c232332386d922e6e044279"
      + "5c675cc3088915dfa026c97f5eea86ab2a693a09dd9ae958361707397388eb5d8d2bec39de03"
      + "53e743",
    hash: "0xf619c1bbd811189c93dae6aa0dc817f3cad6fb02ac0b852693b929f374cc9d20"),
]

@Suite struct TransactionVectorTests {
  @Test(arguments: vectors)
  func signingGivesTheEncodingOfAnotherImplementation(vector: SignedVector) throws {
    let signed = try #require(vector.unsigned.signed(by: vector.privateKey))
    #expect(Hex.encode(signed.encoded) == vector.encoding)
    #expect(signed.hash.hex == vector.hash)
  }

  @Test(arguments: vectors)
  func decodingGivesTheFieldsAndTheSender(vector: SignedVector) throws {
    let decoded = try Transaction(decoding: try Hex.decode(vector.encoding))
    #expect(decoded == vector.unsigned.signed(by: vector.privateKey))
    let sender = try #require(Secp256k1.address(ofPrivateKey: vector.privateKey))
    #expect(try decoded.recoverSender() == sender)
  }

  @Test func theExampleOfEIP155HasThePublishedHashes() throws {
    let example = try #require(vectors.first)
    // Both values stand in the text of EIP-155.
    #expect(
      example.unsigned.signingHash.hex
        == "0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53")
    let signed = try #require(example.unsigned.signed(by: example.privateKey))
    #expect(
      signed.signature.r.decimal
        == "18515461264373351373200002665853028612451056578545711640558177340181847433846")
    #expect(try signed.recoverSender().hex == "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f")
  }

  @Test func authorizationsAreSignedAsByAnotherImplementation() throws {
    let unsigned = Authorization(chainID: 1, address: filled(0x77), nonce: 5)
    #expect(
      unsigned.signingHash.hex
        == "0xd0d0beed2db05bb960f49ab27e4544f22546371a2493a816c28ddbbdec5ecf7a")
    let signed = try #require(unsigned.signed(by: 0xff))
    #expect(signed == authorizationOfOne)
    #expect(try signed.recoverAuthority().hex == "0x5044a80bd3eff58302e638018534bbda8896c48a")
    let largest = Authorization(chainID: 0, address: .zero, nonce: .max)
    #expect(
      largest.signingHash.hex
        == "0x353e2d518bc75504449cede5f319f13db2f41d04776408eb4e07e0196fbd170f")
    #expect(largest.signed(by: keyOfExample) == authorizationOfAny)
  }

  @Test func authorizationsInATransactionNameTheirAuthorities() throws {
    let encoding = try #require(vectors.last).encoding
    let decoded = try Transaction(decoding: try Hex.decode(encoding))
    #expect(
      try decoded.authorizations.map { try $0.recoverAuthority().hex } == [
        "0x5044a80bd3eff58302e638018534bbda8896c48a",
        "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f",
      ])
  }
}

private let authorizationOfOne = Authorization(
  chainID: 1, address: filled(0x77), nonce: 5,
  signature: Signature(
    yParity: 1,
    r: 0xf1ab_9d46_237d_5473_c719_e67a_522c_ef30_e721_ec5e_c643_d80d_fabd_1db1_4ddb_0fab,
    s: 0x32cd_a4dc_d429_ea00_411d_ff10_c3c2_e06d_0973_e257_4539_fcf8_19e8_d590_b2a7_11bf))

private let authorizationOfAny = Authorization(
  chainID: 0, address: .zero, nonce: .max,
  signature: Signature(
    yParity: 1,
    r: 0xdd59_e858_f29a_318f_2dfe_1241_6a5e_767c_ca21_b1b0_2492_0c21_4a6c_3e32_91b9_37dd,
    s: 0x3d60_5f83_8afb_a830_7b8c_8617_f8c5_0bf0_d958_bd77_bd07_b83b_ebd9_8bba_2bbf_4661))
