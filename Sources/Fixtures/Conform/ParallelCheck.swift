// Blocks executed in more than one way.

internal import EVM
internal import Execution
internal import State

/// Executes each block one transaction after another and then in parallel by several numbers of
/// workers, and remembers the first that came to another outcome; or, where asked to, the first whose
/// access list is not right.
final class ParallelCheck: BlockExecutor {
  private let sequential: SequentialExecutor
  private let parallel: [ParallelExecutor]
  private let lists: AccessListCheck?
  private var difference: String?

  init(workers: [Int], accessLists: Bool, memoryLimit: Int) {
    sequential = SequentialExecutor(memoryLimit: memoryLimit)
    parallel = workers.map { ParallelExecutor(workers: $0, memoryLimit: memoryLimit) }
    lists = accessLists ? AccessListCheck(memoryLimit: memoryLimit) : nil
    sequential.emitsAccessLists = accessLists
    for executor in parallel {
      executor.emitsAccessLists = accessLists
      executor.executesSmallBlocksSerially = false
    }
  }

  func execute(
    _ block: ExecutableBlock, on view: any StateView, rootAfter: RootSource?,
    until stop: StopCondition?
  ) throws(BlockExecutionError) -> BlockOutcome {
    if stop != nil {
      return try sequential.execute(block, on: view, rootAfter: rootAfter, until: stop)
    }
    let expected = Self.result(of: block, on: view, rootAfter, by: sequential)
    for executor in parallel where difference == nil {
      if Self.result(of: block, on: view, rootAfter, by: executor) != expected {
        difference =
          "\(executor.workerCount) workers come to another outcome of block "
          + "\(block.environment.number) than one transaction after another"
      }
    }
    let outcome = try expected.get()
    if difference == nil, let problem = lists?.problem(of: outcome, block, on: view) {
      difference = "the access list of block \(block.environment.number): \(problem)"
    }
    return outcome
  }

  private static func result(
    of block: ExecutableBlock, on view: any StateView, _ rootAfter: RootSource?,
    by executor: some BlockExecutor
  ) -> Result<BlockOutcome, BlockExecutionError> {
    do throws(BlockExecutionError) {
      return .success(try executor.execute(block, on: view, rootAfter: rootAfter))
    } catch {
      return .failure(error)
    }
  }

  /// What differed since the last time, as a failure.
  func takeVerdict() -> Verdict? { difference.take().map { .failed($0) } }
}

/// How the runners of chains execute blocks.
struct BlockExecution {
  let executor: any BlockExecutor
  private let check: ParallelCheck?
  /// Whether chains are to be imported into a store as well.
  let stores: StoreCheck?

  /// One transaction after another, with traces; or, with numbers of `workers` or with `accessLists`,
  /// compared. With `stores`, chains are also imported into a store.
  init(
    trace: ((String) -> Void)?, memoryLimit: Int, workers: [Int], accessLists: Bool = false,
    stores: Bool = false
  ) {
    self.stores = stores ? StoreCheck(memoryLimit: memoryLimit) : nil
    if workers.isEmpty && !accessLists {
      executor = SequentialExecutor(trace: trace, memoryLimit: memoryLimit)
      check = nil
    } else {
      let check = ParallelCheck(
        workers: workers, accessLists: accessLists, memoryLimit: memoryLimit)
      executor = check
      self.check = check
    }
  }

  /// The verdict on a case, unless one of its blocks came to different outcomes.
  func verdict(_ verdict: Verdict) -> Verdict { check?.takeVerdict() ?? verdict }
}
