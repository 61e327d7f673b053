// Exploration finds what is done wrong on purpose, makes it small, and writes a file that repeats it.

import EVM
import Foundation
import JSON
import Ledger
import Primitives
import Samples
import State
import Testing
import Workloads

@testable import Execution
@testable import Fuzzing

@Suite struct ExploreTests {
  /// A folder that is gone with the test.
  private final class Folder {
    let path = NSTemporaryDirectory() + "explore-\(UUID().uuidString)"
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private static func document(_ text: String) throws(JSONError) -> JSONDocument {
    try JSONDocument(parsing: Array(text.utf8), source: "case.json")
  }

  /// Adds one to slot 0.
  private static let increment: [UInt8] = [0x5f, 0x54, 0x60, 1, 0x01, 0x5f, 0x55, 0x00]

  /// Transfers between strangers, and every fourth transaction calls one counter.
  private static func scene(_ count: Int) -> BlockScene {
    let counter = Address(0xc0)
    let people = (0..<2 * count).map { Address(UInt64(0x5e00 + $0)) }
    let transactions = (0..<count).map { number in
      Transaction(
        kind: .legacy, chainID: nil, nonce: 0, maxFeePerGas: 10, gasLimit: 100_000,
        to: number % 4 == 0 ? counter : people[count + number], value: number % 4 == 0 ? 0 : 1)
    }
    let accounts = people.map { AccountAllocation(address: $0, balance: 1_000_000_000) }
    return BlockScene(
      ExecutableBlock(
        environment: BlockEnvironment(coinbase: Address(0xcb), number: 1, baseFee: 7),
        rules: TransactionRules(.latest), transactions: transactions,
        senders: Array(people[..<count]),
        withdrawals: [Withdrawal(index: 0, validatorIndex: 0, address: people[0], amount: 5)]),
      accounts: accounts + [AccountAllocation(address: counter, nonce: 1, code: increment)])
  }

  private static func faultyRun(_ plan: ExplorePlan) -> ExploreRun {
    ExploreRun(plan) { Exploration<MissedValidation>(workers: $0, memoryLimit: $1) }
  }

  @Test func noInterleavingOfGeneratedBlocksDiffers() throws {
    let folder = Folder()
    let plan = ExplorePlan(seed: 1, end: .schedules(2_000), folder: folder.path)
    let report = try ExploreRun(plan).run()
    #expect(report.schedules == 2_000)
    #expect(report.differences.map(\.problem) == [])
    #expect(report.text.hasSuffix("2000 schedules run, 0 differences\n"))
  }

  @Test func oneIsNotMany() throws {
    let folder = Folder()
    let plan = ExplorePlan(seed: 1, end: .schedules(1), folder: folder.path)
    var report = try ExploreRun(plan).run()
    #expect(report.text == "1 schedule run, 0 differences\n")
    let explored = ExploredCase(Self.scene(1), Schedule(workers: 1, seed: 2))
    report.differences = [ExploreReport.Difference(explored, problem: "the state")]
    #expect(report.text.contains("  1 transaction shows it, 1 worker, schedule seed 2\n"))
    #expect(report.text.hasSuffix("1 schedule run, 1 difference\n"))
  }

  @Test func aPlantedFaultIsFoundInGeneratedBlocks() throws {
    let folder = Folder()
    let plan = ExplorePlan(seed: 1, end: .schedules(20_000), folder: folder.path)
    let report = try Self.faultyRun(plan).run()
    #expect(report.differences.count == 3)
    #expect(report.schedules < 20_000)
  }

  @Test func whatDiffersIsMadeSmallAndRepeats() throws {
    let folder = Folder()
    let plan = ExplorePlan(
      seed: 3, end: .schedules(1_000), workers: 3, scene: Self.scene(24), folder: folder.path)
    let run = Self.faultyRun(plan)
    let report = try run.run()
    let difference = try #require(report.differences.first)
    // Two calls of the counter are enough, and none of it is about the strangers.
    #expect(difference.transactions == 2)
    #expect(report.exitStatus == 1)
    let path = try #require(difference.file)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let explored = try ExploredCase(Self.document(text))
    #expect(explored.schedule == difference.schedule)
    #expect(explored.scene.accounts.count == 3)
    #expect(explored.scene.block.withdrawals.isEmpty)
    #expect(explored.json(difference: difference.problem) == text)
    // It differs each time by the faulty executor, and never by the right one.
    for _ in 0..<3 {
      #expect(try run.replay(explored).differences.first?.problem == difference.problem)
    }
    #expect(try ExploreRun.replay(Self.document(text)).differences.isEmpty)
  }

  @Test func aCaseIsRepeatedWithItsMemoryLimit() throws {
    let folder = Folder()
    let plan = ExplorePlan(seed: 1, end: .schedules(20_000), folder: folder.path)
    let difference = try #require(try Self.faultyRun(plan).run().differences.first)
    let text = try String(contentsOfFile: try #require(difference.file), encoding: .utf8)
    #expect(try ExploredCase(Self.document(text)).memoryLimit == 64 << 20)
    // Stores a word at 0x8000, which its gas pays for.
    var scene = Self.scene(2)
    scene.accounts[scene.accounts.count - 1].code = [0x60, 1, 0x61, 0x80, 0, 0x52]
    var explored = ExploredCase(scene, Schedule(workers: 2, seed: 1))
    #expect(try Self.replayed(explored).refusal == nil)
    explored.memoryLimit = 1024
    #expect(try Self.replayed(explored).refusal?.contains("memory") == true)
    let silent = explored.json(difference: "").replacing("\"memoryLimit\"", with: "\"other\"")
    #expect(try ExploredCase(Self.document(silent)).memoryLimit == EVM.defaultMemoryLimit)
  }

  private static func replayed(_ explored: ExploredCase) throws -> ExploreReport {
    try ExploreRun.replay(document(explored.json(difference: "")))
  }

  @Test func theSameSeedFindsTheSame() throws {
    let reports = try (0..<2).map { _ in
      let folder = Folder()
      let plan = ExplorePlan(
        seed: 9, end: .schedules(1_000), scene: Self.scene(8), folder: folder.path)
      return try Self.faultyRun(plan).run()
    }
    #expect(reports[0].schedules == reports[1].schedules)
    #expect(reports[0].differences[0].schedule == reports[1].differences[0].schedule)
  }

  @Test func everyGeneratedCaseSurvivesItsFile() throws {
    let sequential = SequentialExecutor(memoryLimit: 64 << 20)
    var random = SeededGenerator(seed: 4)
    for _ in 0..<200 {
      let blockCase = BlockCase(&random, upTo: 6, by: sequential)
      let explored = ExploredCase(blockCase.scene, Schedule(&random, workers: nil))
      let text = explored.json(difference: "none")
      let read = try ExploredCase(Self.document(text))
      #expect(read.schedule == explored.schedule)
      #expect(read.json(difference: "none") == text)
      #expect(BlockCase(read.scene, by: sequential).expected == blockCase.expected)
    }
  }

  @Test func workloadsAreScenes() throws {
    let folder = Folder()
    let workload = try #require(WorkloadDefinition.named("erc20-hot"))
    let scene = BlockScene(workload.generate(WorkloadKnobs(transactions: 8), seed: 1))
    let plan = ExplorePlan(seed: 1, end: .schedules(50), scene: scene, folder: folder.path)
    #expect(try ExploreRun(plan).run().differences.isEmpty)
  }

  @Test func aDamagedFileIsRefusedByPlace() throws {
    let text = ExploredCase(Self.scene(2), Schedule(workers: 2, seed: 1)).json(difference: "")
    let damages = [
      (#""workers": 2"#, #""workers": 65"#, "schedule.workers"),
      (#""workers": 2"#, #""workers": 0"#, "schedule.workers"),
      (#""fork": "Osaka""#, #""fork": "Oslo""#, "fork"),
      (#""from": "0x"#, #""from": "0y"#, "txs[0].from"),
      (#""seed""#, #""seeds""#, "schedule.seed"),
      (#""memoryLimit": 1073741824"#, #""memoryLimit": 1073741825"#, "memoryLimit"),
    ]
    for (right, wrong, place) in damages {
      #expect(text.contains(right))
      let damaged = text.replacing(right, with: wrong, maxReplacements: 1)
      let error = #expect(throws: ExploreError.self) {
        try ExploreRun.replay(Self.document(damaged))
      }
      guard case .file(let reason) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(reason.path == place)
    }
  }

  @Test func noDamageToAFileTraps() throws {
    var random = SeededGenerator(seed: 8)
    let text = ExploredCase(Self.scene(3), Schedule(workers: 2, seed: 1)).json(difference: "")
    for _ in 0..<500 {
      let bytes = random.mutated(Array(text.utf8))
      guard let document = try? JSONDocument(parsing: bytes, source: "case.json") else { continue }
      _ = try? ExploredCase(document)
    }
  }
}

extension Exploration: ExploringExecutor {}

/// Interleavings as explored, but slots are not looked at again.
private enum MissedValidation: SchedulingPoint {
  static func pass() { Explored.pass() }
  static func rest(_ turns: Int) { Explored.rest(turns) }

  static func view(_ reader: UnsafeMutablePointer<VersionedReader<Self>>) -> any StateView {
    ExploredView(reader)
  }

  static var fault: PlantedFault? { .missedValidation }
}
