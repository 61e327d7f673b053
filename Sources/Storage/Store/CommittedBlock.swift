// What is kept of a block.

public import Ledger
public import Primitives

/// A block with everything that came of it, as `Store.commit` takes it.
public struct CommittedBlock: Sendable {
  /// The header.
  public var header: Header
  /// The header's hash.
  public var hash: Hash256
  /// The sum of the difficulties from the first block to this one.
  public var totalDifficulty: UInt256
  /// The transactions' canonical encodings (EIP-2718), in order.
  public var transactions: [ArraySlice<UInt8>]
  /// The headers of stale siblings of ancestors.
  public var ommers: [Header]
  /// The payments from the consensus layer; nil before Shanghai.
  public var withdrawals: [Withdrawal]?
  /// What the transactions left behind, in order. Their blooms follow from their logs.
  public var receipts: [Receipt]
  /// What the block changed in the state: what `Store.advance` returned.
  public var changes: StateChanges

  /// A block of these parts.
  public init(
    header: Header, hash: Hash256, totalDifficulty: UInt256 = .zero,
    transactions: [ArraySlice<UInt8>] = [], ommers: [Header] = [],
    withdrawals: [Withdrawal]? = nil, receipts: [Receipt] = [], changes: StateChanges
  ) {
    self.header = header
    self.hash = hash
    self.totalDifficulty = totalDifficulty
    self.transactions = transactions
    self.ommers = ommers
    self.withdrawals = withdrawals
    self.receipts = receipts
    self.changes = changes
  }

  var identity: BlockIdentity { BlockIdentity(number: header.number, hash: hash) }
}

/// The body of a block that is kept.
public struct StoredBody: Sendable, Hashable {
  /// The transactions' canonical encodings (EIP-2718), in order.
  public var transactions: [ArraySlice<UInt8>]
  /// The headers of stale siblings of ancestors.
  public var ommers: [Header]
  /// The payments from the consensus layer; nil before Shanghai.
  public var withdrawals: [Withdrawal]?
}

/// A transaction of a block that is kept.
public struct StoredTransaction: Sendable, Hashable {
  /// The block it is in.
  public var block: BlockIdentity
  /// Its place in the block.
  public var index: Int
  /// Its canonical encoding (EIP-2718).
  public var encoding: ArraySlice<UInt8>
}
