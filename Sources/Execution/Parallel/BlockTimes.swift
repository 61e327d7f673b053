// When what happened to a block.

/// When the parallel execution of a block had come how far, in nanoseconds by the clock that it was
/// given: what simulations of other numbers of workers start from.
public struct BlockTimes: Sendable, Hashable {
  /// When it began.
  public var start: UInt64
  /// When the workers were set going.
  public var opened: UInt64 = 0
  /// When each worker began with transactions.
  public var workers: [UInt64] = []
  /// When the last transaction was committed, and all workers had left.
  public var executed: UInt64 = 0
  /// When the outcome was there.
  public var end: UInt64 = 0

  /// It began then, and nothing has happened since.
  public init(start: UInt64 = 0) {
    self.start = start
  }
}
