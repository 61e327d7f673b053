// A file of sorted changes that the database takes in whole.

internal import CRocksDB

/// Writes changes by rising key into a file for `Database.ingest`.
struct SortedFile: ~Copyable {
  let path: String
  private let handle: OpaquePointer
  private let environment: OpaquePointer
  private let options: DatabaseOptions
  /// How many changes were written.
  private(set) var count = 0
  private var failure: StoreError?

  init(_ path: String) throws(StoreError) {
    self.path = path
    options = DatabaseOptions(cacheSize: 0)
    environment = rocksdb_envoptions_create()
    handle = rocksdb_sstfilewriter_create(environment, options.handle)
    var message: UnsafeMutablePointer<CChar>?
    rocksdb_sstfilewriter_open(handle, path, &message)
    if message != nil { throw .database(path, "write", &message) }
  }

  deinit {
    rocksdb_sstfilewriter_destroy(handle)
    rocksdb_envoptions_destroy(environment)
  }

  /// Gives `key`, greater than all before, a value; nil takes it out. What fails is told by `finish`.
  mutating func set(_ key: DatabaseKey, to value: UnsafeRawBufferPointer?) {
    if failure != nil { return }
    var message: UnsafeMutablePointer<CChar>?
    key.withCharacters { start, size in
      if let value {
        // No value is a value of no bytes, which needs an address all the same.
        let characters = value.baseAddress?.assumingMemoryBound(to: CChar.self) ?? start
        rocksdb_sstfilewriter_put(handle, start, size, characters, value.count, &message)
      } else {
        rocksdb_sstfilewriter_delete(handle, start, size, &message)
      }
    }
    note(&message)
  }

  mutating func set(_ key: DatabaseKey, to value: borrowing ByteBuffer) {
    value.withBytes { set(key, to: $0) }
  }

  mutating func set(_ key: DatabaseKey, to value: [UInt8]) {
    value.withUnsafeBytes { set(key, to: $0) }
  }

  /// Takes out what the database has so far under keys that begin with `prefix`; what this file gives
  /// them stays. What fails is told by `finish`.
  mutating func removeAll(_ prefix: DatabaseKey) {
    guard failure == nil, let end = prefix.end else { return }
    var message: UnsafeMutablePointer<CChar>?
    prefix.withCharacters { start, size in
      end.withCharacters { endStart, endSize in
        rocksdb_sstfilewriter_delete_range(handle, start, size, endStart, endSize, &message)
      }
    }
    note(&message)
  }

  private mutating func note(_ message: inout UnsafeMutablePointer<CChar>?) {
    count += 1
    if message != nil { failure = .database(path, "write", &message) }
  }

  /// Ends the file, which is on disk afterwards. Throws the first thing that failed.
  mutating func finish() throws(StoreError) {
    if let failure { throw failure }
    var message: UnsafeMutablePointer<CChar>?
    rocksdb_sstfilewriter_finish(handle, &message)
    if message != nil { throw .database(path, "write", &message) }
  }
}
