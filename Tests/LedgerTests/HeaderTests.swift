// Headers against hashes that networks and other implementations published.

import Ledger
import Primitives
import Samples
import Testing

@Suite struct HeaderTests {
  @Test func theGenesisOfMainnetHasItsHash() {
    let genesis = Header(
      stateRoot: Hash256(
        0xd7f8_974f_b5ac_78d9_ac09_9b9a_d501_8bed_c2ce_0a72_dad1_827a_1709_da30_580f_0544),
      difficulty: 0x4_0000_0000, number: 0, gasLimit: 5000, timestamp: 0,
      extraData: Hash256(
        0x11bb_e8db_4e34_7b4e_8c93_7c1c_8370_e4b5_ed33_adb3_db69_cbdb_7a38_e1e5_0b1b_82fa
      ).bytes,
      nonce: 0x42)
    #expect(
      genesis.hash.hex == "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3")
  }

  @Test func decodingUndoesEncoding() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<500 {
      let header = generator.header()
      #expect(try Header(decoding: header.encoded) == header)
    }
  }

  @Test func theFieldsOfCancunComeTogether() throws {
    var header = Header(number: 1, gasLimit: 2, timestamp: 3)
    header.baseFeePerGas = 7
    header.withdrawalsRoot = .zero
    header.blobGasUsed = 0
    header.excessBlobGas = 0
    header.parentBeaconBlockRoot = .zero
    let items = try RLPItem.decode(header.encoded)
    guard case .list(let fields) = items else {
      Issue.record("a header is a list")
      return
    }
    #expect(fields.count == 20)
    for (count, missing) in [(18, Header.Field.excessBlobGas), (19, .parentBeaconBlockRoot)] {
      let error = #expect(throws: FieldDecodingError<Header.Field>.self) {
        try Header(decoding: RLPItem.list(Array(fields[..<count])).encoded)
      }
      #expect(error?.field == missing && error?.fault == .tooFewElements)
    }
    for count in [15, 16, 17, 20] {
      #expect(throws: Never.self) {
        try Header(decoding: RLPItem.list(Array(fields[..<count])).encoded)
      }
    }
    let error = #expect(throws: FieldDecodingError<Header.Field>.self) {
      try Header(
        decoding: RLPItem.list(fields + [.bytes([UInt8](repeating: 0, count: 32))] + [.bytes([])])
          .encoded)
    }
    #expect(error?.field == .header && error?.fault == .tooManyElements)
  }

  @Test func widthsAreExact() throws {
    guard
      case .list(let fields) = try RLPItem.decode(
        Header(number: 1, gasLimit: 2, timestamp: 3).encoded)
    else {
      Issue.record("a header is a list")
      return
    }
    let widths: [(Int, Header.Field, Int)] = [
      (0, .parentHash, 32), (2, .coinbase, 20), (6, .logsBloom, 256), (13, .prevRandao, 32),
      (14, .nonce, 8),
    ]
    for (index, field, width) in widths {
      for (count, fault) in [(width - 1, DecodingFault.tooShort), (width + 1, .tooLong)] {
        var changed = fields
        changed[index] = .bytes([UInt8](repeating: 0xff, count: count))
        let error = #expect(throws: FieldDecodingError<Header.Field>.self) {
          try Header(decoding: RLPItem.list(changed).encoded)
        }
        #expect(error?.field == field && error?.fault == fault)
      }
    }
  }
}
