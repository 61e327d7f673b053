// How long a request may execute.

/// The time by which the calls of a request must have ended.
struct CallDeadline: Sendable {
  /// How long they had; nil for as long as they like.
  let timeout: Duration?
  /// When they have to end.
  let instant: ContinuousClock.Instant?

  /// From now on for so long.
  init(_ timeout: Duration?) {
    self.timeout = timeout
    instant = timeout.map { ContinuousClock.now.advanced(by: $0) }
  }

  /// What is answered where they did not end.
  var error: RPCError { .failed("execution aborted (timeout = \((timeout ?? .zero).goText))") }

  /// Throws where the time has passed.
  func check() throws(RPCError) {
    if let instant, ContinuousClock.now >= instant { throw error }
  }
}
