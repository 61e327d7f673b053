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
/// The diff holds everything that the block changes: the DAO fork, system calls, transactions,
/// withdrawals, rewards and the requests that are taken from their queues.
public final class SequentialExecutor: BlockBuilder {
  /// What executes the transactions.
  public let transactions: TransactionExecutor
  /// Whether outcomes tell what their blocks accessed, from Cancun on; not when blocks are built.
  public var emitsAccessLists = false
  private let bloomMemo = KeccakMemo()

  /// An executor whose machine may take `memoryLimit` bytes for EVM memory, and whose state may take
  /// as many.
  public init(memoryLimit: Int = EVM.defaultMemoryLimit) {
    transactions = TransactionExecutor(memoryLimit: memoryLimit)
  }

  deinit { bloomMemo.free() }

  /// Executes `block` over `view`.
  ///
  /// Before Byzantium, receipts name the state root after each transaction: `rootAfter` is asked for
  /// it, and then only. Throws `ExecutionError.stopped` where `stop` is met before the end.
  public func execute(
    _ block: ExecutableBlock, on view: any StateView, rootAfter: RootSource?,
    until stop: StopCondition?
  ) throws(BlockExecutionError) -> BlockOutcome {
    transactions.begin(block.environment, rules: block.rules, on: view)
    let listing = emitsAccessLists ? AccessListing(of: transactions.state, block.rules) : nil
    defer { transactions.state.recorder = nil }
    try transactions.openBlock(block)
    listing?.endIndex()
    let receipts = try executeTransactions(of: block, rootAfter, stop, listing)
    var outcome = try outcome(of: block, receipts)
    listing?.endIndex()
    outcome.accessList = listing?.list()
    return outcome
  }

  /// Makes a block of the transactions of `candidates`, in their order, over `view`. Those that may
  /// not stand at their place, or find no room, are skipped; where `stop` is met, the block ends.
  public func build(
    from candidates: ExecutableBlock, on view: any StateView, until stop: StopCondition?
  ) throws(BlockExecutionError) -> BuiltBlock {
    transactions.begin(candidates.environment, rules: candidates.rules, on: view)
    try transactions.openBlock(candidates)
    var receipts: [Receipt] = []
    var included: [Int] = []
    var skipped: [SkippedTransaction] = []
    for (index, transaction) in candidates.transactions.enumerated() {
      if let stop, stop.isMet { break }
      do throws(ExecutionError) {
        let outcome = try transactions.execute(transaction, from: candidates.senders[index])
        receipts.append(receipt(of: outcome, kind: transaction.kind, nil))
        included.append(index)
      } catch .invalid(let reason) {
        skipped.append(SkippedTransaction(index: index, reason: reason))
      } catch {
        throw .transaction(index, error)
      }
    }
    return BuiltBlock(
      included: included, skipped: skipped, considered: included.count + skipped.count,
      outcome: try outcome(of: candidates, receipts))
  }

  private func outcome(
    of block: borrowing ExecutableBlock, _ receipts: [Receipt]
  ) throws(BlockExecutionError) -> BlockOutcome {
    let block = copy block
    let requests = try receipts.withUnsafeBufferPointer {
      receipts throws(BlockExecutionError) in try transactions.closeBlock(block, receipts)
    }
    var bloom = Bloom()
    for receipt in receipts where !receipt.logs.isEmpty { bloom.formUnion(receipt.bloom) }
    return BlockOutcome(
      receipts: receipts, gasUsed: transactions.gasUsed, blobGasUsed: transactions.blobGasUsed,
      bloom: bloom, requests: requests, diff: transactions.state.diff())
  }

  private func executeTransactions(
    of block: ExecutableBlock, _ rootAfter: RootSource?, _ stop: StopCondition?,
    _ listing: AccessListing?
  ) throws(BlockExecutionError) -> [Receipt] {
    var receipts: [Receipt] = []
    receipts.reserveCapacity(block.transactions.count)
    // Borrowed in place: a copy of a transaction counts four references.
    try block.transactions.withUnsafeBufferPointer { list throws(BlockExecutionError) in
      guard let first = list.baseAddress else { return }
      for index in list.indices {
        if let stop, stop.isMet { throw .transaction(index, .stopped) }
        do throws(ExecutionError) {
          let outcome = try transactions.execute(
            (first + index).pointee, from: block.senders[index])
          receipts.append(receipt(of: outcome, kind: (first + index).pointee.kind, rootAfter))
          listing?.endIndex()
        } catch {
          throw .transaction(index, error)
        }
      }
    }
    return receipts
  }

  private func receipt(
    of outcome: TransactionOutcome, kind: Transaction.Kind, _ rootAfter: RootSource?
  ) -> Receipt {
    var result = Receipt.Outcome.status(outcome.succeeded)
    if !transactions.rules.receiptsHaveStatus {
      result = .stateRoot(rootAfter.map { $0(transactions.state.diff()) } ?? .zero)
    }
    return Receipt(
      kind: kind, outcome: result,
      cumulativeGasUsed: transactions.gasUsed,
      bloom: outcome.logs.isEmpty ? Bloom() : Bloom(outcome.logs, memo: bloomMemo),
      logs: outcome.logs)
  }
}
