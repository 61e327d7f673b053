// Calls that may take much memory while they are answered.

internal import Execution
internal import Synchronization

/// Lets few calls at a time be answered that may take hundreds of megabytes each; others wait for them. Any thread may
/// call it.
final class HeavyCalls: Sendable {
  /// So many are answered at a time.
  static let most = 2
  /// How long one waits for another.
  private static let patience = Duration.seconds(10)

  private struct Contents {
    var count = 0
    var isEnding = false
  }

  private let contents = Mutex(Contents())
  private let place = SleepingPlace()

  /// Lets no more begin.
  func end() {
    contents.withLock { $0.isEnding = true }
    place.wakeAll()
  }

  /// Does `body` when there is room for it. Throws where that takes long, or the node ends.
  func pass(_ body: () throws(RPCError) -> Void) throws(RPCError) {
    let end = ContinuousClock.now.advanced(by: Self.patience)
    while try !enter() {
      let left = ContinuousClock.now.duration(to: end) / .seconds(1)
      if left <= 0 {
        throw .limitExceeded("\(Self.most) calls that take much memory are answered; try again")
      }
      _ = place.wait(
        seconds: left, until: { contents.withLock { $0.count < Self.most || $0.isEnding } })
    }
    defer { leave() }
    try body()
  }

  private func enter() throws(RPCError) -> Bool {
    try contents.withLock { (contents) throws(RPCError) in
      if contents.isEnding { throw .failed("the node is about to end") }
      if contents.count >= Self.most { return false }
      contents.count += 1
      return true
    }
  }

  private func leave() {
    contents.withLock { $0.count -= 1 }
    place.wakeOne()
  }
}
