// What the protocol does before and after the transactions of a block.

public import Ledger
import Primitives
import State

extension TransactionExecutor {
  /// Does what comes before the first transaction of a block that was begun: the DAO fork and system calls.
  public func openBlock(_ block: borrowing ExecutableBlock) throws(BlockExecutionError) {
    if block.appliesDAOFork { applyDAOFork() }
    do throws(ExecutionError) {
      try makeSystemCalls(
        parentHash: block.parentHash, parentBeaconBlockRoot: block.parentBeaconBlockRoot)
    } catch {
      throw .systemCall(error)
    }
  }

  /// Does what comes after the last transaction of a block that was begun, and answers the requests that it
  /// makes.
  public func close(
    _ block: ExecutableBlock, _ receipts: [Receipt]
  ) throws(BlockExecutionError) -> [[UInt8]] {
    try receipts.withUnsafeBufferPointer { (receipts) throws(BlockExecutionError) in
      try closeBlock(block, receipts)
    }
  }

  /// What comes after the last transaction: withdrawals, rewards, and the requests, which it answers.
  func closeBlock(
    _ block: borrowing ExecutableBlock, _ receipts: UnsafeBufferPointer<Receipt>
  ) throws(BlockExecutionError) -> [[UInt8]] {
    for withdrawal in block.withdrawals {
      try pay(withdrawal.amountInWei, to: withdrawal.address)
    }
    for reward in block.rewards { try pay(reward.amount, to: reward.address) }
    do throws(ExecutionError) {
      try checkState()
    } catch {
      throw .payments(error)
    }
    guard block.collectsRequests else { return [] }
    return try collectRequests(receipts, depositContract: block.depositContract)
  }
}
