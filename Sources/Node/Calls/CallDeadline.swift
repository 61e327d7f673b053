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
  var error: RPCError { .failed("execution aborted (timeout = \(text))") }

  /// Throws where the time has passed.
  func check() throws(RPCError) {
    if let instant, ContinuousClock.now >= instant { throw error }
  }

  /// The time as Go writes it.
  private var text: String {
    guard let timeout else { return "0s" }
    let (seconds, attoseconds) = timeout.components
    let milliseconds = attoseconds / 1_000_000_000_000_000
    if milliseconds == 0 { return "\(seconds)s" }
    return seconds == 0 ? "\(milliseconds)ms" : "\(Double(seconds) + Double(milliseconds) / 1000)s"
  }
}
