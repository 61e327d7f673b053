// How many transactions make a batch.

import Ledger

/// Lets batches grow as long as they are right, and shrink when they are not.
///
/// A long batch spreads the cost of publishing and checking over more transactions; but when one of
/// them has to be executed again, all have to.
struct BatchPace<Point: SchedulingPoint> {
  enum Experience {
    case right
    case wrong
    case deferred
  }

  private let shared: UnsafeMutablePointer<Shared>
  private let workers: Int
  private let count: Int
  private let largest: Int
  private let bounds: RunAheadBounds

  private struct Shared: ~Copyable {
    /// How many calls make a batch.
    let size: SharedWord<Point>
    let runAhead: SharedWord<Point>
    /// How many batches in a row were right; of the line's holder.
    var streak = 0

    init(size: Int, runAhead: Int) {
      self.size = SharedWord(UInt(size))
      self.runAhead = SharedWord(UInt(runAhead))
    }
  }

  /// How many batches of a worker may wait for their turn.
  var runAhead: Int { Int(shared.pointee.runAhead.load()) }

  /// For `count` transactions, each of them alone where `isOfSingles`.
  init(workers: Int, count: Int, isOfSingles: Bool) {
    self.workers = workers
    self.count = count
    bounds = RunAheadBounds(workers: workers)
    largest = isOfSingles ? 1 : bounds.batchSize
    shared = .allocate(capacity: 1)
    shared.initialize(
      to: Shared(
        size: workers == 1 ? largest : min(4, largest), runAhead: bounds.waiting.lowerBound))
  }

  func free() {
    shared.deinitialize(count: 1)
    shared.deallocate()
  }

  /// The number of transactions of a batch that begins at `first`.
  func size(from first: Int, in transactions: UnsafeBufferPointer<Transaction>) -> Int {
    if largest == 1 { return 1 }
    // Nobody waits for who is alone.
    if workers == 1 { return count - first }
    // Towards the end of the block, everybody should get something.
    let fair = max(1, (count - first) / (2 * workers))
    return BatchBound.size(calls: Int(shared.pointee.size.load()), of: fair) {
      TransactionWeight((transactions.baseAddress.unsafelyUnwrapped + (first + $0)).pointee)
    }
  }

  /// Learns from a batch that was executed ahead. Called by who holds the line.
  func note(_ experience: Experience) {
    let size = shared.pointee.size.load()
    let runAhead = shared.pointee.runAhead.load()
    switch experience {
    case .right:
      if runAhead < UInt(bounds.waiting.upperBound) { shared.pointee.runAhead.store(runAhead + 1) }
      shared.pointee.streak += 1
      guard shared.pointee.streak >= 4, size < UInt(largest) else { return }
      shared.pointee.size.store(min(size * 2, UInt(largest)))
    case .wrong, .deferred:
      shared.pointee.runAhead.store(max(UInt(bounds.waiting.lowerBound), runAhead / 2))
      if size > 1 { shared.pointee.size.store(size / 2) }
    }
    shared.pointee.streak = 0
  }
}

/// Where a batch ends.
enum BatchBound {
  /// How many transfers count as one call.
  private static var transfersPerCall: Int { 4 }

  /// The most that a batch of so many calls weighs, in gas: as much as few dear ones, or as many cheap
  /// ones.
  private static func weight(ofCalls calls: Int) -> UInt64 {
    max(1_000_000, UInt64(calls) * 31_250)
  }

  /// How many transactions make a batch that may have so many calls, of `count` whose weights these
  /// are: one at least, and no more than `count`.
  @inline(__always)
  static func size(
    calls: Int, of count: Int, weight: (Int) -> TransactionWeight
  ) -> Int {
    // Where one call is too much, so may be two transfers: some are no plain ones.
    let transfersPerCall = calls == 1 ? 1 : Self.transfersPerCall
    var left = Self.weight(ofCalls: calls)
    var taken = 0
    for index in 0..<count {
      let next = weight(index)
      taken += next.isTransfer ? 1 : transfersPerCall
      if index > 0, taken > calls * transfersPerCall || next.gas > left { return index }
      left -= min(left, next.gas)
    }
    return max(1, count)
  }
}

/// How far workers may run ahead of the commits: the more of them there are, the less each, since what
/// is under way at the same time should not reach so far that it often depends on each other.
struct RunAheadBounds {
  /// The most calls of a batch.
  let batchSize: Int
  /// The fewest and the most batches of a worker that may wait for their turn. Where each batch proves
  /// wrong, as little as possible should have been executed ahead; where all are right, a worker that
  /// the system holds up should not hold up the others.
  let waiting: ClosedRange<Int>

  init(workers: Int) {
    batchSize = max(4, 128 / workers)
    waiting = 4...max(4, 64 / workers)
  }
}
