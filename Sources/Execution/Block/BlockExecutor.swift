// Whoever executes blocks.

public import State
public import Primitives

/// Executes blocks, each as a function of the block and the state before it.
public protocol BlockExecutor: AnyObject {
  /// Executes `block` over `view`, which is not changed.
  ///
  /// Before Byzantium, receipts name the state root after each transaction: `rootAfter` is asked for
  /// it, and then only.
  func execute(
    _ block: ExecutableBlock, on view: any StateView, rootAfter: RootSource?
  ) throws(BlockExecutionError) -> BlockOutcome
}

extension BlockExecutor {
  /// Executes `block` over `view`, without roots in receipts from before Byzantium.
  public func execute(
    _ block: ExecutableBlock, on view: any StateView
  ) throws(BlockExecutionError) -> BlockOutcome {
    try execute(block, on: view, rootAfter: nil)
  }
}

/// The state root once changes are made, given all changes of the block so far.
public typealias RootSource = (StateDiff) -> Hash256
