// When a journal is written anew.

/// When a journal is due to be written anew: when it has grown to several times what was left to be said then.
struct RewriteSchedule {
  /// Below so many bytes the file is not written anew.
  static let leastSize: UInt64 = 16 << 20
  /// So many bytes before it could not all be read again it is, if not before.
  static let reserve: UInt64 = 64 << 20
  /// How long nothing is tried after it could not be done.
  static let pause = Duration.seconds(5)

  /// The size from which on it is due.
  let limit: UInt64
  private var resumption: ContinuousClock.Instant?

  /// For a file that had `size` bytes when it was written anew, and of which `readLimit` can be read again.
  init(size: UInt64, readLimit: UInt64) {
    limit = max(Self.leastSize, min(3 * size, readLimit - min(Self.reserve, readLimit)))
  }

  /// Whether it is due for a file of this size.
  func isDue(size: UInt64, now: ContinuousClock.Instant) -> Bool {
    if let resumption, now < resumption { return false }
    return size > limit
  }

  /// It could not be done.
  mutating func postpone(now: ContinuousClock.Instant) {
    resumption = now.advanced(by: Self.pause)
  }
}
