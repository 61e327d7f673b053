// Where the block becomes final, transaction by transaction.

import Ledger
import Primitives
import State

/// What the committed transactions have come to.
struct CommittedTotals {
  var gasUsed: UInt64 = 0
  var blobGasUsed: UInt64 = 0
  /// What the coinbase earned that no version tells.
  var fees = UInt256.zero
  /// Whether paying the coinbase changes nothing but its balance: it is there and not empty.
  var defersFees = false
}

/// Commits batches in the order of the block. One worker at a time holds the line.
///
/// A batch whose turn has come is final if it would see again what it has seen. If not, it is executed
/// anew, and this time all that it sees is final: it cannot fail twice. So the line never waits for
/// anything but the execution of the next batch.
struct CommitLine<Point: SchedulingPoint>: ~Copyable {
  /// How many batches are committed.
  let committedBatches = OrderedWord<Point>()
  /// 1 while a worker commits.
  let isHeld = OrderedWord<Point>()
  /// 1 once the block has failed or is given up.
  let isStopped = SharedWord<Point>()
  var totals = CommittedTotals()
  /// The first transaction that may not stand in the block, and why.
  var failure: (index: Int, error: ExecutionError)?
  /// The transactions that are left out of a block that is built.
  var skipped: [SkippedTransaction] = []
  var statistics = BlockStatistics()
  /// What the committed transactions accessed, where somebody asks.
  var accesses = AccessListBuilder()
  /// The filter over the logs of the committed transactions.
  var bloom = Bloom()
  /// What the coinbase had earned beside the versions after each batch, where batches are of one
  /// transaction and that matters.
  var feesAfter: [UInt256] = []

  init() {}
}
