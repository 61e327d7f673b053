// Whoever executes and builds blocks.

public import State
public import Primitives

/// Executes blocks, each as a function of the block and the state before it.
public protocol BlockExecutor: AnyObject {
  /// Executes `block` over `view`, which is not changed.
  ///
  /// Before Byzantium, receipts name the state root after each transaction: `rootAfter` is asked for
  /// it, and then only. Throws `ExecutionError.stopped` where `stop` is met before the end.
  func execute(
    _ block: ExecutableBlock, on view: any StateView, rootAfter: RootSource?,
    until stop: StopCondition?
  ) throws(BlockExecutionError) -> BlockOutcome
}

/// Makes blocks out of transactions that wait for one.
public protocol BlockBuilder: BlockExecutor {
  /// Makes a block of the transactions of `candidates`, in their order, over `view`, which is not
  /// changed. Those that may not stand at their place, or find no room, are skipped; where `stop` is
  /// met, the block ends.
  func build(
    from candidates: ExecutableBlock, on view: any StateView, until stop: StopCondition?
  ) throws(BlockExecutionError) -> BuiltBlock
}

extension BlockExecutor {
  /// Executes `block` over `view`, to the end.
  public func execute(
    _ block: ExecutableBlock, on view: any StateView, rootAfter: RootSource? = nil
  ) throws(BlockExecutionError) -> BlockOutcome {
    try execute(block, on: view, rootAfter: rootAfter, until: nil)
  }
}

extension BlockBuilder {
  /// Makes a block of all `candidates` that may stand in it.
  public func build(
    from candidates: ExecutableBlock, on view: any StateView
  ) throws(BlockExecutionError) -> BuiltBlock {
    try build(from: candidates, on: view, until: nil)
  }
}

/// The state root once changes are made, given all changes of the block so far.
public typealias RootSource = (StateDiff) -> Hash256
