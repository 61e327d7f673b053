// What the simulated scheduler does about dependencies, and what its bookkeeping costs.

/// How a scheduler deals with transactions that need what another one has yet to write.
public struct SchedulingPolicy: Sendable, Hashable {
  /// What happens to a transaction that reads what an earlier one on its way will write.
  public enum Conflict: Sendable, Hashable, CaseIterable {
    /// It is executed at once and, in its turn, again.
    case repeats
    /// Its worker waits until the writer has been executed.
    case waits
    /// It is set aside until the writer has been executed; its worker takes another one.
    case isSetAside
    /// What `ParallelExecutor` does, which does not know beforehand who needs whom. Transactions are
    /// executed in batches. The first that reads a location too early is executed again; from then on
    /// others are put off until their turn when an earlier one that is under way has asked for that
    /// location. The executor has bounds of its own in place of a window.
    case isPutOff
  }

  /// What happens to a transaction whose writer is not done.
  public var conflict: Conflict
  /// How far ahead of the last committed transaction others may be executed.
  public var window: Int

  /// A policy; a window is at least 1.
  public init(_ conflict: Conflict, window: Int = .max) {
    self.conflict = conflict
    self.window = max(window, 1)
  }

  /// What `ParallelExecutor` does.
  public static var executor: SchedulingPolicy { SchedulingPolicy(.isPutOff) }
}

/// What a scheduler's bookkeeping takes, in nanoseconds. Runs by one worker and by several tell it.
///
/// What is looked up, published and checked are accounts and slots, so the costs of a transaction are
/// for each that it asks for. Several workers take caches and lines of memory from each other: what
/// they cost is told apart from what one costs.
public struct SchedulingCosts: Sendable, Hashable {
  /// What each execution takes beside the transaction itself, by one worker. Less than nothing where
  /// that worker finds the caches warmer than who measured the transactions.
  public var execution: Double
  /// What it takes where there are several.
  public var sharedExecution: Double
  /// What it takes to check what was executed ahead of its turn, and to make it final. One worker at a
  /// time does that.
  public var commit: Double
  /// What comes before the first transaction and after the last, by one worker.
  public var block: Double
  /// What of it one of several workers does, while the others wait.
  public var sharedBlock: Double
  /// What of it several workers divide among themselves.
  public var spread: Double
  /// How long it takes until all workers but the first have begun.
  public var waking: Double

  /// Costs in nanoseconds; what is no number counts as nothing, and so does what is negative, but for
  /// executions. Several workers cost what one does where nothing else is said.
  public init(
    execution: Double = 0, sharedExecution: Double? = nil, commit: Double = 0, block: Double = 0,
    sharedBlock: Double? = nil, spread: Double = 0, waking: Double = 0
  ) {
    self.execution = execution.isFinite ? execution : 0
    let shared = sharedExecution ?? execution
    self.sharedExecution = shared.isFinite ? shared : 0
    self.commit = Self.cost(commit)
    self.block = Self.cost(block)
    self.sharedBlock = Self.cost(sharedBlock ?? block)
    self.spread = Self.cost(spread)
    self.waking = Self.cost(waking)
  }

  private static func cost(_ nanoseconds: Double) -> Double {
    nanoseconds.isFinite ? max(nanoseconds, 0) : 0
  }

  /// What comes around the transactions with so many workers.
  func around(workers: Int) -> Double {
    workers == 1 ? block : sharedBlock + spread / Double(workers)
  }

  /// What an execution of the transaction takes with so many workers.
  func execution(of transaction: TransactionProfile, workers: Int) -> Double {
    let time = Double(transaction.nanoseconds)
    let each = workers == 1 ? execution : sharedExecution
    return max(time + each * Double(transaction.accesses), time * Self.leastShare)
  }

  /// What it takes to make the transaction final where it was executed ahead of its turn.
  func commit(of transaction: TransactionProfile) -> Double {
    commit * Double(transaction.accesses)
  }

  /// How much of its time in sequence a transaction takes at least.
  private static var leastShare: Double { 0.25 }
}
