// Being asked to stop, by Ctrl-C, by another process, or by a terminal that goes.

internal import Foundation
internal import Synchronization

/// Whether somebody asks the process to stop, for commands that have something to say before.
enum Interruption {
  /// Signals that come so soon after the first, in nanoseconds, are the same wish: `timeout` and
  /// terminals send one to the process and one to its group.
  private static let sameWish: UInt64 = 500_000_000

  /// When the process was asked to stop; zero before.
  private static let time = Atomic<UInt64>(0)
  /// Where the handler says so to who waits; -1 where nobody does.
  private static let bell = Atomic<Int32>(-1)

  /// From now on SIGINT, SIGTERM and SIGHUP do not end the process, the first time; half a second
  /// later they do. A SIGHUP that was ignored, as `nohup` wants it, stays so.
  static func watch() {
    // The flag is made at its first use, which must not be in the handler: there is nothing allowed
    // but to store, and to call the few functions that a signal cannot find half done.
    _ = isRequested
    _ = bell.load(ordering: .relaxed)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      let previous = signal(number) { number in
        let now = max(1, monotonicNanoseconds())
        let (isFirst, first) = Interruption.time.compareExchange(
          expected: 0, desired: now, ordering: .relaxed)
        if isFirst {
          let number = errno
          defer { errno = number }
          var byte: UInt8 = 0
          _ = write(Interruption.bell.load(ordering: .relaxed), &byte, 1)
          return
        }
        if now &- first < Interruption.sameWish { return }
        signal(number, SIG_DFL)
        raise(number)
      }
      // A shell ignores SIGINT for what it begins in the background, where nobody else can ask it to stop in this way.
      let wasIgnored = unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
      if wasIgnored, number == SIGHUP { signal(number, SIG_IGN) }
    }
  }

  /// Waits until the process is asked to stop. One thread may do so, after `watch`.
  static func wait() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      while !isRequested { usleep(100_000) }
      return
    }
    bell.store(ends[1], ordering: .relaxed)
    var byte: UInt8 = 0
    // It may have been asked before there was a bell.
    while !isRequested { _ = read(ends[0], &byte, 1) }
  }

  /// Whether the process was asked to stop since `watch`.
  static var isRequested: Bool { time.load(ordering: .relaxed) != 0 }
}

/// Nanoseconds of a clock that never goes back; fit for a signal handler.
private func monotonicNanoseconds() -> UInt64 {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return UInt64(now.tv_sec) &* 1_000_000_000 &+ UInt64(now.tv_nsec)
}
