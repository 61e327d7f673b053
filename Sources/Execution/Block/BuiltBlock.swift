// What became of transactions that are offered for a block.

/// A block made of those of its candidates that may stand in it, in their order.
public struct BuiltBlock: Sendable, Equatable {
  /// The indices of the candidates that are in the block, rising.
  public var included: [Int]
  /// The candidates that are not, by rising index, each with the reason at its place.
  public var skipped: [SkippedTransaction]
  /// How many candidates were considered, from the first on, before the end or the stop.
  public var considered: Int
  /// What executing a block of the included ones gives.
  public var outcome: BlockOutcome
}

/// A candidate that may not stand in the block.
public struct SkippedTransaction: Sendable, Hashable {
  /// Its index among the candidates.
  public var index: Int
  /// Why it may not.
  public var reason: InvalidTransaction

  /// A candidate and the reason.
  public init(index: Int, reason: InvalidTransaction) {
    self.index = index
    self.reason = reason
  }
}
