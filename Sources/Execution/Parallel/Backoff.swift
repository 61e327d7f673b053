// Waiting for another worker.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Waits a little longer each time: first by looking again, then by leaving the core to others.
///
/// There may be more workers than cores, and the one that is waited for may need this one.
struct Backoff {
  private var turns = 0

  /// How often to look again at once.
  private static var patience: Int { 200 }

  mutating func wait() {
    turns &+= 1
    if turns > Self.patience { sched_yield() }
  }
}
