// Being asked to stop, by Ctrl-C or by another process.

internal import Foundation
internal import Synchronization

/// Whether somebody asks the process to stop, for commands that have something to say before.
enum Interruption {
  private static let flag = Atomic(false)

  /// From now on SIGINT and SIGTERM do not end the process, the first time; the second time they do.
  static func watch() {
    // Made here, since the handler may do nothing but store.
    _ = isRequested
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Interruption.flag.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }

  /// Whether the process was asked to stop since `watch`.
  static var isRequested: Bool { flag.load(ordering: .relaxed) }
}
