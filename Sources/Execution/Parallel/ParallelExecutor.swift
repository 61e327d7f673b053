// A block on all cores, with the outcome of one.

public import EVM
import Ledger
public import State

/// Executes blocks in parallel: the outcome is `==` to that of a `SequentialExecutor`.
///
/// Transactions are executed optimistically, ahead of their turn, against what the ones before them
/// have written so far (`MultiVersionMemory`); they are committed in the order of the block, and
/// whoever turns out to have seen something else than the serial order shows is executed again when
/// everything before it is final (`CommitLine`). Block-STM (Gelashvili et al., 2022) is the origin of
/// the versioned memory; the commit in order is that of classic optimistic concurrency control.
///
/// The executor keeps its threads and memory from block to block. The calling thread takes part as
/// the first worker and needs a stack of `EVM.nativeStackSize` bytes.
public final class ParallelExecutor: BlockBuilder {
  private let core: ParallelCore<Unscheduled>
  /// Sets the workers going.
  private let run: ParallelCore<Unscheduled>.Runner
  private let serial: SequentialExecutor

  /// How the last block came to be executed.
  public private(set) var statistics = BlockStatistics()

  /// Whether blocks that are done before other threads would have begun are executed on the calling
  /// thread alone, one transaction after another, and so is gathered what little a block changes. Tests
  /// want to see all of it in parallel.
  public var executesSmallBlocksSerially = true {
    didSet { core.splitsSmallDiffs = !executesSmallBlocksSerially }
  }

  /// Whether outcomes tell what their blocks accessed, from Cancun on; not when blocks are built.
  public var emitsAccessLists: Bool {
    get { core.emitsAccessLists }
    set {
      core.emitsAccessLists = newValue
      serial.emitsAccessLists = newValue
    }
  }

  /// Whether every slot is followed as a counter ("commutative storage") from the start, and not only
  /// those that transactions turn out to contend for. The outcome is the same; following costs time.
  public var suspectsCounters: Bool {
    get { core.memory.pointee.suspectsCounters }
    set { core.memory.pointee.suspectsCounters = newValue }
  }

  /// Tells the time, in nanoseconds since some moment, for `times`; nil where nobody wants to know.
  /// Several threads ask it.
  public var clock: (@Sendable () -> UInt64)? {
    get { core.clock }
    set { core.clock = newValue }
  }

  /// When what happened to the last block that was executed, by `clock`.
  public private(set) var times = BlockTimes()

  /// How many workers there are.
  public var workerCount: Int { core.workers.count }

  /// An executor with so many workers, of which each may take `memoryLimit` bytes for EVM memory and
  /// as many for what one transaction reads and changes.
  ///
  /// Where the system starts fewer threads, there are fewer workers.
  public init(workers count: Int, memoryLimit: Int = EVM.defaultMemoryLimit) {
    precondition(count > 0, "somebody has to work")
    let pool = WorkerPool(threads: count - 1)
    core = ParallelCore(workers: pool.threadCount + 1, memoryLimit: memoryLimit)
    serial = SequentialExecutor(memoryLimit: memoryLimit)
    run = { pool.run($0) }
  }

  /// An executor with so many workers and no threads of its own: `run` calls what it is given once for
  /// each number below `count`, some of the calls perhaps at the same time on other threads, which must
  /// have stacks of `EVM.nativeStackSize` bytes, and comes back when all have.
  public init(
    workers count: Int, memoryLimit: Int = EVM.defaultMemoryLimit,
    run: @escaping (_ count: Int, _ body: (Int) -> Void) -> Void
  ) {
    precondition(count > 0, "somebody has to work")
    core = ParallelCore(workers: count, memoryLimit: memoryLimit)
    serial = SequentialExecutor(memoryLimit: memoryLimit)
    self.run = { run(count, $0) }
  }

  /// Executes `block` over `view`, which several threads ask at once.
  ///
  /// Before Byzantium, receipts name the state root after each transaction: `rootAfter` is asked for
  /// it, and then only. Throws `ExecutionError.stopped` where `stop` is met before the end.
  public func execute(
    _ block: ExecutableBlock, on view: any StateView, rootAfter: RootSource?,
    until stop: StopCondition?
  ) throws(BlockExecutionError) -> BlockOutcome {
    if isSmall(block) {
      let start = clock?() ?? 0
      statistics = BlockStatistics()
      let outcome = try serial.execute(block, on: view, rootAfter: rootAfter, until: stop)
      noteSerial(outcome.receipts.count)
      let end = clock?() ?? 0
      times = BlockTimes(start: start)
      (times.opened, times.workers, times.executed, times.end) = (start, [start], end, end)
      return outcome
    }
    defer { (statistics, times) = (core.statistics, core.times) }
    return try core.execute(block, on: view, rootAfter: rootAfter, until: stop, run: run)
  }

  /// Makes a block of the transactions of `candidates`, in their order, over `view`, which several
  /// threads ask at once. Those that may not stand at their place, or find no room, are skipped; where
  /// `stop` is met, the block ends.
  public func build(
    from candidates: ExecutableBlock, on view: any StateView, until stop: StopCondition?
  ) throws(BlockExecutionError) -> BuiltBlock {
    if isSmall(candidates) {
      statistics = BlockStatistics()
      let built = try serial.build(from: candidates, on: view, until: stop)
      noteSerial(built.considered)
      return built
    }
    defer { statistics = core.statistics }
    return try core.build(from: candidates, on: view, until: stop, run: run)
  }

  private func noteSerial(_ transactions: Int) {
    statistics.transactions = transactions
    statistics.executions = transactions
  }

  /// Whether other threads would hardly have begun when this one is done.
  private func isSmall(_ block: borrowing ExecutableBlock) -> Bool {
    guard executesSmallBlocksSerially, workerCount > 1 else { return false }
    var weight = BlockWeight()
    for transaction in block.transactions {
      weight.add(TransactionWeight(transaction))
      if !weight.isSmall { return false }
    }
    return true
  }
}
