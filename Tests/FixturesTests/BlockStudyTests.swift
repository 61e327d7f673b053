// A closer look at a block.

import EVM
import Execution
import Ledger
import Primitives
import Reports
import State
import Testing

@testable import Fixtures

@Suite struct BlockStudyTests {
  /// Calls of a counter by different people.
  private static func block() -> (ExecutableBlock, MemoryState) {
    let people = (0..<12).map { Address(UInt64(0x100 + $0)) }
    let counter = Address(0xc0)
    let transactions = people.map { _ in
      Transaction(
        kind: .legacy, chainID: 1, nonce: 0, maxFeePerGas: 10, gasLimit: 50_000, to: counter)
    }
    let block = ExecutableBlock(
      environment: BlockEnvironment(
        coinbase: Address(0xcb), number: 1, timestamp: 1, gasLimit: 30_000_000, baseFee: 7),
      rules: TransactionRules(.latest), transactions: transactions, senders: people)
    // Squares the word, and adds one: what it was matters exactly.
    let code: [UInt8] = [0x5f, 0x54, 0x80, 0x02, 0x60, 1, 0x01, 0x5f, 0x55, 0x00]
    let state = MemoryState(
      people.map { AccountAllocation(address: $0, nonce: 0, balance: 1_000_000_000) }
        + [AccountAllocation(address: counter, nonce: 1, code: code)])
    return (block, state)
  }

  @Test func aStudySimulatesWhatWasAskedFor() throws {
    let (block, state) = Self.block()
    let examiner = BlockExaminer(
      StudySettings(rounds: 3, cores: [16, 4], threads: [2]), memoryLimit: 1 << 24)
    let study = try examiner.examine(block, named: "counter", on: state)
    let scaling = try #require(study.scaling)
    #expect(scaling.measured.map(\.cores) == [1, 2])
    #expect(scaling.simulated.map(\.cores) == [1, 2, 4, 16])
    #expect(study.profile.levels == Array(0..<12))
    #expect(scaling.simulated.allSatisfy { $0.nanoseconds > 0 })
    #expect(scaling.limit == study.profile.bestSpeedUp())
    var page = ReportPage(title: "study", lead: "")
    page.add([study])
    for heading in ["Speed-up by cores", "Time line of the workers", "Conflicts"] {
      #expect(page.html.contains("<h2>\(heading)</h2>"))
    }
  }

  @Test func conflictsAloneNeedNoTimes() throws {
    let (block, state) = Self.block()
    let examiner = BlockExaminer(StudySettings(rounds: 1), memoryLimit: 1 << 24)
    let study = try examiner.examine(block, named: "counter", on: state)
    #expect(study.scaling == nil)
    #expect(ConflictReport([study]).hotSpots.first?.dependents == 11)
  }

  @Test func doublingsEndWithAllThreads() {
    #expect(StudySettings.doublings(upTo: 1) == [1])
    #expect(StudySettings.doublings(upTo: 2) == [1, 2])
    #expect(StudySettings.doublings(upTo: 6) == [1, 2, 4, 6])
    #expect(StudySettings.doublings(upTo: 0) == [1])
  }
}
