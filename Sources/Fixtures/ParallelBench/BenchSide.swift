// One way of executing a block, measured.

internal import Execution
internal import Ledger

/// What is wrong with a block that was to be measured.
struct BenchProblem: Error {
  /// One a line.
  let lines: [String]
  /// Why it could not be executed, where it could not.
  var cause: BlockExecutionError?
}

/// The figures of one way of executing a block.
public struct BenchFigures: Sendable {
  /// Seconds on the wall.
  public internal(set) var seconds = Series()
  /// Seconds of processor time of all threads together.
  public internal(set) var cpuSeconds = Series()
  /// How often a transaction was executed, together.
  public internal(set) var executions = Series()
  /// How many executions were in vain, because something else had to be seen.
  public internal(set) var aborts = Series()
  /// How many transactions waited for their turn, because they would have depended on one under way.
  public internal(set) var waits = Series()
}

/// An executor and its figures.
struct BenchSide {
  private let executor: any BlockExecutor
  private(set) var figures = BenchFigures()

  init(_ executor: any BlockExecutor) { self.executor = executor }

  /// Executes the block.
  func execute(_ subject: BenchSubject) throws(BenchProblem) -> BlockOutcome {
    do throws(BlockExecutionError) {
      return try executor.execute(subject.block, on: subject.state)
    } catch {
      throw BenchProblem(lines: ["\(name) cannot execute it: \(error)"], cause: error)
    }
  }

  /// Refuses an outcome that is not the reference.
  func check(_ outcome: BlockOutcome, _ reference: BlockOutcome) throws(BenchProblem) {
    if outcome == reference { return }
    let index = zip(outcome.receipts, reference.receipts).enumerated()
      .first { $0.element.0 != $0.element.1 }?.offset
    let place = index.map { "transaction \($0)" } ?? "the state"
    throw BenchProblem(
      lines: ["\(name) comes to another outcome than the sequential executor, first in \(place)"])
  }

  /// Executes the block once more, with a clock, and compares.
  mutating func measure(
    _ subject: BenchSubject, _ reference: BlockOutcome
  ) throws(BenchProblem) {
    let (start, cpuStart) = (WallClock.now, ProcessClock.now)
    let outcome = try execute(subject)
    let end = WallClock.now
    ProcessClock.settle()
    figures.seconds.append(Double(end - start) / 1e9)
    figures.cpuSeconds.append(Double(ProcessClock.now - cpuStart) / 1e9)
    let statistics = (executor as? ParallelExecutor)?.statistics
    figures.executions.append(Double(statistics?.executions ?? outcome.receipts.count))
    figures.aborts.append(Double(statistics?.aborts ?? 0))
    figures.waits.append(Double(statistics?.deferrals ?? 0))
    try check(outcome, reference)
  }

  private var name: String {
    guard let parallel = executor as? ParallelExecutor else { return "the sequential executor" }
    return parallel.workerCount == 1 ? "1 worker" : "\(parallel.workerCount) workers"
  }
}
