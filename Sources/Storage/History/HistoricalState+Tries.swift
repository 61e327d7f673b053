// The tries of a state of the past.

internal import Ledger
internal import Primitives
public import State

extension HistoricalState {
  /// The most blocks that lie between a state whose tries are made and that of the database.
  public static var trieWindow: UInt64 { 1 << 17 }

  /// How much memory such tries may take before they begin to forget.
  private static var trieMemory: Int { 64 << 20 }

  /// The tries of this state: those of the database, with what changed between. Throws `beyondHistory` where
  /// the state lies too far back for that.
  public func tries() throws(StoreError) -> StateTries {
    guard SystemMemory.hasRoom(for: 2 * StateTries.leastRoom) else {
      throw .state(.damaged("there is no memory for tries"))
    }
    let changes = try changesSinceDatabase()
    let base = try database.position(at: snapshot).block.number
    let stored = try database.record(of: base, at: snapshot)
    let tries = StateTries(
      workerCount: 1, memoryLimit: Self.trieMemory,
      source: SnapshotTrieSource(database, at: snapshot),
      root: try Store.header(at: stored, in: folder).stateRoot)
    let root: Hash256
    do throws(StateReadError) {
      root = try tries.apply(changes, run: StateTries.alone)
    } catch {
      throw .state(error)
    }
    guard root == (try Store.header(at: record, in: folder)).stateRoot else {
      throw folder.damage(record, "its state does not have the root that its header names")
    }
    return tries
  }

  /// What leads from the state that the database has to this one. Throws `beyondHistory` where too many blocks
  /// lie between.
  func changesSinceDatabase() throws(StoreError) -> StateDiff {
    let base = try database.position(at: snapshot).block.number
    let distance = base > block.number ? base - block.number : block.number - base
    guard distance <= Self.trieWindow else {
      throw .beyondHistory(block: block.number, oldest: base - Self.trieWindow)
    }
    var changes = MergedChanges()
    if way.undoes {
      var number = base
      while number > block.number {
        let record = try database.record(of: number, at: snapshot)
        changes.apply(try cache.changes(of: record).inverse())
        number -= 1
      }
    } else {
      for record in way.records.reversed() {
        changes.apply(try cache.changes(of: record).diff())
      }
    }
    return changes.diff
  }
}
