// Being asked to stop, by Ctrl-C or by another process.

internal import Foundation
internal import Synchronization

/// Whether somebody asks the process to stop, for commands that have something to say before.
enum Interruption {
  private static let flag = Atomic(false)

  /// From now on SIGINT and SIGTERM do not end the process, the first time; the second time they do.
  static func watch() {
    // The flag is made at its first use, which must not be in the handler: there is nothing allowed
    // but to store, and to call the few functions that a signal cannot find half done.
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
