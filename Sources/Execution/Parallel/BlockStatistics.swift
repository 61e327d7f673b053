// What the execution of a block took.

/// How the transactions of a block came to be executed in parallel.
public struct BlockStatistics: Sendable, Hashable {
  /// How many transactions were committed.
  public var transactions = 0
  /// How many times one of them was executed: ahead of its turn, or when its turn had come.
  public var executions = 0
  /// How many executions were in vain, since something else had to be seen.
  public var aborts = 0
  /// How many transactions were put off until their turn had come, before they were executed or on
  /// the way, because they would have depended on one under way.
  public var deferrals = 0
  /// How many times transactions were executed in their turn, several in a row at once.
  public var turns = 0
  /// How many batches there were.
  public var batches = 0

  /// How many executions were needed beyond one for each transaction.
  public var repeats: Int { executions - transactions }

  /// Nothing was executed.
  public init() {}
}
