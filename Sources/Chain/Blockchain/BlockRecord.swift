// What a chain remembers of a block.

public import Ledger
public import Primitives
import State

/// A valid block of a chain, on whatever branch.
public struct BlockRecord: Sendable {
  /// Its header.
  public let header: Header
  /// Its hash.
  public let hash: Hash256
  /// The sum of the difficulties from the genesis block to it.
  public let totalDifficulty: UInt256
  /// The hashes of the ommers that it lists.
  let ommerHashes: [Hash256]
  /// From its parent's state to its own.
  let changes: StateDiff
  /// From its own state back to its parent's.
  let undo: StateDiff
}

extension BlockRecord {
  /// What counts of a block for the ommers of later ones.
  init(ancestor header: Header, hash: Hash256, ommers: [Header]) {
    self.init(
      header: header, hash: hash, totalDifficulty: .zero, ommerHashes: ommers.map(\.hash),
      changes: StateDiff(), undo: StateDiff())
  }
}
