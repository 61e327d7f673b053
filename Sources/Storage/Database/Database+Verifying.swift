// Checking the files of the database, block by block.

internal import CRocksDB
internal import CRocksDBDoor

extension Database {
  /// Reads every block of every file, and compares it with its checksum. Reading alone is not enough:
  /// RocksDB passes over filters that are damaged, as if there were none. `progress` hears of how much is
  /// done, from 0 to 1.
  func verifyFiles(_ progress: (Double) throws(StoreError) -> Void) throws(StoreError) {
    var checked: Set<String> = []
    // Compaction may put other files in the place of some meanwhile.
    while true {
      let files = liveFiles()
      guard let file = files.first(where: { !checked.contains($0) }) else { return }
      checked.insert(file)
      var message = nt_sorted_file_problem(file)
      if message != nil {
        // A file that is in use and not there is damage, as it is for who opens the database.
        let problem = StoreError.database(file, "open", &message)
        if liveFiles().contains(file) { throw problem }
      }
      try progress(Double(checked.count) / Double(max(files.count, checked.count)))
    }
  }

  /// The paths of the files that make up the database now.
  private func liveFiles() -> [String] {
    guard let list = rocksdb_livefiles(handle) else { return [] }
    defer { rocksdb_livefiles_destroy(list) }
    return (0..<rocksdb_livefiles_count(list)).compactMap { index in
      // The name begins with a slash.
      rocksdb_livefiles_name(list, index).map { path + String(cString: $0) }
    }
  }
}
