// Processor time of the calling thread.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The processor time that the calling thread has used: other programs on the same cores do not
/// spoil measurements.
public enum ThreadClock {
  /// Nanoseconds used so far by this thread.
  public static var now: UInt64 {
    var time = timespec()
    guard clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return 0 }
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
