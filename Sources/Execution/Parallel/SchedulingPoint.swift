// Where one worker may overtake another.

import State

/// Called before every step that another worker can see, or could have made a difference to.
///
/// The product passes through at no cost. A deterministic exploration of interleavings switches from
/// one worker to another here, and nowhere else.
protocol SchedulingPoint {
  static func pass()
  /// A view through `reader`, which lives longer.
  static func view(_ reader: UnsafeMutablePointer<VersionedReader<Self>>) -> any StateView
}

/// No scheduling but the system's.
enum Unscheduled: SchedulingPoint {
  @inline(__always)
  static func pass() {}

  static func view(_ reader: UnsafeMutablePointer<VersionedReader<Unscheduled>>) -> any StateView {
    VersionedView(reader)
  }
}
