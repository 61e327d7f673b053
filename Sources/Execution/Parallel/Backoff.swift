// Waiting for another worker.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Waits a little longer each time: first by looking again, then by leaving the core to others, then
/// by sleeping.
///
/// There may be more workers than cores, and the one that is waited for may need this one; and who has
/// nothing to do for long should cost nothing.
struct Backoff<Point: SchedulingPoint> {
  private var turns = 0

  mutating func wait() {
    turns &+= 1
    Point.rest(turns)
  }
}

extension Unscheduled {
  /// How often to look again at once, and how often after leaving the core to others.
  private static var patience: (spins: Int, yields: Int) { (1_000, 50) }
  /// The first sleep, in microseconds, and the longest: each is twice the one before. Waking up is dear
  /// on virtual machines, and so is sleeping on when there is something to do.
  private static var sleep: (first: UInt32, longest: UInt32) { (50, 200) }

  static func rest(_ turns: Int) {
    if turns <= patience.spins { return }
    if turns <= patience.spins + patience.yields {
      sched_yield()
    } else {
      let doublings = min(turns - patience.spins - patience.yields - 1, 8)
      usleep(min(sleep.first << UInt32(doublings), sleep.longest))
    }
  }
}
