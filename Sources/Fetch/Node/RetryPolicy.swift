// How often and when a request is repeated.

/// How often a request is tried that fails for a reason which may pass: no connection, no answer in
/// time, status 429 or 5xx, too many requests.
public struct RetryPolicy: Sendable, Equatable {
  /// How often in all.
  public var attempts: Int
  /// Seconds before the second attempt; each further one waits twice as long.
  public var firstDelay: Double
  /// The most seconds to wait by our own choice.
  public var longestDelay: Double
  /// The most seconds to wait because the server asks for it.
  public var longestWish: Double

  /// A policy with these numbers.
  public init(
    attempts: Int = 6, firstDelay: Double = 0.5, longestDelay: Double = 16,
    longestWish: Double = 120
  ) {
    self.attempts = attempts
    self.firstDelay = firstDelay
    self.longestDelay = longestDelay
    self.longestWish = longestWish
  }

  /// Seconds to wait after the attempt of this number, the first being 1, when the server asks for
  /// `wish` seconds.
  func delay(after attempt: Int, wish: Int) -> Double {
    var delay = firstDelay
    for _ in 1..<max(1, attempt) where delay < longestDelay { delay *= 2 }
    return max(min(delay, longestDelay), min(Double(wish), longestWish))
  }
}
