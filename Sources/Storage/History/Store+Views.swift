// Views of the past.

internal import Ledger
internal import Primitives
internal import State

extension Store {
  /// The state after block `number`; nil for a block that is not in the chain. Throws `beyondHistory` for
  /// one that lies further behind the head than history is kept. Any thread may call it, and the view
  /// stays as it is.
  public func view(at number: UInt64) throws(StoreError) -> HistoricalState? {
    guard var record = try recordPlace(number) else { return nil }
    let (head, codes) = tail.with { ($0.head.block.number, $0.recents.flatMap(\.codes)) }
    if case .blocks(let limit) = history, head > limit, number < head - limit {
      throw .beyondHistory(block: number, oldest: try oldestState())
    }
    let snapshot = DatabaseSnapshot(database)
    let known = try database.position(at: snapshot).block.number
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
      guard let first = try recordPlace(known + 1) else { return nil }
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
