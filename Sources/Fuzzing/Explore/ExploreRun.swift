// A run over many interleavings of many blocks.

internal import EVM
internal import Execution
internal import Foundation
public import JSON
internal import Samples
internal import Synchronization

/// What a run of exploration is to do. The same plan tries the same interleavings, but for where time
/// ends it.
public struct ExplorePlan: Sendable {
  /// Where a run ends.
  public enum End: Sendable, Hashable {
    /// After so many interleavings.
    case schedules(Int)
    /// After so many seconds.
    case seconds(Double)
  }

  /// From which all blocks and interleavings follow.
  public var seed: UInt64
  /// Where the run ends.
  public var end: End
  /// How many workers there are; nil for 2, 3 and 4 in turns that follow from the seed.
  public var workers: Int?
  /// The block; nil for small ones on a few hot accounts and slots, which follow from the seed.
  public var scene: BlockScene?
  /// Where cases that differ are written.
  public var folder: String

  /// A plan.
  public init(
    seed: UInt64, end: End, workers: Int? = nil, scene: BlockScene? = nil, folder: String
  ) {
    self.seed = seed
    self.end = end
    self.workers = workers
    self.scene = scene
    self.folder = folder
  }
}

/// Runs the scheduler and the memory of the parallel executor under seeded interleavings on one
/// thread, compares each with the serial outcome, and writes down what differs.
public final class ExploreRun: Sendable {
  /// How many interleavings of a generated block are tried.
  private static let schedulesPerBlock: UInt64 = 8
  /// How many transactions a generated block has at most.
  private static let blockLimit = 6
  /// After so many blocks that differ there is enough to look at.
  private static let differenceLimit = 3
  /// The EVM memory of a generated block.
  private static let smallMemory = 64 << 20

  private let plan: ExplorePlan
  private let state = Mutex(ExploreReport())
  private let executor: @Sendable (_ workers: Int, _ memoryLimit: Int) -> (any ExploringExecutor)?

  /// A run of `plan`.
  public convenience init(_ plan: ExplorePlan) {
    self.init(plan) { ScheduleExplorer(workers: $0, memoryLimit: $1) }
  }

  /// A run by other executors.
  init(
    _ plan: ExplorePlan,
    executor: @escaping @Sendable (_ workers: Int, _ memoryLimit: Int) -> (any ExploringExecutor)?
  ) {
    self.plan = plan
    self.executor = executor
    state.withLock { $0.seed = plan.seed }
  }

  /// What has come of the run so far; may be asked from another thread.
  public var progress: ExploreReport { state.withLock { $0 } }

  /// Runs the plan, or as much of it as there is until `isStopped` says so. The calling thread needs
  /// a deep stack.
  public func run(isStopped: () -> Bool = { false }) throws(FuzzError) -> ExploreReport {
    let memoryLimit = plan.scene == nil ? Self.smallMemory : EVM.defaultMemoryLimit
    let search = search(memoryLimit: memoryLimit)
    let start = ContinuousClock.now
    func isOver() -> Bool {
      if isStopped() {
        state.withLock { $0.isStopped = true }
        return true
      }
      switch plan.end {
      case .schedules(let count): return progress.schedules >= count
      case .seconds(let seconds): return ContinuousClock.now - start >= .seconds(seconds)
      }
    }
    let given = plan.scene.map { BlockCase($0, by: search.sequential) }
    if let given, case .failure(let error) = given.expected {
      throw FuzzError(
        message: "the block cannot be executed one transaction after another: \(error)")
    }
    // One difference of a block is enough.
    let limit = given == nil ? Self.differenceLimit : 1
    var round: UInt64 = 0
    while progress.differences.count < limit, !isOver() {
      var random = SeededGenerator(seed: plan.seed, target: "explore", round: round)
      let blockCase =
        given ?? BlockCase(&random, upTo: Self.blockLimit, by: search.sequential)
      for _ in 0..<Self.schedulesPerBlock where !isOver() {
        let schedule = Schedule(&random, workers: plan.workers)
        let difference = try search.difference(blockCase, schedule)
        state.withLock { $0.schedules += 1 }
        guard difference != nil else { continue }
        var explored = ExploredCase(blockCase.scene, schedule)
        explored.memoryLimit = memoryLimit
        try keep(explored, round, search)
        break
      }
      round += 1
    }
    let elapsed = ContinuousClock.now - start
    return state.withLock {
      $0.seconds = elapsed / .seconds(1)
      return $0
    }
  }

  /// Executes the block of a file as it says.
  public static func replay(_ document: JSONDocument) throws(ExploreError) -> ExploreReport {
    let explored: ExploredCase
    do throws(JSONError) {
      explored = try ExploredCase(document)
    } catch {
      throw .file(error)
    }
    let plan = ExplorePlan(seed: 0, end: .schedules(1), folder: "")
    do throws(FuzzError) {
      return try ExploreRun(plan).replay(explored)
    } catch {
      throw .run(error)
    }
  }

  /// Executes one case.
  func replay(_ explored: ExploredCase) throws(FuzzError) -> ExploreReport {
    let search = search(memoryLimit: explored.memoryLimit)
    let blockCase = BlockCase(explored.scene, by: search.sequential)
    var report = ExploreReport()
    report.schedules = 1
    if case .failure(let error) = blockCase.expected { report.refusal = "\(error)" }
    if let problem = try search.difference(blockCase, explored.schedule) {
      report.differences = [ExploreReport.Difference(explored, problem: problem)]
    }
    return report
  }

  private func search(memoryLimit: Int) -> ScheduleSearch {
    ScheduleSearch(memoryLimit: memoryLimit) { [executor] in executor($0, memoryLimit) }
  }

  /// Makes a case small and writes it into the folder.
  private func keep(
    _ explored: ExploredCase, _ round: UInt64, _ search: ScheduleSearch
  ) throws(FuzzError) {
    let (smallest, problem) = try search.smallest(explored)
    let path = "\(plan.folder)/difference-\(plan.seed)-\(round).json"
    do {
      try FileManager.default.createDirectory(
        atPath: plan.folder, withIntermediateDirectories: true)
      try Data(smallest.json(difference: problem).utf8).write(
        to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw FuzzError(message: "cannot write \(path): \(error.localizedDescription)")
    }
    var difference = ExploreReport.Difference(smallest, problem: problem)
    difference.file = path
    state.withLock { $0.differences.append(difference) }
  }
}

/// Why a case of a file could not be executed.
public enum ExploreError: Error, Equatable {
  /// The file is not what it must be.
  case file(JSONError)
  /// Something is in the way.
  case run(FuzzError)
}
