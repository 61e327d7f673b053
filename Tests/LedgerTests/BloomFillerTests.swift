// Filters that are filled in for many receipts at once, against those made one by one.

import Crypto
import Ledger
import Primitives
import Samples
import Testing

@Suite struct BloomFillerTests {
  /// Receipts without filters, whose logs share some addresses and topics, the same word among both.
  private func receipts(_ count: Int, _ random: inout SeededGenerator) -> [Receipt] {
    let shared = random.array(upTo: 4) { $0.hash() }
    let contracts = shared.map { Address(truncating: $0.word) } + [random.address()]
    let words = shared + contracts.map { Hash256($0.word) } + [Hash256.zero]
    return (0..<count).map { _ in
      let logs = random.array(upTo: 5) { random in
        var log = random.log()
        if random.oneIn(2) { log.address = contracts[random.below(contracts.count)] }
        for index in log.topics.indices where random.oneIn(2) {
          log.topics[index] = words[random.below(words.count)]
        }
        return log
      }
      return Receipt(
        kind: .legacy, outcome: .status(true), cumulativeGasUsed: 0, bloom: Bloom(), logs: logs)
    }
  }

  @Test func filledFiltersAreThoseOfTheLogs() {
    var random = SeededGenerator(seed: 11)
    var filler = BloomFiller()
    for count in [0, 1, 2, 3, 5, 40, 300, 1, 0, 7] {
      var filled = receipts(count, &random)
      let before = random.bloom()
      var union = before
      filled.withUnsafeMutableBufferPointer { filler.fill($0, addingTo: &union) }
      var expected = before
      for receipt in filled {
        #expect(receipt.bloom == Bloom(receipt.logs))
        expected.formUnion(Bloom(receipt.logs))
      }
      #expect(union == expected)
    }
  }
}
