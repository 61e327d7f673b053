// Places in a chain's life that it can go back to.

internal import Primitives
internal import State
internal import Storage
internal import Synchronization

/// A place to go back to: the head, the edits of its state, the clock and what waited.
struct ChainSnapshot: Sendable {
  let block: BlockIdentity
  let edits: AccountEdits
  let next: NextBlock
  let waiting: [PooledTransaction]
}

/// Snapshots by their numbers. They are in memory alone. Any thread may call it.
final class ChainSnapshots: Sendable {
  private struct Contents {
    var snapshots: [UInt64: ChainSnapshot] = [:]
    var last: UInt64 = 0
  }

  /// As many are kept; the oldest go first.
  private static let limit = 1024

  private let contents = Mutex(Contents())

  /// Keeps a snapshot; its number.
  func add(_ snapshot: ChainSnapshot) -> UInt64 {
    contents.withLock { contents in
      contents.last += 1
      contents.snapshots[contents.last] = snapshot
      if contents.snapshots.count > Self.limit, let oldest = contents.snapshots.keys.min() {
        contents.snapshots[oldest] = nil
      }
      return contents.last
    }
  }

  /// The snapshot with a number.
  subscript(number: UInt64) -> ChainSnapshot? { contents.withLock { $0.snapshots[number] } }

  /// Forgets a snapshot, and with it all that were made later.
  func forget(from number: UInt64) {
    contents.withLock { contents in
      contents.snapshots = contents.snapshots.filter { $0.key < number }
    }
  }

  /// Forgets snapshots behind a block, where the chain does not come any more.
  func forget(behind number: UInt64) {
    contents.withLock { contents in
      contents.snapshots = contents.snapshots.filter { $0.value.block.number <= number }
    }
  }

  /// All, by rising number.
  var all: [(number: UInt64, block: BlockIdentity)] {
    contents.withLock { contents in
      contents.snapshots.sorted { $0.key < $1.key }.map { ($0.key, $0.value.block) }
    }
  }
}
