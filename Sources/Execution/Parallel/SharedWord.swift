// The memory that workers share while others write it.

import Synchronization

/// A word that several workers read and write. Loads acquire and stores release, so that whoever sees
/// a word sees everything that was written before it.
struct SharedWord<Point: SchedulingPoint>: ~Copyable {
  private let word: Atomic<UInt>

  init(_ value: UInt = 0) { word = Atomic(value) }

  @inline(__always)
  func load() -> UInt {
    Point.pass()
    return word.load(ordering: .acquiring)
  }

  @inline(__always)
  func store(_ value: UInt) {
    Point.pass()
    word.store(value, ordering: .releasing)
  }

  /// Puts `desired` in the place of `expected`; whether that stood there.
  @inline(__always)
  func replace(_ expected: UInt, by desired: UInt) -> Bool {
    Point.pass()
    return word.compareExchange(
      expected: expected, desired: desired, ordering: .acquiringAndReleasing
    ).exchanged
  }

  /// Adds `amount` and tells what stood there before.
  @inline(__always)
  func add(_ amount: UInt) -> UInt {
    Point.pass()
    return word.wrappingAdd(amount, ordering: .acquiringAndReleasing).oldValue
  }
}

/// A word whose loads and stores, and those of all its like, have one order that all workers see.
///
/// Where a worker writes one word and then looks at another, while a second worker does it the other
/// way round, at least one of them must see what the other wrote, or both would leave the work to the
/// other. Acquiring and releasing do not promise that.
struct OrderedWord<Point: SchedulingPoint>: ~Copyable {
  private let word: Atomic<UInt>

  init(_ value: UInt = 0) { word = Atomic(value) }

  @inline(__always)
  func load() -> UInt {
    Point.pass()
    return word.load(ordering: .sequentiallyConsistent)
  }

  @inline(__always)
  func store(_ value: UInt) {
    Point.pass()
    word.store(value, ordering: .sequentiallyConsistent)
  }

  /// Puts `desired` in the place of `expected`; whether that stood there.
  @inline(__always)
  func replace(_ expected: UInt, by desired: UInt) -> Bool {
    Point.pass()
    return word.compareExchange(
      expected: expected, desired: desired, ordering: .sequentiallyConsistent
    ).exchanged
  }
}
