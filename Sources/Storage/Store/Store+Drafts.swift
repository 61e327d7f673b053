// Blocks whose hash is known only when their root is.

public import Primitives
public import State
internal import Synchronization

extension Store {
  /// Tells the hash of a block that was advanced to without one (`.zero`): its header names the root of
  /// the state, which follows from the block. Called by who computes roots.
  public func name(_ block: BlockIdentity) {
    advanced.withLock { blocks in
      guard let index = blocks.firstIndex(where: { $0.block.number == block.number }) else {
        return
      }
      blocks[index].block = block
    }
    state.names.set(block)
  }

  /// Says whether blocks that were advanced to without a hash will be named: who executes waits for the
  /// hash of such a block, and gets none where it will not come.
  public func expectNames(_ isExpected: Bool) { state.names.setAbandoned(!isExpected) }

  /// Makes changes in the tries alone, in the middle of a block; the root there. The block's own changes
  /// must lead on from there, or these must be undone.
  public func moveTries(by diff: StateDiff, run: ConcurrentRun) throws(StoreError) -> Hash256 {
    try checkUsable()
    return try decisive { () throws(StoreError) in try apply(diff, run: run) }
  }
}
