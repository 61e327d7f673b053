// Views of the past.

internal import Ledger
internal import Primitives
internal import State

extension Store {
  /// The state after block `number`; nil for a block that is not in the chain. Throws `beyondHistory` for
  /// one that lies further behind the head than history is kept. Any thread may call it, and the view
  /// stays as it is.
  public func view(at number: UInt64) throws(StoreError) -> HistoricalState? {
    for _ in 0..<64 {
      // Meanwhile the database may stand at a block that is in the chain no more.
      tail.wait { !$0.isSwitching }
      try checkUsable()
      guard let record = try recordPlace(number) else { return nil }
      if let view = try view(of: record) { return view }
    }
    throw database.damage("the block that it stands at, to which later ones do not lead,")
  }

  /// The state after the block of a record; nil where the chain has gone to another branch since that was
  /// found.
  private func view(of wanted: RecordPlace) throws(StoreError) -> HistoricalState? {
    var record = wanted
    let number = record.block.number
    // The blocks that the database lacks, all of one chain; taken before the snapshot, so that none is
    // missing between.
    let end = tail.with { $0 }
    let head = end.head.block.number
    if case .blocks(let limit) = history, head > limit, number < head - limit {
      throw .beyondHistory(block: number, oldest: try oldestState())
    }
    let snapshot = DatabaseSnapshot(database)
    let base = try database.position(at: snapshot).block
    let known = base.number
    // A block of the snapshot's chain, should the head go back meanwhile.
    if number <= known { record = try database.record(of: number, at: snapshot) }
    var way = HistoricalState.Way()
    if number < known {
      way.undoes = true
      way.pin = try pinHistory(
        from: try database.record(of: number + 1, at: snapshot), for: number)
      var limit = known
      if let history = try database.history(at: snapshot), history.kept == .archive,
        history.indexStart < known
      {
        limit = history.indexStart
        way.index = HistoryIndex(
          database: database, snapshot: snapshot, numbers: max(number, limit) + 1...known)
      }
      for number in number..<max(number, limit) {
        way.records.append(try database.record(of: number + 1, at: snapshot))
      }
    } else if number > known {
      guard let first = end.recent(known + 1)?.record,
        try folder.header(of: first).parentHash == base.hash,
        end.recent(number)?.record == wanted
      else { return nil }
      way.pin = try pinHistory(from: first, for: number)
      for number in (known..<number).reversed() {
        guard let record = end.recent(number + 1)?.record else { return nil }
        way.records.append(record)
      }
    }
    return HistoricalState(
      record, database: database, snapshot: snapshot, cache: changesCache, folder: folder,
      way: way, codes: end.recents.flatMap(\.codes))
  }
}
