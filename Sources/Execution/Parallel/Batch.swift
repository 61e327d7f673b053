// Consecutive transactions of a block that one worker executes in one go.

import Ledger
import Primitives

/// Transactions that are executed one after another on the same workspace, so that what one leaves
/// behind for the next is found at once, and the cost of publishing and checking is shared.
///
/// A batch belongs to the worker that claimed it until `status` says otherwise; then to whoever
/// commits it.
struct Batch<Point: SchedulingPoint>: ~Copyable {
  /// One of `BatchStatus`.
  let status = OrderedWord<Point>(BatchStatus.running)
  /// What its transaction calls, if it has but one: see `CallTarget`.
  let target = SharedWord<Point>()
  /// The index of the first transaction.
  var first = 0
  var count = 0
  /// How many of them were executed ahead of their turn, from the first on.
  var executed = 0
  /// Where they were executed; nil when none was.
  var workspace: UnsafeMutablePointer<Workspace<Point>>?

  init() {}
}

/// How far a batch has come.
enum BatchStatus {
  /// Not yet claimed, or being executed.
  static var running: UInt { 0 }
  /// Executed ahead of its turn, and what it wrote is published.
  static var executed: UInt { 1 }
  /// Left, as a whole or from some transaction on, to be executed when its turn has come.
  static var deferred: UInt { 2 }
  static var committed: UInt { 3 }
}

/// Where versions stand in the order of the block: the protocol's before the transactions at 0, the
/// transactions from 1 on. All versions of a batch stand at the place of its first transaction.
typealias Place = UInt32

extension Place {
  /// The place of the transaction with this index.
  init(transaction index: Int) { self = UInt32(truncatingIfNeeded: index &+ 1) }
}
