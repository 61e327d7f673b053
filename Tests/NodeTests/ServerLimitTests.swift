// How much memory and how many files clients may take.

import Synchronization
import Testing

@testable import Node

@Suite struct ServerLimitTests {
  @Test func connectionsLeaveFilesToTheStore() {
    for files in [256, 1024, 4096, 65_536, 1 << 20] {
      var limits = ServerLimits()
      let isLowered = limits.fit(in: files)
      #expect(isLowered == (files < 16_384))
      let engine = limits.forConsensusClient(bodyBytes: 1)
      let taken =
        limits.connections + limits.connectionsInReserve + limits.localSockets
        + engine.connections + engine.connectionsInReserve
      #expect(limits.webSockets <= limits.connections)
      #expect(taken <= max(files / 2, files - 8192), "\(files)")
      #expect(limits.connections >= 8)
    }
    #expect((OpenFiles.raiseLimit() ?? 1024) >= 64)
  }

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
