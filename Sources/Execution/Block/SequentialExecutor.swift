// A block, one transaction after another: the reference for every other way.

import Crypto
public import EVM
import Ledger
import Primitives
public import State

/// Executes blocks in order, on the calling thread.
///
/// Execution is a function: block and view in, outcome out; the view is not changed. The instance
/// only keeps memory for the next block. The calling thread needs a stack of
/// `EVM.nativeStackSize` bytes, since calls of contracts nest there.
///
/// The diff holds what system calls before the transactions, transactions and withdrawals changed.
/// Not yet in it are the rewards of miners before Paris and the queues of requests that Prague's
/// system contracts empty at the end of a block (EIP-7002, EIP-7251): where a block has these, the
/// root after the diff is not the root of its header.
public final class SequentialExecutor {
  /// What executes the transactions.
  public let transactions: TransactionExecutor
  private let bloomMemo = KeccakMemo()

  /// An executor whose machine may take `memoryLimit` bytes for EVM memory, and whose state may take
  /// as many.
  public init(memoryLimit: Int = EVM.defaultMemoryLimit) {
    transactions = TransactionExecutor(memoryLimit: memoryLimit)
  }

  deinit { bloomMemo.free() }

  /// Executes `block` over `view`.
  public func execute(
    _ block: ExecutableBlock, on view: any StateView
  ) throws(BlockExecutionError) -> BlockOutcome {
    transactions.begin(block.environment, rules: block.rules, on: view)
    try makeSystemCalls(of: block)
    let receipts = try executeTransactions(of: block)
    for withdrawal in block.withdrawals {
      transactions.pay(withdrawal.amountInWei, to: withdrawal.address)
    }
    var bloom = Bloom()
    for receipt in receipts where !receipt.logs.isEmpty { bloom.formUnion(receipt.bloom) }
    return BlockOutcome(
      receipts: receipts, gasUsed: transactions.gasUsed, blobGasUsed: transactions.blobGasUsed,
      bloom: bloom, diff: transactions.state.diff())
  }

  private func makeSystemCalls(of block: ExecutableBlock) throws(BlockExecutionError) {
    do throws(ExecutionError) {
      try transactions.makeSystemCalls(
        parentHash: block.parentHash, parentBeaconBlockRoot: block.parentBeaconBlockRoot)
    } catch {
      throw .systemCall(error)
    }
  }

  private func executeTransactions(
    of block: ExecutableBlock
  ) throws(BlockExecutionError) -> [Receipt] {
    var receipts: [Receipt] = []
    receipts.reserveCapacity(block.transactions.count)
    // Borrowed in place: a copy of a transaction counts four references.
    try block.transactions.withUnsafeBufferPointer { list throws(BlockExecutionError) in
      guard let first = list.baseAddress else { return }
      for index in list.indices {
        do throws(ExecutionError) {
          let outcome = try transactions.execute(
            (first + index).pointee, from: block.senders[index])
          receipts.append(receipt(of: outcome, kind: (first + index).pointee.kind))
        } catch {
          throw .transaction(index, error)
        }
      }
    }
    return receipts
  }

  private func receipt(of outcome: TransactionOutcome, kind: Transaction.Kind) -> Receipt {
    let hasStatus = transactions.rules.receiptsHaveStatus
    return Receipt(
      kind: kind, outcome: hasStatus ? .status(outcome.succeeded) : .stateRoot(.zero),
      cumulativeGasUsed: transactions.gasUsed,
      bloom: outcome.logs.isEmpty ? Bloom() : Bloom(outcome.logs, memo: bloomMemo),
      logs: outcome.logs)
  }
}
