// The folder of a store: its files and its lock.

/// The names in a store's folder.
///
///     FORMAT       what this is, in one line; whoever opens looks here first
///     LOCK         held by who has the store open
///     genesis.json the rules of the chain, where whoever made the store said them
///     segments/    the records of the blocks
///     database/    RocksDB
///     changes.sst  what goes to the database next
///     blooms       which blocks may have which logs; may be deleted
///
/// Until all is there, the first has the name FORMAT.new.
enum StoreFormat {
  private static let text = "needletail store, format "

  static func formatFile(_ path: String) -> String { path + "/FORMAT" }
  private static func unfinishedFile(_ path: String) -> String { formatFile(path) + ".new" }
  static func lockFile(_ path: String) -> String { path + "/LOCK" }
  static func segments(_ path: String) -> String { path + "/segments" }
  static func database(_ path: String) -> String { path + "/database" }
  static func chainFile(_ path: String) -> String { path + "/genesis.json" }
  static func syncedEnd(_ path: String) -> String { segments(path) + "/synced" }
  static func bloomFile(_ path: String) -> String { path + "/blooms" }
  static func flushFile(_ path: String) -> String { path + "/changes.sst" }

  /// Makes the folder of a store, new or empty, which is one when `fill` has filled it. A folder that
  /// exists stays the one it is, so it may be a mount point or behind a link. What an earlier try left
  /// behind goes; nothing else is touched.
  static func create(
    _ path: String, _ fill: () throws(StoreError) -> Void
  ) throws(StoreError) {
    let isNew = !Folder.exists(path)
    if isNew {
      try Folder.make(path)
    } else if Folder.names(in: path) == nil {
      throw .system(
        path: path, operation: "make a store", reason: "it is no folder that can be read")
    }
    guard isFree(path) else { throw .notEmpty(path: path) }
    let lock = try lock(path)
    defer { withExtendedLifetime(lock) {} }
    guard isFree(path) else { throw .notEmpty(path: path) }
    do throws(StoreError) {
      try Folder.removeContents(path, but: othersFiles(path))
      try write(to: unfinishedFile(path))
      try fill()
      try Folder.sync(path)
      try Folder.move(unfinishedFile(path), to: formatFile(path))
      try Folder.sync(path)
      if isNew { try Folder.sync(Folder.parent(of: path)) }
    } catch {
      try? isNew ? Folder.remove(path) : Folder.removeContents(path, but: [secretFile(path)])
      throw error
    }
  }

  /// What may lie in a folder before there is a store: the lock, and the secret that a node shares with its consensus
  /// client, which may be put there first.
  private static func othersFiles(_ path: String) -> Set<String> {
    [lockFile(path), secretFile(path)]
  }

  private static func secretFile(_ path: String) -> String { path + "/jwt.hex" }

  /// Whether a folder is empty, but for a store that was not finished.
  private static func isFree(_ path: String) -> Bool {
    guard let names = Folder.names(in: path) else { return false }
    let paths = Set(names.map { path + "/" + $0 }).subtracting(othersFiles(path))
    return paths.isEmpty
      || paths.contains(unfinishedFile(path)) && isOurs(unfinishedFile(path))
        && paths.isSubset(of: [
          unfinishedFile(path), segments(path), database(path), flushFile(path), chainFile(path),
        ])
        && (Folder.names(in: segments(path)) ?? []).allSatisfy(isSegment)
        && (Folder.names(in: database(path)) ?? []).allSatisfy(isOfRocksDB)
  }

  /// Whether a file says what this is, or not yet.
  private static func isOurs(_ path: String) -> Bool {
    let line = Array("\(text)\(StoreMeta.version)\n".utf8)
    var bytes = [UInt8](repeating: 0, count: line.count + 1)
    let count = bytes.withUnsafeMutableBytes { try? File(path, .read).read(into: $0, at: 0) }
    guard Folder.isFileOrNothing(path), let count else { return false }
    return line.starts(with: bytes[..<count])
  }

  private static func isSegment(_ name: String) -> Bool {
    name == "synced" || name.hasSuffix(".seg")
  }

  private static func isOfRocksDB(_ name: String) -> Bool {
    ["CURRENT", "IDENTITY", "LOCK"].contains(name)
      || ["LOG", "MANIFEST-", "OPTIONS-"].contains(where: name.hasPrefix)
      || [".sst", ".log", ".dbtmp"].contains(where: name.hasSuffix)
  }

  private static func write(to path: String) throws(StoreError) {
    let file = try File(path, .create)
    var buffer = ByteBuffer()
    buffer.append(Array("\(text)\(StoreMeta.version)\n".utf8))
    try file.write(buffer, at: 0)
    try file.sync()
  }

  /// Throws unless the folder holds a store that this program can read.
  static func check(_ path: String) throws(StoreError) {
    let name = formatFile(path)
    if Folder.isMissing(name) { throw .notAStore(path: path) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 8)
    defer { buffer.deallocate() }
    let count = try File(name, .read).read(into: buffer, at: 0)
    let line = String(decoding: buffer[..<count], as: UTF8.self)
    guard line.hasPrefix(text) else {
      throw .corrupted(path: name, offset: 0, block: nil, reason: "it does not say what this is")
    }
    guard let version = UInt32(line.dropFirst(text.count).dropLast()),
      line == "\(text)\(version)\n"
    else {
      throw .corrupted(
        path: name, offset: UInt64(text.utf8.count), block: nil,
        reason: "it does not say which format the store has")
    }
    if version != StoreMeta.version {
      throw .otherVersion(path: path, found: "\(version)", supported: "\(StoreMeta.version)")
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
