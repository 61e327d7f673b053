// How much memory all clients together may take.

internal import Synchronization

/// Bytes that are held for all clients together, and how many may be.
final class ByteBudget: Sendable {
  private let limit: Int
  private let taken = Atomic(0)

  init(limit: Int) { self.limit = limit }

  /// Takes so many more; false where that is too many, and then none are taken.
  func take(_ count: Int) -> Bool {
    if taken.add(count, ordering: .relaxed).newValue <= limit { return true }
    give(count)
    return false
  }

  /// Takes so many more, or as many as there are where none else are taken; false where that is too many, and
  /// then none are taken.
  func takeOrAlone(_ count: Int) -> Bool {
    let all = taken.add(count, ordering: .relaxed).newValue
    if all <= limit || all == count { return true }
    give(count)
    return false
  }

  /// Takes so many more, also where that is too many.
  func insistOn(_ count: Int) { taken.add(count, ordering: .relaxed) }

  /// Gives so many back.
  func give(_ count: Int) { taken.subtract(count, ordering: .relaxed) }

  /// Whether more are taken than should be.
  var isExceeded: Bool { taken.load(ordering: .relaxed) > limit }
}
