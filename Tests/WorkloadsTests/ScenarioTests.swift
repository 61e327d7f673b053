// Every workload does what its model says, however its knobs stand.

import Crypto
import Execution
import Foundation
import Ledger
import Primitives
import Samples
import State
import Testing

@testable import Workloads

@Suite struct ScenarioTests {
  static let knobs: [WorkloadKnobs?] = [
    nil,
    WorkloadKnobs(transactions: 0),
    WorkloadKnobs(transactions: 1),
    WorkloadKnobs(transactions: 150, hotRatio: 1),
    WorkloadKnobs(transactions: 200, hotRatio: 0.3, chainLength: 7, dependencyDistance: 1),
    WorkloadKnobs(transactions: 300, accounts: 7, hotRatio: 0.2, chainLength: 45),
    WorkloadKnobs(transactions: 90, accounts: 1, hotRatio: 0.5, chainLength: 2),
  ]

  private func execute(
    _ workload: Workload, by executor: any BlockExecutor = SequentialExecutor()
  ) throws -> BlockOutcome {
    let state = MemoryState()
    state.apply(workload.genesis)
    return try executor.execute(
      ExecutableBlock(workload.block, senders: workload.senders, rules: workload.rules), on: state)
  }

  @Test(arguments: WorkloadDefinition.all.map(\.name), knobs)
  func contractsDoWhatTheModelSays(name: String, knobs: WorkloadKnobs?) throws {
    let definition = try #require(WorkloadDefinition.named(name))
    var knobs = knobs ?? definition.defaults
    knobs.transactions = min(knobs.transactions, 400)
    let workload = definition.generate(knobs, seed: 5)
    #expect(workload.block.transactions.count == knobs.transactions)
    let outcome = try execute(workload)
    #expect(workload.problems(in: outcome) == [])
    let parallel = ParallelExecutor(workers: 3)
    parallel.executesSmallBlocksSerially = false
    #expect(try execute(workload, by: parallel) == outcome)
  }

  @Test(arguments: WorkloadDefinition.all.map(\.name))
  func byDefaultNothingFailsButWhatWasRecalled(name: String) throws {
    let definition = try #require(WorkloadDefinition.named(name))
    var knobs = definition.defaults
    knobs.transactions = 300
    let outcome = try execute(definition.generate(knobs, seed: 2))
    let failures = outcome.receipts.count { $0.outcome == .status(false) }
    #expect(name == "supply-chain" || name == "mixed" ? failures < 30 : failures == 0)
  }

  @Test(arguments: WorkloadDefinition.all.map(\.name))
  func knobsChangeBlocksWhereTheyAreSaidTo(name: String) throws {
    let definition = try #require(WorkloadDefinition.named(name))
    var all: [WorkloadKnobs] = []
    for hotRatio in [0, 0.3, 1] {
      for chainLength in [1, 4] {
        all.append(
          WorkloadKnobs(transactions: 60, hotRatio: hotRatio, chainLength: chainLength))
      }
    }
    let turns: [(WorkloadKnobs.Knob, (inout WorkloadKnobs) -> Void)] = [
      (.accounts, { $0.accounts = 2 }), (.hotRatio, { $0.hotRatio = 0.6 }),
      (.chainLength, { $0.chainLength = 9 }), (.dependencyDistance, { $0.dependencyDistance = 1 }),
    ]
    for knobs in all {
      let block = definition.generate(knobs, seed: 4).block
      for (knob, turn) in turns {
        var turned = knobs
        turn(&turned)
        let isOther = definition.generate(turned, seed: 4).block != block
        #expect(isOther == definition.heeds(knob, in: knobs), "\(knob) in \(knobs)")
      }
    }
  }

  @Test(arguments: WorkloadDefinition.all.map(\.name))
  func theSameSeedGivesTheSameBlock(name: String) throws {
    let definition = try #require(WorkloadDefinition.named(name))
    let knobs = WorkloadKnobs(transactions: 40, hotRatio: 0.2, chainLength: 3)
    let first = definition.generate(knobs, seed: 1)
    let again = definition.generate(knobs, seed: 1)
    #expect(first.block == again.block && first.genesis == again.genesis)
    #expect(first.block != definition.generate(knobs, seed: 2).block)
  }

  @Test func whatIsNotAsTheModelSaysIsTold() throws {
    let definition = try #require(WorkloadDefinition.named("erc20"))
    let workload = definition.generate(WorkloadKnobs(transactions: 5), seed: 1)
    let outcome = try execute(workload)

    var wrong = outcome
    wrong.receipts[2].outcome = .status(false)
    #expect(workload.problems(in: wrong).contains { $0.contains("transaction 2 should succeed") })
    wrong = outcome
    wrong.receipts[3].logs = []
    #expect(workload.problems(in: wrong).contains { $0.contains("transaction 3 left 0 events") })
    wrong = outcome
    wrong.receipts[4].cumulativeGasUsed += 50_000
    #expect(workload.problems(in: wrong).contains { $0.contains("transaction 4 used") })
    wrong = outcome
    wrong.receipts.removeLast()
    #expect(!workload.problems(in: wrong).isEmpty)

    let changes = outcome.diff.accounts
    for (index, change) in changes.enumerated() {
      var others = changes
      others.remove(at: index)
      var lacking = outcome
      lacking.diff = StateDiff(accounts: others)
      #expect(workload.problems(in: lacking).contains { $0.contains("\(change.address)") })
    }
  }

  @Test func independentTransfersHaveNoSenderAndNoRecipientInCommon() throws {
    for name in ["raw", "erc20"] {
      let definition = try #require(WorkloadDefinition.named(name))
      let workload = definition.generate(WorkloadKnobs(transactions: 100), seed: 3)
      let recipients = workload.block.transactions.map { name == "raw" ? $0.to?.bytes : $0.data }
      #expect(Set(workload.senders).count == 100)
      #expect(Set(recipients.map { $0?.prefix(36) }).count == 100)
    }
  }

  @Test func inAChainEachNeedsWhatTheOneBeforeGave() throws {
    let definition = try #require(WorkloadDefinition.named("raw"))
    let knobs = WorkloadKnobs(transactions: 12, chainLength: 4, dependencyDistance: 1)
    let workload = definition.generate(knobs, seed: 3)
    for (index, transaction) in workload.block.transactions.enumerated() where index % 4 < 3 {
      #expect(transaction.to == workload.senders[index + 1])
      let before = workload.genesis.accounts.first { $0.address == transaction.to }
      let balance = before?.account?.balance ?? .zero
      #expect(balance < workload.block.transactions[index + 1].value + UInt256(21_000 * 8))
    }
  }

  @Test func everyContractIsCompiledFromTheSourceBesideIt() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Workloads/Contracts").standardized
    for contract in Contract.allCases {
      let source = try Data(contentsOf: folder.appending(path: "\(contract.rawValue).vy"))
      #expect(SHA256.hash(Array(source)) == contract.compiledSource, "run Scripts/contracts.sh")
    }
    let sources = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(sources.count { $0.hasSuffix(".vy") } == Contract.allCases.count)
  }
}

@Suite struct PlanTests {
  private func plan(
    _ count: Int, hot: Double = 0, length: Int = 1, distance: Int? = nil
  ) -> Plan {
    var random = SeededGenerator(seed: 1)
    return Plan(
      count: count, hotRatio: hot, chainLength: length, distance: distance, random: &random)
  }

  @Test func stepsOfAChainStandAsFarApartAsIsAsked() {
    for distance in [1, 3, 5] {
      let places = plan(60, length: 4, distance: distance).places
      var seen: [Int: [Int]] = [:]
      for (index, place) in places.enumerated() {
        #expect(place.link == seen[place.chain, default: []].count)
        if let last = seen[place.chain]?.last { #expect(index - last == distance) }
        seen[place.chain, default: []].append(index)
      }
      #expect(seen.count == 15 && seen.values.allSatisfy { $0.count == 4 })
    }
  }

  @Test func chainsAreSpreadOverTheBlockWhereNothingIsSaid() {
    let places = plan(30, length: 3).places
    #expect(places.prefix(10).map(\.chain) == Array(0..<10))
    #expect(places.suffix(10).allSatisfy { $0.link == 2 })
  }

  @Test func theHotRatioIsKept() {
    #expect(plan(1000, hot: 1).hotCount == 1000)
    #expect(plan(1000, hot: 0).hotCount == 0)
    #expect((200...300).contains(plan(1000, hot: 0.25).hotCount))
    #expect(plan(100, hot: 1).chainCount == 0)
  }

  @Test func oddSizesFit() {
    for count in [0, 1, 7, 13] {
      for length in [1, 2, 5, 40] {
        for distance in [1, 3, 100] {
          let plan = plan(count, length: length, distance: distance)
          #expect(plan.places.count == count)
          #expect(plan.places.allSatisfy { $0.chain < plan.chainCount && $0.link < length })
        }
      }
    }
  }
}
