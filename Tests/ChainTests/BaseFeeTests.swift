// The base fee of the next block.

import Chain
import Ledger
import Primitives
import Testing

@Suite struct BaseFeeTests {
  private func next(fee: UInt64, limit: UInt64, used: UInt64) -> UInt256 {
    BaseFee.next(
      after: Header(
        number: 1, gasLimit: limit, gasUsed: used, timestamp: 1, baseFeePerGas: UInt256(fee)))
  }

  @Test func staysAtTheTarget() {
    #expect(next(fee: 1_000, limit: 30_000_000, used: 15_000_000) == UInt256(1_000 as UInt64))
  }

  @Test func risesAndFallsByAnEighthAtMost() {
    #expect(next(fee: 1_000, limit: 30_000_000, used: 30_000_000) == UInt256(1_125 as UInt64))
    #expect(next(fee: 1_000, limit: 30_000_000, used: 0) == UInt256(875 as UInt64))
  }

  @Test func risesByOneAtLeast() {
    #expect(next(fee: 7, limit: 30_000_000, used: 15_000_001) == UInt256(8 as UInt64))
    #expect(next(fee: 7, limit: 30_000_000, used: 14_999_999) == UInt256(7 as UInt64))
  }

  @Test func beginsWithOneGwei() {
    let parent = Header(number: 1, gasLimit: 5_000, timestamp: 1)
    #expect(BaseFee.next(after: parent) == BaseFee.initial)
  }

  @Test func survivesParentsThatNoChainHas() {
    #expect(next(fee: .max, limit: 0, used: 1) >= UInt256(UInt64.max))
    #expect(next(fee: .max, limit: .max, used: .max) >= UInt256(UInt64.max))
  }
}
