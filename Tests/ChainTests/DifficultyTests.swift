// The difficulty of proof of work.

import Chain
import Ledger
import Primitives
import Testing

@Suite struct DifficultyTests {
  private func difficulty(
    _ fork: Fork, number: UInt64 = 1, elapsed: UInt64, parent: UInt64 = 2_048_000_000,
    ommers: Bool = false
  ) -> UInt256 {
    Difficulty.of(
      number: number, timestamp: 1_000 + elapsed, parentDifficulty: UInt256(parent),
      parentTimestamp: 1_000, parentHasOmmers: ommers, fork: fork)
  }

  @Test func moves2048thsOfTheParent() {
    #expect(difficulty(.frontier, elapsed: 12) == UInt256(2_049_000_000 as UInt64))
    #expect(difficulty(.frontier, elapsed: 13) == UInt256(2_047_000_000 as UInt64))
    #expect(difficulty(.homestead, elapsed: 10) == UInt256(2_048_000_000 as UInt64))
    #expect(difficulty(.byzantium, elapsed: 1, ommers: true) == UInt256(2_050_000_000 as UInt64))
    #expect(difficulty(.homestead, elapsed: .max / 2) == UInt256(1_949_000_000 as UInt64))
  }

  @Test func theBombComesLaterWithEachDelay() {
    let delays: [(Fork, UInt64)] = [
      (.homestead, 0), (.byzantium, 3_000_000), (.petersburg, 5_000_000), (.berlin, 9_000_000),
      (.london, 9_700_000), (.arrowGlacier, 10_700_000), (.grayGlacier, 11_400_000),
    ]
    for (fork, delay) in delays {
      let calm = difficulty(fork, number: 1, elapsed: 20)
      #expect(difficulty(fork, number: delay + 199_999, elapsed: 20) == calm)
      #expect(
        difficulty(fork, number: delay + 200_000, elapsed: 20) == calm &+ UInt256(1 as UInt64))
      #expect(
        difficulty(fork, number: delay + 1_200_000, elapsed: 20) == calm &+ UInt256(1024 as UInt64))
    }
  }

  @Test func neverFallsBelowTheMinimumNorOverflows() {
    #expect(difficulty(.istanbul, elapsed: 10_000, parent: 131_072) == Difficulty.minimum)
    #expect(difficulty(.istanbul, number: .max, elapsed: 1) == UInt256.max)
  }
}
