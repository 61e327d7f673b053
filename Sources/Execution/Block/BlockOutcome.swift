// What became of a block.

public import Ledger
public import Primitives
public import State

/// What became of a block. Two executions of the same block over the same state must give outcomes
/// that are `==`, however they were done.
public struct BlockOutcome: Sendable, Equatable {
  /// What each transaction left behind.
  ///
  /// Before Byzantium a receipt names the state root after its transaction; it is zero where the
  /// executor was given no source of roots.
  public var receipts: [Receipt]
  /// The gas used by all transactions.
  public var gasUsed: UInt64
  /// The blob gas used by all transactions.
  public var blobGasUsed: UInt64
  /// The filter over all logs.
  public var bloom: Bloom
  /// The requests to the consensus layer, the byte of their kind first (EIP-7685, Prague).
  public var requests: [[UInt8]]
  /// What changed in the state.
  public var diff: StateDiff
  /// What the block accessed (EIP-7928), where the executor was asked to tell.
  public var accessList: BlockAccessList?
}

/// Why a block has no outcome.
public enum BlockExecutionError: Error, Sendable, Hashable {
  /// The transaction at this index could not be executed.
  case transaction(Int, ExecutionError)
  /// A call that the protocol makes could not be executed.
  case systemCall(ExecutionError)
  /// The withdrawals or rewards could not be paid.
  case payments(ExecutionError)
  /// A withdrawal or a reward would take this account's balance beyond 2^256 − 1.
  ///
  /// Only these payments are checked, which come out of nothing. What transactions and the DAO fork
  /// move is taken from another balance, so that no sum exceeds what exists, and no chain has as much;
  /// in a state that claims more, such balances wrap as they do in geth, while the executable
  /// specification raises an error.
  case balanceOverflow(Address)
  /// A system contract that must stand since Prague has no code (EIP-7002, EIP-7251).
  case systemContractMissing(Address)
  /// The call of a system contract failed that must succeed since Prague (EIP-7002, EIP-7251).
  case systemCallFailed(Address)
  /// An event of the deposit contract in this transaction is not laid out as it must be (EIP-6110).
  case malformedDeposit(transaction: Int)
}
