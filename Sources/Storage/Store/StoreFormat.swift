// The folder of a store: its files and its lock.

/// The names in a store's folder.
///
///     FORMAT       what this is, in one line; whoever opens looks here first
///     LOCK         held by who has the store open
///     segments/    the records of the blocks
///     database/    RocksDB
enum StoreFormat {
  private static let text = "needletail store, format "

  static func formatFile(_ path: String) -> String { path + "/FORMAT" }
  static func lockFile(_ path: String) -> String { path + "/LOCK" }
  static func segments(_ path: String) -> String { path + "/segments" }
  static func database(_ path: String) -> String { path + "/database" }
  static func syncedEnd(_ path: String) -> String { segments(path) + "/synced" }

  /// Says in a new folder what it is.
  static func write(in path: String) throws(StoreError) {
    let file = try File(formatFile(path), .create)
    var buffer = ByteBuffer()
    buffer.append(Array("\(text)\(StoreMeta.version)\n".utf8))
    try file.write(buffer, at: 0)
    try file.sync()
  }

  /// Throws unless the folder holds a store that this program can read.
  static func check(_ path: String) throws(StoreError) {
    let name = formatFile(path)
    guard Folder.exists(name) else { throw .notAStore(path: path) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 8)
    defer { buffer.deallocate() }
    let count = try File(name, .read).read(into: buffer, at: 0)
    let line = String(decoding: buffer[..<count], as: UTF8.self)
    guard line.hasPrefix(text) else {
      throw .corrupted(path: name, offset: 0, block: nil, reason: "it does not say what this is")
    }
    let version = line.dropFirst(text.count).prefix { $0 != "\n" }
    if version != "\(StoreMeta.version)" {
      throw .otherVersion(path: path, found: String(version), supported: "\(StoreMeta.version)")
    }
  }

  /// Takes the folder for this process.
  static func lock(_ path: String) throws(StoreError) -> File {
    let name = lockFile(path)
    let file = try File(name, Folder.exists(name) ? .write : .create)
    guard try file.tryLock() else { throw .locked(path: path) }
    return file
  }
}
