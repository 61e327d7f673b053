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
  /// Executes what comes next, and again what has read too early.
  public static var optimistic: SchedulingPolicy { SchedulingPolicy(.repeats) }
}

/// What a scheduler's bookkeeping takes, in nanoseconds.
///
/// What comes of it by one worker is known: the times of all transactions, an execution for each, and
/// the block. So the figures follow from runs by one worker.
public struct SchedulingCosts: Sendable, Hashable {
  /// What each execution takes beside the transaction itself: looking up what is visible, publishing
  /// what was read and written.
  public var execution: Double
  /// What it takes to check a transaction that was executed ahead of its turn, and to make it final.
  /// One worker at a time does that.
  public var commit: Double
  /// What comes before the first transaction and after the last, by one worker.
  public var block: Double

  /// Costs in nanoseconds; what is negative or no number counts as nothing.
  public init(execution: Double = 0, commit: Double = 0, block: Double = 0) {
    self.execution = Self.cost(execution)
    self.commit = Self.cost(commit)
    self.block = Self.cost(block)
  }

  private static func cost(_ nanoseconds: Double) -> Double {
    nanoseconds.isFinite ? max(nanoseconds, 0) : 0
  }
}
