// Keys and values in order.

internal import CRocksDB

/// A cursor over the keys of a range, in rising order.
struct DatabaseIterator: ~Copyable {
  private let database: Database
  private let handle: OpaquePointer
  private let options: OpaquePointer
  private let upper: UnsafeMutablePointer<DatabaseKey>

  /// A cursor at the first key that begins with `prefix` and is not below `start`. What is read in
  /// passing (`isScan`) does not push other things out of the cache.
  init(
    _ database: Database, prefix: DatabaseKey, from start: DatabaseKey? = nil,
    at snapshot: DatabaseSnapshot? = nil, isScan: Bool = false
  ) {
    self.init(
      database, from: start ?? prefix, to: prefix.end, at: snapshot, isScan: isScan)
  }

  /// A cursor at the first key from `start` on; keys end before `end`.
  init(
    _ database: Database, from start: DatabaseKey, to end: DatabaseKey?,
    at snapshot: DatabaseSnapshot? = nil, isScan: Bool = false
  ) {
    self.database = database
    options = rocksdb_readoptions_create()
    upper = .allocate(capacity: 1)
    if let snapshot { rocksdb_readoptions_set_snapshot(options, snapshot.handle) }
    if let end {
      upper.initialize(to: end)
      rocksdb_readoptions_set_iterate_upper_bound(
        options, UnsafeRawPointer(upper).assumingMemoryBound(to: CChar.self), end.count)
    }
    if isScan {
      rocksdb_readoptions_set_fill_cache(options, 0)
      rocksdb_readoptions_set_readahead_size(options, 2 << 20)
    }
    handle = rocksdb_create_iterator(database.handle, options)
    start.withCharacters { rocksdb_iter_seek(handle, $0, $1) }
  }

  deinit {
    rocksdb_iter_destroy(handle)
    rocksdb_readoptions_destroy(options)
    upper.deallocate()
  }

  /// The key and value here, good until the cursor moves; nil at the end.
  func current() throws(StoreError) -> (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)?
  {
    if rocksdb_iter_valid(handle) == 0 {
      var message: UnsafeMutablePointer<CChar>?
      rocksdb_iter_get_error(handle, &message)
      if message != nil { throw .database(database.path, "read", &message) }
      return nil
    }
    var keyCount = 0
    var valueCount = 0
    let key = rocksdb_iter_key(handle, &keyCount)
    let value = rocksdb_iter_value(handle, &valueCount)
    return (
      UnsafeRawBufferPointer(start: key, count: keyCount),
      UnsafeRawBufferPointer(start: value, count: valueCount)
    )
  }

  mutating func advance() { rocksdb_iter_next(handle) }
}
