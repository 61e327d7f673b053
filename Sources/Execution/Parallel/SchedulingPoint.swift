// Where one worker may overtake another.

import State

/// Called before every step that another worker can see, or could have made a difference to.
///
/// The product passes through at no cost. A deterministic exploration of interleavings switches from
/// one worker to another here, and nowhere else.
protocol SchedulingPoint {
  static func pass()
  /// Called by who waits for another worker, for the so manyth time.
  static func rest(_ turns: Int)
  /// A view through `reader`, which lives longer.
  static func view(_ reader: UnsafeMutablePointer<VersionedReader<Self>>) -> any StateView
  /// What is done wrong on purpose; nil but in tests that show that it is found.
  static var fault: PlantedFault? { get }
}

extension SchedulingPoint {
  static var fault: PlantedFault? {
    @inline(__always) get { nil }
  }
}

/// What tests do wrong on purpose. In the product this is nothing: the compiler sees that there is
/// none.
enum PlantedFault {
  /// Slots are not looked at again when the turn of a transaction has come.
  case missedValidation
  /// What transactions wrote that must be executed again is no estimate, and stays visible.
  case droppedEstimate
  /// Code is not looked at again when the turn of a transaction has come.
  case staleCode
  /// A counter is taken for right whatever it is by now.
  case brokenBound
  /// A counter is left as it was before others had changed it.
  case lostSum
}

/// No scheduling but the system's.
enum Unscheduled: SchedulingPoint {
  @inline(__always)
  static func pass() {}

  static func view(_ reader: UnsafeMutablePointer<VersionedReader<Unscheduled>>) -> any StateView {
    VersionedView(reader)
  }
}
