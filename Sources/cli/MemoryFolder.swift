// Where a chain lies that is kept in memory.

internal import Foundation
internal import Node

/// A folder of this process, for its owner's eyes only, which goes when the process ends.
final class MemoryFolder {
  let path: String
  /// Locked as long as the process lives, so that others see whether it does.
  private let handle: Int32

  private static let prefix = "needletail-memory-"
  private static let attempts = 8

  /// Where such folders are made: on the disk where the system has no place in memory.
  static var place: String {
    FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
  }

  /// Makes a folder in `place`. What killed processes of the same user left behind there goes first.
  init(in place: String) throws(NodeError) {
    Self.removeAbandoned(in: place)
    for _ in 0..<Self.attempts {
      var template = Array("\(place)/\(Self.prefix)XXXXXX".utf8CString)
      let made = template.withUnsafeMutableBufferPointer { template in
        template.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
      }
      guard let made else {
        throw NodeError(
          description: "cannot make a folder in \(place): \(String(cString: strerror(errno)))")
      }
      // Another process may have taken it for abandoned before it was locked.
      guard let handle = Self.lock(made) else { continue }
      (path, self.handle) = (made, handle)
      return
    }
    throw NodeError(description: "cannot lock a folder in \(place)")
  }

  /// Begins something that has its chain in memory, if `isWanted`; the folder goes again where that fails.
  static func keep<Value>(
    _ isWanted: Bool, in place: String, while body: (MemoryFolder?) throws -> Value
  ) throws -> Value {
    let folder = isWanted ? try MemoryFolder(in: place) : nil
    do {
      return try body(folder)
    } catch {
      folder?.remove()
      throw error
    }
  }

  /// Removes it with all that is in it.
  func remove() {
    try? FileManager.default.removeItem(atPath: path)
    close(handle)
  }

  private static func removeAbandoned(in place: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    where name.hasPrefix(prefix) {
      guard let handle = lock("\(place)/\(name)") else { continue }
      try? FileManager.default.removeItem(atPath: "\(place)/\(name)")
      close(handle)
    }
  }

  /// Locks a folder of this user; nil where it is none, or is locked, or has gone.
  private static func lock(_ path: String) -> Int32? {
    let handle = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    if handle < 0 { return nil }
    var (locked, found) = (stat(), stat())
    guard flock(handle, LOCK_EX | LOCK_NB) == 0, fstat(handle, &locked) == 0,
      lstat(path, &found) == 0, locked.st_ino == found.st_ino, locked.st_uid == geteuid()
    else {
      close(handle)
      return nil
    }
    return handle
  }
}
