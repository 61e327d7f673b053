// Views of the past.

internal import Ledger
internal import Primitives
internal import State

extension Store {
  /// The state after block `number`; nil for a block that is not in the chain. Throws `beyondHistory` for
  /// one that lies further behind the head than history is kept. Any thread may call it, and the view
  /// stays as it is.
  public func view(at number: UInt64) throws(StoreError) -> HistoricalState? {
    var attempts = 0
    while true {
      // Meanwhile the database may stand at a block that is in the chain no more.
      tail.wait { !$0.isSwitching }
      try checkUsable()
      guard let record = try recordPlace(number) else { return nil }
      if let view = try view(of: record) { return view }
      attempts += 1
      if attempts == 8 { throw folder.damage(record, "those before it do not lead to it") }
    }
  }

  /// The state after the block of a record; nil where the chain has gone to another branch since the
  /// database was looked at.
  private func view(of wanted: RecordPlace) throws(StoreError) -> HistoricalState? {
    var record = wanted
    let number = record.block.number
    let (head, codes) = tail.with { ($0.head.block.number, $0.recents.flatMap(\.codes)) }
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
      guard let first = try recordPlace(known + 1),
        try folder.header(of: first).parentHash == base.hash
      else { return nil }
      way.pin = try pinHistory(from: first, for: number)
      for number in (known..<number).reversed() {
        guard let record = try recordPlace(number + 1) else { return nil }
        way.records.append(record)
      }
    }
    return HistoricalState(
      record, database: database, snapshot: snapshot, cache: changesCache, folder: folder,
      way: way, codes: codes)
  }
}
