// Blocks by their records, in the chain or beside it.

public import Ledger
public import Primitives
internal import Synchronization

extension KeptBlock {
  /// Which block it is.
  public var block: BlockIdentity { record.block }
}

extension Store {
  /// The block at `tipBlock`, to be taken up again or read when the chain has gone elsewhere.
  public var keptTip: KeptBlock { KeptBlock(record: tip) }

  /// The header of a block, and the sum of the difficulties up to it.
  public func header(
    of block: KeptBlock
  ) throws(StoreError) -> (header: Header, totalDifficulty: UInt256) {
    try Self.standing(at: block.record, in: folder)
  }

  /// The body of a block.
  public func body(of block: KeptBlock) throws(StoreError) -> StoredBody {
    try body(of: block.record)
  }

  /// The receipts of a block, in order.
  public func receipts(of block: KeptBlock) throws(StoreError) -> [Receipt] {
    try receipts(of: block.record)
  }

  /// Begins to let the database follow to the head, if it is time: what is executed on branches alone never
  /// does. Neither `root` nor `commit` may run meanwhile.
  public func followIfDue() throws(StoreError) {
    try checkUsable()
    try followWithDatabase(run: Self.inTurn)
  }
}
