// When the pool's journal is written anew.

/// When the pool's journal is due to be written anew: when it has grown, or when somebody wants that.
struct RewriteSchedule {
  /// Below so many bytes the file is not written anew because it has grown.
  static let leastSize: UInt64 = 16 << 20
  /// Above so many bytes it is, so that all of it can be read again.
  static let mostSize = JournalRecord.readLimit - (64 << 20)
  /// How long nothing is tried after it could not be done.
  static let pause = Duration.seconds(5)

  /// The size from which on it is due.
  private(set) var limit = leastSize
  private var isWanted = false
  private var resumption: ContinuousClock.Instant?

  /// Wants it soon, whatever the size: what waits no more by then is to be gone.
  mutating func want() { isWanted = true }

  /// Whether it is due for a file of this size. At the end there is no later.
  func isDue(size: UInt64, now: ContinuousClock.Instant, isLast: Bool = false) -> Bool {
    if let resumption, now < resumption, !isLast { return false }
    return isWanted || size > limit && !isLast
  }

  /// It begins with what waits now: who wants it from here on wants another. Whether this one was wanted.
  mutating func begin() -> Bool {
    defer { isWanted = false }
    return isWanted
  }

  /// It is done; the file has so many bytes now.
  mutating func end(size: UInt64) {
    limit = max(Self.leastSize, min(3 * size, Self.mostSize))
    resumption = nil
  }

  /// It could not be done; one that somebody wanted stays so.
  mutating func fail(wasWanted: Bool, now: ContinuousClock.Instant) {
    if wasWanted { isWanted = true }
    resumption = now.advanced(by: Self.pause)
  }
}
