// Views of the past.

internal import Ledger
internal import Primitives
internal import State

extension Store {
  /// The state after block `number`; nil for a block that is not in the chain. Throws `beyondHistory` for
  /// one that lies further behind the head than history is kept. Any thread may call it, and the view
  /// stays as it is.
  public func view(at number: UInt64) throws(StoreError) -> HistoricalState? {
    guard let record = try recordPlace(number) else { return nil }
    let (head, codes) = tail.with { ($0.head.block.number, $0.recents.flatMap(\.codes)) }
    if case .blocks(let limit) = options.history, head > limit, number < head - limit {
      throw .beyondHistory(block: number, oldest: try oldestState())
    }
    let snapshot = DatabaseSnapshot(database)
    guard
      let position = try database.read(
        DatabasePosition.key, at: snapshot, { DatabasePosition($0) }
      ).flatMap(\.self)
    else { throw database.damage("what the database says of itself") }
    let undoes = position.block.number > number
    if number == position.block.number {
      return HistoricalState(
        record, database: database, snapshot: snapshot, cache: changesCache, folder: folder,
        between: [], undoes: undoes, pin: nil, codes: codes)
    }
    guard let first = try recordPlace(min(number, position.block.number) + 1) else { return nil }
    // Before the others are looked up: they come behind it.
    let pin = try pinHistory(from: first, for: number)
    let numbers =
      undoes
      ? Array(number + 1...position.block.number)
      : Array((position.block.number..<number).reversed().map { $0 + 1 })
    var between: [RecordPlace] = []
    for number in numbers {
      guard let record = try recordPlace(number) else { return nil }
      between.append(record)
    }
    return HistoricalState(
      record, database: database, snapshot: snapshot, cache: changesCache, folder: folder,
      between: between, undoes: undoes, pin: pin, codes: codes)
  }
}
