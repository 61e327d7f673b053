// What each worker did when, while a block was executed.

/// What the workers did from the first transaction to the last, simulated or recorded.
public struct BlockTimeline: Sendable, Hashable {
  /// What a worker can be busy with.
  public enum Activity: Sendable, Hashable, CaseIterable {
    /// It executes a transaction for the first time.
    case execution
    /// It executes a transaction again, in its turn.
    case repetition
    /// It makes a transaction final.
    case commit
    /// It waits for a transaction that another worker executes, or began one that it had to put off.
    case wait
  }

  /// One stretch of a worker's time.
  public struct Span: Sendable, Hashable {
    /// What it did.
    public var activity: Activity
    /// The index of the transaction that it was about.
    public var transaction: Int
    /// Nanoseconds since the first worker began.
    public var start: Double
    /// Nanoseconds since the first worker began.
    public var end: Double

    /// A stretch of time.
    public init(_ activity: Activity, of transaction: Int, from start: Double, to end: Double) {
      self.activity = activity
      self.transaction = transaction
      self.start = start
      self.end = end
    }
  }

  /// The spans of each worker, in order of time.
  public var workers: [[Span]]

  /// A timeline with these spans.
  public init(workers: [[Span]]) { self.workers = workers }

  /// When the last worker was done, in nanoseconds.
  public var end: Double { workers.lazy.flatMap { $0 }.map(\.end).max() ?? 0 }
}
