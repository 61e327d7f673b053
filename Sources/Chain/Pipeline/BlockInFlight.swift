// A block on its way through the pipeline.

import Execution
import Ledger
import Primitives
import State
import Storage
import Synchronization

/// A block on its way, with what is known of it so far.
///
/// Stages follow each other, and the schedule's lock stands between them: what one stage wrote the next
/// one may read. The parts of a preparation write apart from each other.
final class BlockInFlight: @unchecked Sendable {
  /// How far it has come.
  enum Stage: Int, Comparable {
    case waiting, opened, prepared, executed, rooted, committed

    static func < (a: Stage, b: Stage) -> Bool { a.rawValue < b.rawValue }
  }

  /// How many transactions are prepared at once.
  static let partSize = 256

  /// The header of the block before, where that is known when the block comes in.
  let parentHeader: Header?
  /// Where the block will stand.
  let number: UInt64
  let timestamp: UInt64
  let fork: Fork
  /// The difficulties from the genesis block to the parent.
  let parentTotalDifficulty: UInt256
  let source: PipelineBlock
  /// When it came in, in nanoseconds.
  let begin = StageClock.wall

  // Guarded by the lock of the schedule.
  var stage = Stage.waiting
  var isBeingOpened = false
  var partsClaimed = 0
  var partsDone = 0
  /// Whether it can be executed only when the root of the state before it is known.
  var needsParentRoot: Bool

  /// Parts of a block that is not a draft, but for the header.
  var block: Block?
  var encodings = EncodedTransactions()
  let prepared = PreparedTransactions()
  var outcome: BlockOutcome?
  var changes: StateChanges?
  /// The transactions that were left out of a draft.
  var leftOut = 0
  var header: Header?
  var hash: Hash256?
  /// The changes that the tries have made already, when receipts asked for roots.
  var rooted = StateDiff()
  /// The changes that the tries have not made.
  var unrooted = StateDiff()

  init(
    _ source: PipelineBlock, parentHeader: Header?, number: UInt64, timestamp: UInt64, fork: Fork,
    parentTotalDifficulty: UInt256, needsParentRoot: Bool
  ) {
    self.needsParentRoot = needsParentRoot
    self.source = source
    self.parentHeader = parentHeader
    self.number = number
    self.timestamp = timestamp
    self.fork = fork
    self.parentTotalDifficulty = parentTotalDifficulty
  }

  /// How many parts the preparation has.
  var partCount: Int { (encodings.count + Self.partSize - 1) / Self.partSize }

  /// What the store keeps of the block, all of which is known.
  var committed: CommittedBlock? {
    guard let header, let hash, let outcome, let changes else { return nil }
    return CommittedBlock(
      header: header, hash: hash,
      totalDifficulty: parentTotalDifficulty.addedOrMax(header.difficulty),
      transactions: (0..<encodings.count).map { encodings[$0] },
      ommers: block?.ommers ?? [],
      withdrawals: withdrawals, receipts: outcome.receipts, changes: changes)
  }

  private var withdrawals: [Withdrawal]? {
    switch source {
    case .sealed: block?.withdrawals
    case .draft(let draft): fork >= .shanghai ? draft.withdrawals : nil
    }
  }
}
