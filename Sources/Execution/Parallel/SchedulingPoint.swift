// Where one worker may overtake another.

/// Called before every step that another worker can see, or could have made a difference to.
///
/// The product passes through at no cost. A deterministic exploration of interleavings switches from
/// one worker to another here, and nowhere else.
protocol SchedulingPoint {
  static func pass()
}

/// No scheduling but the system's.
enum Unscheduled: SchedulingPoint {
  @inline(__always)
  static func pass() {}
}
