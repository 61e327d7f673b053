// The database: RocksDB behind a few calls.

internal import CRocksDB

/// A folder of sorted files with one key space. Any thread may read; what changes comes in whole files
/// (`SortedFile`), so neither log nor memory table is ever used.
final class Database: @unchecked Sendable {
  let path: String
  let handle: OpaquePointer
  private let options: DatabaseOptions
  private let family: OpaquePointer
  private let pointReads: OpaquePointer

  /// Opens the database in `path`, or makes it there. One that is damaged is left as it is.
  init(_ path: String, cacheSize: Int, isNew: Bool = false) throws(StoreError) {
    try Folder.checkRoom(Folder.parent(of: path), Self.leastRoom)
    try Self.removeEmptyLogs(path)
    // RocksDB ends the process where it is refused one.
    guard ThreadProbe.canStart(Self.threadLimit) else { throw .noThreads(path: path) }
    let options = DatabaseOptions(cacheSize: cacheSize)
    rocksdb_options_set_create_if_missing(options.handle, isNew ? 1 : 0)
    var message: UnsafeMutablePointer<CChar>?
    var family: OpaquePointer?
    let handle = "default".withCString { name in
      var names: [UnsafePointer<CChar>?] = [name]
      var families: [OpaquePointer?] = [options.handle]
      return rocksdb_open_column_families(
        options.handle, path, 1, &names, &families, &family, &message)
    }
    guard let handle, let family else { throw .database(path, "open", &message) }
    self.path = path
    self.options = options
    self.handle = handle
    self.family = family
    pointReads = rocksdb_readoptions_create()
  }

  /// Room on the disk below which nothing is begun: RocksDB ends the process when it cannot note down
  /// which files it has.
  private static let leastRoom: UInt64 = 1 << 20

  /// More threads than RocksDB has at a time: those of compaction, of opening files, and one with a clock.
  private static let threadLimit = 8

  /// RocksDB leaves a log behind each time, in which there is never anything.
  private static func removeEmptyLogs(_ path: String) throws(StoreError) {
    for name in Folder.names(in: path) ?? [] where name.hasSuffix(".log") {
      let log = path + "/" + name
      if try File(log, .read).size() == 0 { try Folder.removeFile(log) }
    }
  }

  deinit {
    rocksdb_readoptions_destroy(pointReads)
    rocksdb_column_family_handle_destroy(family)
    rocksdb_close(handle)
  }

  /// Calls `body` with the value of `key`; nil where there is none.
  func read<Result>(
    _ key: DatabaseKey, at snapshot: DatabaseSnapshot? = nil,
    _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(StoreError) -> Result? {
    var message: UnsafeMutablePointer<CChar>?
    let slice = key.withCharacters { start, count in
      rocksdb_get_pinned(handle, snapshot?.options ?? pointReads, start, count, &message)
    }
    if message != nil { throw .database(path, "read", &message) }
    guard let slice else { return nil }
    defer { rocksdb_pinnableslice_destroy(slice) }
    return body(Self.bytes(of: slice))
  }

  private static func bytes(of slice: OpaquePointer) -> UnsafeRawBufferPointer {
    var count = 0
    let start = rocksdb_pinnableslice_value(slice, &count)
    return UnsafeRawBufferPointer(start: start, count: count)
  }

  /// Makes the changes of sorted files whose keys do not overlap, all at once, and durable. The files
  /// are moved into the database.
  func ingest(_ files: [String]) throws(StoreError) {
    try Folder.checkRoom(path, Self.leastRoom)
    let options = rocksdb_ingestexternalfileoptions_create()
    defer { rocksdb_ingestexternalfileoptions_destroy(options) }
    rocksdb_ingestexternalfileoptions_set_move_files(options, 1)
    let names = files.map { Array($0.utf8CString) }
    var starts: [UnsafePointer<CChar>?] = []
    var message: UnsafeMutablePointer<CChar>?
    // The names stay where they are: `names` is not touched until the call is over.
    withExtendedLifetime(names) {
      for name in names {
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: name.count)
        copy.initialize(from: name, count: name.count)
        starts.append(copy)
      }
      rocksdb_ingest_external_file(handle, &starts, starts.count, options, &message)
      for start in starts { start?.deallocate() }
    }
    if message != nil { throw .database(path, "ingest", &message) }
  }

  /// The error for an entry that nobody wrote so.
  func damage(_ what: String) -> StoreError {
    .corrupted(path: path, offset: nil, block: nil, reason: "\(what) is not in its form")
  }

  /// Rewrites everything as compactly as it can be. Where it `isStopped`, all stays as it is.
  func compact(isStopped: () -> Bool = { false }) throws(StoreError) {
    try Folder.checkRoom(path, Self.leastRoom)
    // The call itself does not say how it ended.
    let failures = property("rocksdb.background-errors")
    let isDone = Condition(false)
    let thread = BackgroundThread { [self] in
      rocksdb_compact_range(handle, nil, 0, nil, 0)
      isDone.with { $0 = true }
    }
    var wasStopped = false
    while !isDone.wait(milliseconds: 50, until: { $0 }) && !wasStopped { wasStopped = isStopped() }
    if wasStopped { rocksdb_disable_manual_compaction(handle) }
    thread.join()
    if wasStopped {
      rocksdb_enable_manual_compaction(handle)
      throw .interrupted
    }
    if property("rocksdb.background-errors") == failures { return }
    try Folder.checkRoom(path, Self.leastRoom)
    // Whether it was damage, reading tells.
    var entries = DatabaseIterator(self, from: DatabaseKey(.accountBranch), to: nil, isScan: true)
    while try entries.current() != nil { entries.advance() }
    throw .system(
      path: path, operation: "compact",
      reason: "RocksDB could not rewrite its files, \(path)/LOG says why; nothing is lost by it")
  }

  /// Compacts what was written in many files one after the other, which reading would look through.
  func compactIfScattered() throws(StoreError) {
    if property("rocksdb.num-files-at-level0") > 1 { try compact() }
  }

  /// A figure that RocksDB keeps, by its name there.
  func property(_ name: String) -> UInt64 {
    var value: UInt64 = 0
    return rocksdb_property_int(handle, name, &value) == 0 ? value : 0
  }
}

/// The options of the database, which must live as long as it.
final class DatabaseOptions {
  let handle: OpaquePointer
  private let table: OpaquePointer
  private let cache: OpaquePointer

  /// Threads for compaction, at most: the cores belong to the chain.
  private static let backgroundJobs: CInt = 2
  /// Threads that look at files when the database is opened.
  private static let openingThreads: CInt = 2
  private static let bloomBitsPerKey = 10.0
  /// Each file comes from a flush and spans all keys: the more are merged at a time, the less is written
  /// again; the filters keep reads from looking into all of them.
  private static let filesBeforeCompaction: CInt = 8
  /// XXH3, by RocksDB's number.
  private static let checksumType: CChar = 4

  /// The cache is cut in pieces with a lock each. A piece must hold the filter of the largest file several
  /// times over (64 MiB of accounts have a filter of about 1 MiB), or each read brings it in anew.
  private static func shardBits(_ cacheSize: Int) -> CInt {
    let pieces = cacheSize / (16 << 20)
    return pieces < 2 ? 0 : min(6, CInt(pieces.bitWidth - 1 - pieces.leadingZeroBitCount))
  }

  init(cacheSize: Int) {
    handle = rocksdb_options_create()
    table = rocksdb_block_based_options_create()
    let cacheOptions = rocksdb_lru_cache_options_create()
    rocksdb_lru_cache_options_set_capacity(cacheOptions, cacheSize)
    rocksdb_lru_cache_options_set_num_shard_bits(cacheOptions, Self.shardBits(cacheSize))
    cache = rocksdb_cache_create_lru_opts(cacheOptions)
    rocksdb_lru_cache_options_destroy(cacheOptions)
    rocksdb_block_based_options_set_block_cache(table, cache)
    rocksdb_block_based_options_set_filter_policy(
      table, rocksdb_filterpolicy_create_bloom_full(Self.bloomBitsPerKey))
    rocksdb_block_based_options_set_format_version(table, 5)
    rocksdb_block_based_options_set_checksum(table, Self.checksumType)
    rocksdb_block_based_options_set_cache_index_and_filter_blocks(table, 1)
    rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(table, 1)
    rocksdb_options_set_block_based_table_factory(handle, table)
    rocksdb_options_set_paranoid_checks(handle, 1)
    rocksdb_options_set_compression(handle, Int32(rocksdb_no_compression))
    rocksdb_options_set_max_background_jobs(handle, Self.backgroundJobs)
    rocksdb_options_set_max_open_files(handle, -1)
    rocksdb_options_set_max_file_opening_threads(handle, Self.openingThreads)
    rocksdb_options_set_level0_file_num_compaction_trigger(handle, Self.filesBeforeCompaction)
    rocksdb_options_set_target_file_size_base(handle, 64 << 20)
    rocksdb_options_set_max_bytes_for_level_base(handle, 512 << 20)
    rocksdb_options_set_level_compaction_dynamic_level_bytes(handle, 1)
    rocksdb_options_set_bytes_per_sync(handle, 1 << 20)
    // A warning or worse: the log is for people.
    rocksdb_options_set_info_log_level(handle, 2)
    rocksdb_options_set_keep_log_file_num(handle, 2)
    rocksdb_options_set_stats_dump_period_sec(handle, 0)
    rocksdb_options_set_stats_persist_period_sec(handle, 0)
  }

  deinit {
    rocksdb_cache_destroy(cache)
    rocksdb_block_based_options_destroy(table)
    rocksdb_options_destroy(handle)
  }
}

/// The database as it is now, for as long as the object lives.
final class DatabaseSnapshot: @unchecked Sendable {
  private let database: Database
  let handle: OpaquePointer
  let options: OpaquePointer

  init(_ database: Database) {
    self.database = database
    handle = rocksdb_create_snapshot(database.handle)
    options = rocksdb_readoptions_create()
    rocksdb_readoptions_set_snapshot(options, handle)
  }

  deinit {
    rocksdb_readoptions_destroy(options)
    rocksdb_release_snapshot(database.handle, handle)
  }
}

extension StoreError {
  /// What RocksDB complains about; frees the message.
  static func database(
    _ path: String, _ operation: String, _ message: inout UnsafeMutablePointer<CChar>?
  ) -> StoreError {
    // RocksDB looks for a file that is missing under LevelDB's name as well, and tells of that one.
    let text =
      message.map {
        String(cString: $0).replacing(".ldb: No such file", with: ".sst: No such file")
      } ?? "no reason given"
    rocksdb_free(message)
    message = nil
    if text.contains("No space left") { return .noSpace(path: path) }
    if text.contains("Read-only file system") { return .readOnly(path: path) }
    if text.contains("Permission denied") { return .notPermitted(path: path) }
    let isDamage =
      text.hasPrefix("Corruption") || text.contains("Bad table magic number")
      || operation == "open"
        && (text.contains("No such file or directory") || text.contains("does not exist"))
    if isDamage {
      return .corrupted(path: path, offset: nil, block: nil, reason: text)
    }
    if text.contains("lock hold by current process") || text.contains("While lock file") {
      return .locked(path: path)
    }
    return .system(path: path, operation: operation, reason: text)
  }
}
