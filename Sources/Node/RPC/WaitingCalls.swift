// Calls that wait for something to happen.

internal import Execution
internal import Synchronization

/// How long calls may wait, and how many. The times are geth's.
public struct WaitLimits: Sendable {
  /// So many seconds a call waits for a transaction unless it says otherwise.
  public var standardSeconds = 20
  /// No call waits longer.
  public var longestSeconds = 60
  /// So many may wait at a time.
  public var calls = 64

  /// The usual limits.
  public init() {}
}

/// Calls that are answered only when something has happened, or take long. Each keeps its thread, and another stands
/// in for that one among those that answer: so however many wait, all others are answered as before. Any thread may
/// call it.
final class WaitingCalls: Sendable {
  private struct Contents {
    var count = 0
    /// How often something has happened.
    var news: UInt64 = 0
    var queue: RequestQueue?
    var isEnding = false
  }

  let limits: WaitLimits
  private let contents = Mutex(Contents())
  private let place = SleepingPlace()

  init(_ limits: WaitLimits = WaitLimits()) { self.limits = limits }

  /// Says whose threads the calls have.
  func begin(on queue: RequestQueue) { contents.withLock { $0.queue = queue } }

  /// Lets none wait any more.
  func end() {
    contents.withLock {
      $0.isEnding = true
      $0.queue = nil
    }
    place.wakeAll()
  }

  /// Says that something has happened.
  func notice() {
    contents.withLock { $0.news += 1 }
    place.wakeAll()
  }

  /// Does `body`, which may take its time. Throws where too many do so already.
  func hold<Value>(_ body: () throws(RPCError) -> Value) throws(RPCError) -> Value {
    try hold(atMost: limits.calls, body)
  }

  /// Does `body`, which takes a moment, unless many calls wait already: half of the places are for those that are told
  /// to wait.
  func holdBriefly(_ body: () -> Void) {
    try? hold(atMost: min(limits.calls, max(1, limits.calls / 2)), body)
  }

  private func hold<Value>(
    atMost limit: Int, _ body: () throws(RPCError) -> Value
  ) throws(RPCError) -> Value {
    let queue = try contents.withLock { (contents) throws(RPCError) -> RequestQueue? in
      if contents.isEnding { throw .failed("the node is about to end") }
      if contents.count >= limit {
        throw .limitExceeded("\(limit) calls wait already; try again")
      }
      contents.count += 1
      return contents.queue
    }
    defer { contents.withLock { $0.count -= 1 } }
    if let queue, !queue.standIn() { throw .limitExceeded("the system starts no thread") }
    defer { queue?.standDown() }
    return try body()
  }

  /// Asks `find` now and whenever something has happened, until it finds something; nil where that took longer, or
  /// the node ends.
  func wait<Value>(
    _ duration: Duration, for find: () throws(RPCError) -> Value?
  ) throws(RPCError) -> Value? {
    let end = ContinuousClock.now.advanced(by: duration)
    while true {
      let seen = contents.withLock { $0.news }
      if let value = try find() { return value }
      let left = ContinuousClock.now.duration(to: end) / .seconds(1)
      let isOver = contents.withLock { $0.isEnding }
      if isOver || left <= 0 { return nil }
      _ = place.wait(
        seconds: left, until: { contents.withLock { $0.isEnding || $0.news != seen } })
    }
  }
}
