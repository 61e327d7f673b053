// A place in the journal to return to.

/// A place in the host's journal.
@frozen
public struct Checkpoint: Sendable {
  /// The number of journal records at that moment.
  public let journalCount: Int
  /// The number of logs at that moment.
  public let logCount: Int

  /// A checkpoint at these lengths.
  @inlinable @inline(__always)
  public init(journalCount: Int, logCount: Int) {
    self.journalCount = journalCount
    self.logCount = logCount
  }
}
