// What is left when a block has come to its end.

import Ledger
import Primitives
import State

extension BlockRun {
  /// Destroys all receipts of a block that failed.
  func dropReceipts() {
    if hasClosedGaps {
      let count = line.pointee.statistics.transactions - line.pointee.skipped.count
      return _ = receipts.deinitialize(count: count)
    }
    for number in 0..<claimedBatches {
      let batch = batches + number
      (receipts + batch.pointee.first).deinitialize(count: batch.pointee.executed)
    }
  }

  /// Forgets what was executed ahead of an early end, and leaves the receipts of the transactions that
  /// are in the block, one after another.
  func closeGaps() {
    let considered = line.pointee.statistics.transactions
    for number in 0..<claimedBatches where batches[number].first >= considered {
      let batch = batches + number
      (receipts + batch.pointee.first).deinitialize(count: batch.pointee.executed)
      if let workspace = batch.pointee.workspace { workspace.pointee.mark(VersionState.void) }
    }
    var target = 0
    var skipped = line.pointee.skipped[...]
    for index in 0..<considered {
      if skipped.first?.index == index {
        skipped.removeFirst()
        (receipts + index).deinitialize(count: 1)
      } else {
        if target < index { (receipts + target).moveInitialize(from: receipts + index, count: 1) }
        target += 1
      }
    }
    hasClosedGaps = true
  }
}
