// Receipts, events and their filter against values computed by another implementation.

import Crypto
import Ledger
import Primitives
import Samples
import Testing

@Suite struct ReceiptTests {
  private static func repeated(_ byte: UInt8) -> Hash256 {
    Hash256(bytes: [UInt8](repeating: byte, count: 32)) ?? .zero
  }

  private static func address(_ byte: UInt8) -> Address {
    Address(bytes: [UInt8](repeating: byte, count: 20)) ?? .zero
  }

  private static let logs = [
    Log(
      address: address(0x11), topics: [repeated(0x22), repeated(0x33)],
      data: Array("hello".utf8)),
    Log(address: address(0x44), topics: [], data: []),
  ]

  /// The bits that the Yellow Paper's M3:2048 sets for the two addresses and two topics.
  private static let bits = [
    193, 327, 481, 704, 716, 756, 1028, 1213, 1274, 1348, 1593, 1952,
  ]

  @Test func receiptsHaveTheEncodingOfTheirTime() {
    let cases: [(Transaction.Kind, Receipt.Outcome, [Log], String)] = [
      (
        .legacy, .stateRoot(Self.repeated(0x55)), Self.logs,
        "0x0ac37311e6ccf2ff9ccfc4a75b2b621734d1336c09bec97e3431acb156750ed3"
      ),
      (
        .legacy, .status(true), Self.logs,
        "0x7ed1b02665031a03c5a65d625e4486ead285328dd77bf57b58469cb70bd4dad4"
      ),
      (
        .dynamicFee, .status(false), [],
        "0xe3b5d7fefbecced4e90c1ff6a35fc0bbe5e1e25e0a1ab9b3beadda9e13c718a4"
      ),
    ]
    for (kind, outcome, logs, expected) in cases {
      let receipt = Receipt(kind: kind, outcome: outcome, cumulativeGasUsed: 21_000, logs: logs)
      #expect(Keccak256.hash(receipt.encoded).hex == expected)
    }
  }

  @Test func eventsHashAsAList() {
    #expect(
      Log.hash(of: Self.logs).hex
        == "0x07681d0423c6f043fd45fcd581acd313c4253c95e5659a467a01ab9b9da5c963")
    // Keccak-256 of the empty list's one byte.
    #expect(Log.hash(of: []) == Header.emptyOmmersHash)
  }

  @Test func theFilterSetsThreeBitsAnEntry() {
    let bloom = Bloom(Self.logs)
    let bytes = bloom.bytes
    let set = (0..<2048).filter { bytes[255 - $0 / 8] >> UInt8($0 % 8) & 1 == 1 }
    #expect(set == Self.bits)
    #expect(
      Keccak256.hash(bytes).hex
        == "0xc164f8e6b65b33716fb4abf4c8af0bbca64942c34ce772ecb6a542f0c1f6ce78")
    #expect(bloom.mayContain(Self.address(0x11)) && bloom.mayContain(Self.repeated(0x33)))
    #expect(!bloom.mayContain(Self.address(0x12)) && !bloom.mayContain(Self.repeated(0x34)))
  }

  @Test func filtersUniteAndSurviveTheirBytes() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<50 {
      let (a, b) = (generator.bloom(), generator.bloom())
      var union = a
      union.formUnion(b)
      #expect(union.bytes == zip(a.bytes, b.bytes).map { $0 | $1 })
      #expect(try #require(Bloom(bytes: a.bytes)) == a)
      #expect((a == b) == (a.bytes == b.bytes))
      #expect(a.isEmpty == a.bytes.allSatisfy { $0 == 0 })
    }
    #expect(Bloom(bytes: [UInt8](repeating: 0, count: 255)) == nil)
    #expect(Bloom(bytes: [UInt8](repeating: 0, count: 257)) == nil)
    #expect(Bloom().isEmpty)
  }
}
