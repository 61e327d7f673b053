// Processor time of all threads together.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The processor time that all threads of this process have used: what parallel work costs.
enum ProcessClock {
  /// Nanoseconds used so far.
  static var now: UInt64 {
    var time = timespec()
    guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Lets threads that have nothing left to do go to sleep, so that the time which they spend on that
  /// counts for the work they did, and not for what is measured next.
  static func settle() { usleep(200) }
}
