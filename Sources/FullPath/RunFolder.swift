// The copy of a prepared store that a measurement works on.

internal import Foundation

/// A folder of this process, which goes when the measurement is over.
struct RunFolder {
  let path: String

  private static let prefix = "run-"

  /// The folder of this process in `folder`; what is there goes first.
  init(in folder: String) {
    path = "\(folder)/\(Self.prefix)\(ProcessInfo.processInfo.processIdentifier)"
    remove()
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// Removes what processes left behind that were killed.
  static func removeAbandoned(in folder: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      guard name.hasPrefix(prefix), let process = pid_t(name.dropFirst(prefix.count)), process > 0,
        isGone(process), !isLocked("\(folder)/\(name)/LOCK")
      else { continue }
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }

  private static func isGone(_ process: pid_t) -> Bool { kill(process, 0) != 0 && errno == ESRCH }

  /// Whether somebody has the store open, whom this process cannot see: the folder may be shared.
  private static func isLocked(_ path: String) -> Bool {
    let file = open(path, O_RDONLY)
    if file < 0 { return false }
    defer { close(file) }
    return flock(file, LOCK_EX | LOCK_NB) != 0
  }
}
