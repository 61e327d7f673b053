// Calls that may take much memory while they are answered.

internal import Execution
internal import Synchronization

/// Lets few calls at a time be answered that may take hundreds of megabytes each; others wait for them. Any thread may
/// call it.
final class HeavyCalls: Sendable {
  /// So many are answered at a time.
  static let most = 2
  /// How long one waits for another.
  private static let patience = Duration.seconds(30)

  private let count = Mutex(0)
  private let place = SleepingPlace()

  /// Does `body` when there is room for it. Throws where that takes long.
  func pass(_ body: () throws(RPCError) -> Void) throws(RPCError) {
    let end = ContinuousClock.now.advanced(by: Self.patience)
    while !enter() {
      let left = ContinuousClock.now.duration(to: end) / .seconds(1)
      if left <= 0 {
        throw .limitExceeded("\(Self.most) calls that take much memory are answered; try again")
      }
      _ = place.wait(seconds: left, until: { count.withLock { $0 < Self.most } })
    }
    defer { leave() }
    try body()
  }

  private func enter() -> Bool {
    count.withLock { count in
      if count >= Self.most { return false }
      count += 1
      return true
    }
  }

  private func leave() {
    count.withLock { $0 -= 1 }
    place.wakeOne()
  }
}
