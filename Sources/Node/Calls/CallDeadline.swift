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

extension Duration {
  /// A time of whole milliseconds as Go writes it.
  var goText: String {
    let (seconds, rest) = components
    let milliseconds = rest / 1_000_000_000_000_000
    if seconds == 0, milliseconds > 0 { return "\(milliseconds)ms" }
    var fraction = "\(1000 + milliseconds)".dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    let hours = seconds / 3600 > 0 ? "\(seconds / 3600)h" : ""
    let minutes = seconds / 60 > 0 ? "\(seconds / 60 % 60)m" : ""
    return hours + minutes + "\(seconds % 60)" + (fraction.isEmpty ? "" : ".\(fraction)") + "s"
  }
}
