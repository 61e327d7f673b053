// A block on all cores, with the outcome of one.

public import EVM
import Ledger
import Primitives
public import State

/// Executes blocks in parallel: the outcome is `==` to that of a `SequentialExecutor`.
///
/// Transactions are executed optimistically, ahead of their turn, against what the ones before them
/// have written so far (`MultiVersionMemory`); they are committed in the order of the block, and
/// whoever turns out to have seen something else than the serial order shows is executed again when
/// everything before it is final (`CommitLine`). Block-STM (Gelashvili et al., 2022) is the origin of
/// the versioned memory; the commit in order is that of classic optimistic concurrency control.
///
/// The executor keeps its threads and memory from block to block. The calling thread takes part as
/// the first worker and needs a stack of `EVM.nativeStackSize` bytes.
public final class ParallelExecutor {
  typealias Point = Unscheduled

  private let memory: UnsafeMutablePointer<MultiVersionMemory<Point>>
  private let workers: [Worker<Point>]
  private let pool: WorkerPool
  /// How many executions the last block needed beyond one for each transaction.
  public private(set) var repeats = 0

  /// How many workers there are.
  public var workerCount: Int { workers.count }

  /// An executor with so many workers, of which each may take `memoryLimit` bytes for EVM memory and
  /// as many for what one transaction reads and changes.
  ///
  /// Where the system starts fewer threads, there are fewer workers.
  public init(workers count: Int, memoryLimit: Int = EVM.defaultMemoryLimit) {
    precondition(count > 0, "somebody has to work")
    pool = WorkerPool(threads: count - 1)
    let memory = UnsafeMutablePointer<MultiVersionMemory<Point>>.allocate(capacity: 1)
    memory.initialize(to: MultiVersionMemory(view: MemoryState()))
    self.memory = memory
    workers = (0...pool.threadCount).map { _ in
      Worker(memory: memory, memoryLimit: memoryLimit)
    }
  }

  deinit {
    memory.deinitialize(count: 1)
    memory.deallocate()
  }

  /// Executes `block` over `view`, which several threads ask at once.
  ///
  /// Before Byzantium, receipts name the state root after each transaction: `rootAfter` is asked for
  /// it, and then only.
  public func execute(
    _ block: ExecutableBlock, on view: any StateView,
    rootAfter: SequentialExecutor.RootSource? = nil
  ) throws(BlockExecutionError) -> BlockOutcome {
    let count = block.transactions.count
    memory.pointee.reset(view: view, transactions: count)
    for worker in workers { worker.begin(block) }
    let first = workers[0]
    let coinbase = memory.pointee.accounts.intern(
      block.environment.coinbase, in: &first.records.pointee.accounts)

    return try block.transactions.withUnsafeBufferPointer { transactions throws(BlockExecutionError) in
      try block.senders.withUnsafeBufferPointer { senders throws(BlockExecutionError) in
        let run = BlockRun<Point>(
          transactions, senders: senders, limits: .init(block), memory: memory, coinbase: coinbase)
        try run.asProtocol(at: 0, by: first) { executor throws(BlockExecutionError) in
          try executor.openBlock(block)
        }
        if count > 0 { pool.run { [workers] in run.work(workers[$0]) } }
        repeats = run.line.pointee.repeats
        if let failure = run.line.pointee.failure {
          throw .transaction(failure.index, failure.error)
        }
        var receipts = run.takeReceipts()
        if !block.rules.receiptsHaveStatus, let rootAfter {
          addRoots(to: &receipts, of: run, coinbase, rootAfter)
        }
        var requests: [[UInt8]] = []
        try run.asProtocol(at: UInt32(count + 1), by: first) { executor throws(BlockExecutionError) in
          requests = try executor.closeBlock(block, receipts)
        }
        var bloom = Bloom()
        for receipt in receipts where !receipt.logs.isEmpty { bloom.formUnion(receipt.bloom) }
        let totals = run.line.pointee.totals
        return BlockOutcome(
          receipts: receipts, gasUsed: totals.gasUsed, blobGasUsed: totals.blobGasUsed,
          bloom: bloom, requests: requests,
          diff: memory.pointee.diff(
            through: UInt32(count + 1), workers: workers, coinbase: coinbase, fees: totals.fees))
      }
    }
  }

  /// Puts the state roots into receipts from before Byzantium.
  private func addRoots(
    to receipts: inout [Receipt], of run: BlockRun<Point>,
    _ coinbase: UnsafeMutablePointer<AccountLocation<Point>>,
    _ rootAfter: SequentialExecutor.RootSource
  ) {
    var fees = UInt256.zero
    for index in receipts.indices {
      if let fee = run.records[index].fee { fees = fees &+ fee }
      let diff = memory.pointee.diff(
        through: UInt32(index + 1), workers: workers, coinbase: coinbase, fees: fees)
      receipts[index].outcome = .stateRoot(rootAfter(diff))
    }
  }
}

extension BlockRun.BlockLimits {
  init(_ block: borrowing ExecutableBlock) {
    gas = block.environment.gasLimit
    blobGas = BlobGas.gas(ofBlobs: block.rules.blobs?.max ?? 0)
    clearsEmptyAccounts = AccountRules(block.rules.fork).clearsEmptyAccounts
  }
}

extension BlockRun {
  /// Does what the protocol does before (`place` 0) or after the transactions.
  func asProtocol(
    at place: UInt32, by worker: Worker<Point>,
    _ body: (TransactionExecutor) throws(BlockExecutionError) -> Void
  ) throws(BlockExecutionError) {
    let totals = line.pointee.totals
    worker.reader.pointee.begin(place, fees: totals.fees)
    worker.executor.resume(
      gasUsed: totals.gasUsed, blobGasUsed: totals.blobGasUsed, defersFee: false)
    try body(worker.executor)
    let record = UnsafeMutablePointer<Record>.allocate(capacity: 1)
    record.initialize(to: Record())
    worker.publish(place, in: record)
    worker.executor.state.forget()
    finish(record, at: place)
    record.deinitialize(count: 1)
    record.deallocate()
  }

  /// The receipts of the committed block.
  func takeReceipts() -> [Receipt] {
    (0..<count).compactMap { records[$0].receipt.take() }
  }
}
