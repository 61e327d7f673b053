// Figures about a store.

internal import State

/// Figures about a store.
public struct StoreStatistics: Sendable, Hashable {
  /// The last block.
  public var head: BlockIdentity
  /// The block that the database stands at.
  public var databaseBlock: BlockIdentity
  /// How many segments there are.
  public var segments: Int
  /// How many of them have no changes any more.
  public var prunedSegments: Int
  /// The bytes of all.
  public var segmentBytes: UInt64
  /// How far back states are kept.
  public var history: Store.History
  /// The oldest block whose state there is a view of; nil where the segments cannot be read.
  public var oldestState: UInt64?
  /// Bytes of the database's files.
  public var databaseBytes: UInt64
  /// About how many keys the database has.
  public var keys: UInt64
  /// Files of the database that compaction has not looked at yet.
  public var freshFiles: UInt64
  /// Accounts and slots in memory.
  public var cachedEntries: Int
  /// Bytes of the state in memory.
  public var stateBytes: Int
  /// Bytes of the tries in memory.
  public var trieBytes: Int
  /// Bytes of the database's leaves in memory.
  public var leafBytes: Int
}

extension Store {
  /// Figures about the store as it is now.
  public var statistics: StoreStatistics {
    StoreStatistics(
      head: head, databaseBlock: databaseBlock, segments: folder.segments().count,
      prunedSegments: folder.segments().count { (try? folder.file($0).isPruned) == true },
      segmentBytes: Folder.byteCount(of: folder.path), history: history,
      oldestState: try? oldestState(),
      databaseBytes: Folder.byteCount(of: database.path),
      keys: database.property("rocksdb.estimate-num-keys"),
      freshFiles: database.property("rocksdb.num-files-at-level0"),
      cachedEntries: state.entryCount, stateBytes: state.byteCount, trieBytes: tries.memoryInUse,
      leafBytes: pages.byteCount)
  }

  /// Rewrites the database as compactly as it can be. Takes as long as reading and writing all of it.
  /// Throws `interrupted` soon after it `isStopped`, and the database is as good as before.
  public func compact(isStopped: () -> Bool = { false }) throws(StoreError) {
    try database.compact(isStopped: isStopped)
  }
}
