// How much memory and how many files clients may take.

import Synchronization
import Testing

@testable import Node

@Suite struct ServerLimitTests {
  @Test func answersAreCountedForAsLongAsTheyAreHeld() throws {
    let budget = ByteBudget(limit: 100)
    do {
      let first = try #require(AnswerBytes([UInt8](repeating: 7, count: 60), in: budget))
      #expect(Array(first.bytes) == [UInt8](repeating: 7, count: 60))
      #expect(AnswerBytes([UInt8](repeating: 7, count: 41), in: budget) == nil)
      #expect(!budget.isExceeded)
      let few = AnswerBytes(few: [UInt8](repeating: 7, count: 41), in: budget)
      #expect(budget.isExceeded)
      withExtendedLifetime((first, few)) {}
    }
    #expect(budget.take(100))
    budget.give(100)
    // One may always be sent, however large.
    #expect(AnswerBytes([UInt8](repeating: 7, count: 1000), in: budget) != nil)
  }
}
