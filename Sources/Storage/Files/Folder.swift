// Folders by the system's calls.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What is done to folders and to files as a whole.
package enum Folder {
  /// Makes a folder; the one above must be there.
  static func make(_ path: String) throws(StoreError) {
    if mkdir(path, 0o755) != 0 { throw .lastError(path, "make folder") }
  }

  /// Whether a file or a folder is there.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether it is certain that nothing is there, and not that nobody may look.
  static func isMissing(_ path: String) -> Bool {
    access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)
  }

  /// Whether there is an ordinary file or nothing: no folder, no device, no link.
  static func isFileOrNothing(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
  }

  /// The names in a folder, sorted; nil where there is none.
  static func names(in path: String) -> [String]? {
    guard let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Brings the names in a folder to the disk.
  package static func sync(_ path: String) throws(StoreError) {
    try File(path, .read).syncFolder()
  }

  /// Gives a file or folder another name, in the place of an empty folder if there is one.
  package static func move(_ path: String, to target: String) throws(StoreError) {
    if rename(path, target) != 0 { throw .lastError(target, "rename") }
  }

  /// Gives a file a name that nothing else has.
  static func moveToFreeName(_ path: String, _ target: String) throws(StoreError) {
    if link(path, target) == 0 { return try removeFile(path) }
    if errno == EEXIST || exists(target) { throw .fileExists(path: target) }
    // Not every file system has links.
    try move(path, to: target)
  }

  /// Removes a file.
  package static func removeFile(_ path: String) throws(StoreError) {
    if unlink(path) != 0 { throw .lastError(path, "remove") }
  }

  /// Removes a folder with all that is in it.
  static func remove(_ path: String) throws(StoreError) {
    try removeContents(path)
    if rmdir(path) != 0 { throw .lastError(path, "remove") }
  }

  /// Removes all that is in a folder, but for one file.
  static func removeContents(_ path: String, but exceptions: Set<String> = []) throws(StoreError) {
    for name in names(in: path) ?? [] {
      let inner = path + "/" + name
      if exceptions.contains(inner) { continue }
      var status = stat()
      // A link is removed, not what it leads to.
      let isFolder = lstat(inner, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      if isFolder { try remove(inner) } else { try removeFile(inner) }
    }
  }

  /// Throws unless so many bytes can still be written where a folder lies.
  static func checkRoom(_ path: String, _ byteCount: UInt64) throws(StoreError) {
    var status = statvfs()
    if statvfs(path, &status) != 0 { throw .lastError(path, "statvfs") }
    if UInt64(status.f_bavail) * UInt64(status.f_frsize) < byteCount { throw .noSpace(path: path) }
  }

  /// The whole path, without links; nil where there is nothing.
  static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The bytes of all files under a folder.
  static func byteCount(of path: String) -> UInt64 {
    var sum: UInt64 = 0
    for name in names(in: path) ?? [] {
      let inner = path + "/" + name
      var status = stat()
      if stat(inner, &status) != 0 { continue }
      sum += status.st_mode & S_IFMT == S_IFDIR ? byteCount(of: inner) : UInt64(status.st_size)
    }
    return sum
  }

  /// The name without slashes at its end.
  static func withoutSlashes(_ path: String) -> String {
    var name = path[...]
    while name.count > 1 && name.last == "/" { name.removeLast() }
    return String(name)
  }

  /// The folder above, by name.
  package static func parent(of path: String) -> String {
    let name = withoutSlashes(path)
    guard let slash = name.lastIndex(of: "/") else { return "." }
    return slash == name.startIndex ? "/" : String(name[..<slash])
  }
}

extension File {
  fileprivate func syncFolder() throws(StoreError) {
    if fsync(descriptor) != 0 { throw .lastError(path, "fsync") }
  }
}
