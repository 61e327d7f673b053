// A block: header and body.

/// A block.
public struct Block: Sendable, Hashable {
  /// The header, which commits to all the rest.
  public var header: Header
  /// The transactions, in order.
  public var transactions: [Transaction]
  /// The headers of stale siblings of ancestors; none since Paris.
  public var ommers: [Header]
  /// The payments from the consensus layer; nil before Shanghai.
  public var withdrawals: [Withdrawal]?

  /// A block of these parts.
  public init(
    header: Header, transactions: [Transaction] = [], ommers: [Header] = [],
    withdrawals: [Withdrawal]? = nil
  ) {
    self.header = header
    self.transactions = transactions
    self.ommers = ommers
    self.withdrawals = withdrawals
  }
}
