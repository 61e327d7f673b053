// What became of a block.

public import Ledger
public import State

/// What became of a block. Two executions of the same block over the same state must give outcomes
/// that are `==`, however they were done.
public struct BlockOutcome: Sendable, Equatable {
  /// What each transaction left behind.
  ///
  /// Before Byzantium a receipt names the state root after its transaction; it is zero here, because
  /// a view does not give roots.
  public var receipts: [Receipt]
  /// The gas used by all transactions.
  public var gasUsed: UInt64
  /// The blob gas used by all transactions.
  public var blobGasUsed: UInt64
  /// The filter over all logs.
  public var bloom: Bloom
  /// What changed in the state.
  public var diff: StateDiff
}

/// Why a block has no outcome.
public enum BlockExecutionError: Error, Sendable, Hashable {
  /// The transaction at this index could not be executed.
  case transaction(Int, ExecutionError)
  /// A call that the protocol makes could not be executed.
  case systemCall(ExecutionError)
}
