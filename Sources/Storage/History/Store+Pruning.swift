// How far back the state is kept.

internal import Ledger
internal import Primitives

extension Store {
  /// The oldest block whose state there is a view of: as old as the options say, if the changes since then
  /// were not dropped before.
  public func oldestState() throws(StoreError) -> UInt64 {
    let head = head.number
    var low = oldestBlock
    if case .blocks(let limit) = history, head - low > limit { low = head - limit }
    var high = head
    // Of the blocks' changes, what was dropped comes first.
    while low < high {
      let middle = low + (high - low) / 2
      if try hasChanges(middle + 1) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Whether the changes of block `number` were not dropped; true where there is no such block.
  private func hasChanges(_ number: UInt64) throws(StoreError) -> Bool {
    guard let record = try recordPlace(number) else { return true }
    return try !folder.header(of: record).isPruned
  }

  /// Holds the changes from that of block `number` on, of which all that are in the chain come behind its
  /// record; `block` is whose state they are for.
  func pinHistory(
    from record: RecordPlace, for block: UInt64
  ) throws(StoreError) -> HistoryPin {
    let pin = HistoryPin(pruner.pins, record.place.segment)
    guard try !folder.header(of: record).isPruned else {
      throw .beyondHistory(block: block, oldest: try oldestState())
    }
    return pin
  }

  /// Drops the changes of blocks that lie further back than history is kept, segment by segment; how many
  /// segments it were. Blocks and their receipts stay.
  ///
  /// An open store does so by itself in the background, whenever the database has followed. Here the
  /// database is brought to the head at first: neither `root` nor `commit` may run meanwhile. `progress`
  /// hears of how many segments how many are done; what it throws ends it, and those stay pruned.
  public func prune(
    progress: (_ done: Int, _ of: Int) throws(StoreError) -> Void = { _, _ in }
  ) throws(StoreError) -> Int {
    try flush()
    pruner.join()
    guard let limit = try pruneLimit() else { return 0 }
    return try pruner.prune(before: limit) { (done, all) throws(StoreError) in
      try progress(done, all)
      return true
    }
  }

  /// Lets segments be pruned in the background.
  func beginPruning() throws(StoreError) {
    if let limit = try pruneLimit() { pruner.begin(before: limit) }
  }

  /// The first segment whose changes are kept: it has those of blocks within history, or of blocks that the
  /// database does not know, which a crash needs.
  private func pruneLimit() throws(StoreError) -> UInt32? {
    guard case .blocks(let limit) = history else { return nil }
    let (head, databaseBlock) = tail.with { ($0.head.block.number, $0.databaseBlock.number) }
    guard head > limit, let database = try recordPlace(min(databaseBlock, head)) else {
      return nil
    }
    let oldest = try recordPlace(head - limit + 1)
    return min(database.place.segment, oldest?.place.segment ?? .max)
  }
}
