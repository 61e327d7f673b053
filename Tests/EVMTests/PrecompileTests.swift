// Precompiled contracts: addresses, prices, outputs.

import Crypto
import EVM
import Ledger
import Primitives
import Testing

@Suite struct PrecompileTests {
  private func contract(_ address: UInt64, _ fork: Fork = .latest) throws -> Precompile {
    try #require(PrecompileTable.of(fork)[Address(address)])
  }

  /// The output in hexadecimal, nil for a refused input.
  private func output(
    _ address: UInt64, _ input: String, _ fork: Fork = .latest
  ) throws -> String? {
    let contract = try contract(address, fork)
    var output = PrecompileOutput()
    defer { output.free() }
    let isDone = try Hex.decode(input).withUnsafeBytes { contract.run($0, &output) }
    return isDone ? String(Hex.encode(output.bytes).dropFirst(2)) : nil
  }

  private func gas(_ address: UInt64, _ input: [UInt8], _ fork: Fork = .latest) throws -> UInt64 {
    let contract = try contract(address, fork)
    return input.withUnsafeBytes { contract.gas($0) }
  }

  @Test func eachForkHasItsContracts() {
    func numbers(_ fork: Fork) -> [UInt64] { PrecompileTable.of(fork).addresses.map(\.l0) }
    #expect(numbers(.frontier) == [1, 2, 3, 4] && numbers(.spuriousDragon) == [1, 2, 3, 4])
    #expect(numbers(.byzantium) == Array(1...8) && numbers(.petersburg) == Array(1...8))
    #expect(numbers(.istanbul) == Array(1...9) && numbers(.london) == Array(1...9))
    #expect(numbers(.cancun) == Array(1...10))
    #expect(numbers(.prague) == Array(1...0x11))
    #expect(numbers(.osaka) == Array(1...0x11) + [0x100])
  }

  @Test func otherAddressesHaveNone() {
    let table = PrecompileTable.of(.latest)
    for limb in [Address(l0: 1, l1: 1, l2: 0), Address(l0: 1, l1: 0, l2: 1), .zero] {
      #expect(table[limb] == nil)
    }
    #expect(table[Address(0xff)] == nil && table[Address(0x101)] == nil)
    #expect(table[Address(.max)] == nil)
  }

  @Test func pricesFollowTheForks() throws {
    let word = [UInt8](repeating: 0, count: 32)
    #expect(try gas(1, word) == 3000)
    #expect(try gas(2, []) == 60 && gas(2, [1]) == 72 && gas(2, word) == 72)
    #expect(try gas(2, word + [0]) == 84)
    #expect(try gas(3, word + [0]) == 840 && gas(4, word + [0]) == 21)
    #expect(try gas(6, [], .byzantium) == 500 && gas(6, [], .istanbul) == 150)
    #expect(try gas(7, [], .byzantium) == 40_000 && gas(7, [], .istanbul) == 6_000)
    let pairs = [UInt8](repeating: 0, count: 384)
    #expect(try gas(8, pairs, .byzantium) == 260_000 && gas(8, pairs, .istanbul) == 113_000)
    #expect(try gas(9, [0, 1, 2, 3] + [UInt8](repeating: 0, count: 209)) == 0x1_0203)
    #expect(try gas(9, [1, 1, 1, 1]) == 0)
    #expect(try gas(0x0a, []) == 50_000)
    #expect(try gas(0x100, []) == 6900)
  }

  @Test func contractsOverBLS12381HaveThePricesOfEIP2537() throws {
    func items(_ count: Int, of size: Int) -> [UInt8] { [UInt8](repeating: 0, count: count * size) }
    #expect(try gas(0x0b, items(1, of: 256)) == 375 && gas(0x0d, items(1, of: 512)) == 600)
    #expect(try gas(0x0c, items(1, of: 160)) == 12_000 && gas(0x0e, items(1, of: 288)) == 22_500)
    // Discounts of 94.9 % for two points of G1, 100 % of G2; 51.9 % and 52.4 % from 128 on.
    #expect(try gas(0x0c, items(2, of: 160)) == 2 * 12_000 * 949 / 1000)
    #expect(try gas(0x0e, items(2, of: 288)) == 2 * 22_500)
    #expect(try gas(0x0c, items(128, of: 160)) == 128 * 12_000 * 519 / 1000)
    #expect(try gas(0x0c, items(300, of: 160)) == 300 * 12_000 * 519 / 1000)
    #expect(try gas(0x0e, items(200, of: 288)) == 200 * 22_500 * 524 / 1000)
    #expect(try gas(0x0c, []) == 0 && gas(0x0e, []) == 0)
    #expect(try gas(0x0f, items(2, of: 384)) == 37_700 + 2 * 32_600)
    #expect(try gas(0x10, items(1, of: 64)) == 5_500 && gas(0x11, items(1, of: 128)) == 23_800)
  }

  @Test func contractsOverBLS12381AddAndRefuse() throws {
    // Infinity is all zeros; a lone one is no point.
    let infinity = String(repeating: "0", count: 512)
    #expect(try output(0x0b, infinity) == String(repeating: "0", count: 256))
    #expect(try output(0x0b, String(infinity.dropLast()) + "1") == nil)
    #expect(try output(0x0b, String(infinity.dropLast(2))) == nil)
    #expect(try output(0x0c, "") == nil && output(0x0f, "") == nil)
    let one = String(repeating: "0", count: 63) + "1"
    #expect(try output(0x0f, infinity + String(repeating: "0", count: 256)) == one)
  }

  // MODEXP

  private func modExpInput(_ lengths: [UInt256], _ numbers: [UInt8] = []) -> [UInt8] {
    lengths.flatMap(\.bigEndianBytes) + numbers
  }

  @Test func theExampleOfEIP198HasItsPrices() throws {
    // 3 ** (p − 1) mod p
    let prime = secp256k1Prime
    let input = modExpInput(
      [.one, UInt256(32), UInt256(32)],
      [3] + (prime &- .one).bigEndianBytes + prime.bigEndianBytes)
    #expect(try gas(5, input, .byzantium) == 13_056)
    #expect(try gas(5, input, .berlin) == 1_360)
    #expect(try gas(5, input, .osaka) == 4_080)
    let result = try output(5, Hex.encode(input))
    #expect(
      result == String(UInt256.one.bigEndianBytes.reduce("") { $0 + ($1 == 0 ? "00" : "01") }))
  }

  /// The prime of secp256k1's field, as in the example.
  private var secp256k1Prime: UInt256 { .max &- UInt256(0x1_0000_03d0) }

  @Test func absurdLengthsCostEverythingAndTakeNoMemory() throws {
    for huge in [UInt256.max, UInt256.one &<< 64, UInt256(UInt64.max), UInt256.one &<< 200] {
      #expect(try gas(5, modExpInput([huge, .one, .one]), .byzantium) > 1 << 60)
      #expect(try gas(5, modExpInput([.one, .one, huge]), .berlin) > 1 << 60)
      #expect(try gas(5, modExpInput([.one, huge, .one]), .berlin) > 1 << 60)
      // With an empty base and modulus the exponent costs nothing.
      let empty = modExpInput([.zero, huge, .zero])
      #expect(try gas(5, empty, .byzantium) == 0 && gas(5, empty, .berlin) == 200)
      #expect(try output(5, Hex.encode(empty), .berlin) == "")
      #expect(try gas(5, empty, .osaka) == .max)
    }
  }

  @Test func operandsBeyond1024BytesAreRefusedSinceOsaka() throws {
    for place in 0..<3 {
      var lengths = [UInt256.one, .one, .one]
      lengths[place] = UInt256(1024)
      #expect(try gas(5, modExpInput(lengths)) < .max)
      lengths[place] = UInt256(1025)
      #expect(try gas(5, modExpInput(lengths)) == .max)
    }
  }

  @Test func modExpReadsZerosBeyondItsInput() throws {
    // 0x03 ** 0x02 mod 0x0500
    let input = modExpInput([.one, .one, UInt256(2)], [3, 2, 5])
    #expect(try output(5, Hex.encode(input)) == "0009")
    #expect(try output(5, Hex.encode(modExpInput([.one, .one, UInt256(2)]))) == "0000")
    #expect(try output(5, "") == "")
  }

  // The others

  @Test func recoverGivesTheSignerOrNothing() throws {
    let hash = "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c"
    let v = String(repeating: "0", count: 62) + "1c"
    let r = "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"
    let s = "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549"
    let signer = "000000000000000000000000a94f5374fce5edbc8e2a8697c15331677e6ebf0b"
    #expect(try output(1, hash + v + r + s) == signer)
    #expect(try output(1, hash + v + r + s + "ffff") == signer)
    #expect(try output(1, hash + v + r + s.dropLast(2)) != signer)
    #expect(try output(1, hash + "01" + v.dropFirst(2) + r + s) == "")
    #expect(try output(1, hash + v.dropLast(2) + "1d" + r + s) == "")
    #expect(try output(1, "") == "")
  }

  @Test func digestsAndTheIdentity() throws {
    let abc = "616263"
    #expect(
      try output(2, abc) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      try output(3, abc) == "0000000000000000000000008eb208f7e05d987a9b044a8e98c6b087f15a0bfc")
    #expect(try output(4, abc) == abc && output(4, "") == "")
    let long = String(repeating: "5a", count: 5_000)
    #expect(try output(4, long) == long)
  }

  @Test func blake2fRefusesWrongLengthsAndFlags() throws {
    let zeros = String(repeating: "00", count: 212)
    #expect(try output(9, zeros + "00")?.count == 128)
    #expect(try output(9, zeros + "01")?.count == 128)
    for bad in ["", zeros, zeros + "02", zeros + "0000"] { #expect(try output(9, bad) == nil) }
    // EIP-152, vector 5.
    let input =
      "0000000c48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e51"
      + "1f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b616263"
      + String(repeating: "00", count: 125) + "03" + String(repeating: "00", count: 15) + "01"
    let expected =
      "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
      + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"
    #expect(try output(9, input) == expected)
  }

  @Test func bn254AddsMultipliesAndPairs() throws {
    let g = String(repeating: "0", count: 63) + "1" + String(repeating: "0", count: 63) + "2"
    let two = String(repeating: "0", count: 63) + "2"
    let doubled = try #require(try output(6, g + g))
    #expect(try output(7, g + two) == doubled)
    #expect(try output(6, "") == String(repeating: "0", count: 128))
    #expect(try output(6, two + g) == nil && output(7, two + two) == nil)
    #expect(try output(8, "") == String(repeating: "0", count: 63) + "1")
    #expect(try output(8, "00") == nil)
  }

  @Test func pointEvaluationGivesTheConstantsOrFails() throws {
    // From go-ethereum: hash, z, y, commitment, proof.
    let input =
      "01e798154708fe7789429634053cbf9f99b619f9f084048927333fce637f549b"
      + "564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306"
      + "24d25032e67a7e6a4910df5834b8fe70e6bcfeeac0352434196bdf4b2485d5a1"
      + "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
      + "5f26936857bc3a7c2539ea8ec3a952b7873033e038326e87ed3e1276fd140253"
      + "fa08e9fc25fb2d9a98527fc22a2c9612fbeafdad446cbc7bcdbdcd780af2c16a"
    let expected =
      "0000000000000000000000000000000000000000000000000000000000001000"
      + "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001"
    #expect(try output(0x0a, input) == expected)
    #expect(try gas(0x0a, []) == 50_000)
    #expect(PrecompileTable.of(.shanghai)[Address(0x0a)] == nil)
    let bytes = try Hex.decode(input)
    // A bit of any part: version, hash, point, value, commitment, proof.
    for place in [0, 31, 40, 95, 100, 191] {
      var damaged = bytes
      damaged[place] ^= 1
      #expect(try output(0x0a, Hex.encode(damaged)) == nil)
    }
    #expect(try output(0x0a, input + "00") == nil && output(0x0a, "") == nil)
    #expect(try output(0x0a, String(input.dropLast(2))) == nil)
    // z + r is z again, but not canonical.
    let z = UInt256(bigEndian: bytes[32..<64]) ?? .zero
    let order = UInt256(bigEndian: try Hex.decode(expected).suffix(32)) ?? .zero
    let shifted = bytes[..<32] + (z &+ order).bigEndianBytes + bytes[64...]
    #expect(try output(0x0a, Hex.encode(Array(shifted))) == nil)
  }

  @Test func p256VerifyGivesOneOrNothing() throws {
    let input =
      "4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4d"
      + "a73bd4903f0ce3b639bbbf6e8e80d16931ff4bcf5993d58468e8fb19086e8cac"
      + "36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d60"
      + "4aebd3099c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff3"
      + "7618b065f9832de4ca6ca971a7a1adc826d0f7c00181a5fb2ddf79ae00b4e10e"
    #expect(try output(0x100, input) == String(repeating: "0", count: 63) + "1")
    #expect(try output(0x100, input.dropLast(2) + "0f") == "")
    #expect(try output(0x100, input + "00") == "" && output(0x100, "") == "")
  }
}
