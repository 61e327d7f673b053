// The parallel execution of a block, whoever runs the workers.

import EVM
import Ledger
import Primitives
import State

/// Workers and the memory that they share, kept from block to block.
final class ParallelCore<Point: SchedulingPoint> {
  private let memory: UnsafeMutablePointer<MultiVersionMemory<Point>>
  let workers: [Worker<Point>]
  /// How many executions the last block needed beyond one for each transaction.
  private(set) var repeats = 0

  init(workers count: Int, memoryLimit: Int) {
    let memory = UnsafeMutablePointer<MultiVersionMemory<Point>>.allocate(capacity: 1)
    memory.initialize(to: MultiVersionMemory(view: MemoryState()))
    self.memory = memory
    workers = (0..<count).map { _ in Worker(memory: memory, memoryLimit: memoryLimit) }
  }

  deinit {
    memory.deinitialize(count: 1)
    memory.deallocate()
  }

  /// Executes `block` over `view`. `run` calls what it is given once for each worker's number, at the
  /// same time or in turns, and comes back when all calls have.
  func execute(
    _ block: ExecutableBlock, on view: any StateView, rootAfter: RootSource?,
    run: (@escaping (Int) -> Void) -> Void
  ) throws(BlockExecutionError) -> BlockOutcome {
    let count = block.transactions.count
    memory.pointee.reset(view: view, transactions: count)
    for worker in workers { worker.begin(block) }
    let first = workers[0]
    let coinbase = memory.pointee.accounts.intern(
      block.environment.coinbase, in: &first.records.pointee.accounts)

    return try block.transactions.withUnsafeBufferPointer {
      transactions throws(BlockExecutionError) in
      try block.senders.withUnsafeBufferPointer { senders throws(BlockExecutionError) in
        let blockRun = BlockRun<Point>(
          transactions, senders: senders, limits: .init(block), memory: memory, coinbase: coinbase)
        try blockRun.asProtocol(at: 0, by: first) { executor throws(BlockExecutionError) in
          try executor.openBlock(block)
        }
        if count > 0 { run { [workers] in blockRun.work(workers[$0]) } }
        return try outcome(of: blockRun, block, coinbase, rootAfter)
      }
    }
  }

  /// What the executed transactions and the end of the block come to.
  private func outcome(
    of run: BlockRun<Point>, _ block: borrowing ExecutableBlock,
    _ coinbase: UnsafeMutablePointer<AccountLocation<Point>>, _ rootAfter: RootSource?
  ) throws(BlockExecutionError) -> BlockOutcome {
    repeats = run.line.pointee.repeats
    if let failure = run.line.pointee.failure { throw .transaction(failure.index, failure.error) }
    var receipts = run.takeReceipts()
    if !block.rules.receiptsHaveStatus, let rootAfter {
      addRoots(to: &receipts, of: run, coinbase, rootAfter)
    }
    let end = UInt32(run.count + 1)
    var requests: [[UInt8]] = []
    let block = copy block
    try run.asProtocol(at: end, by: workers[0]) { executor throws(BlockExecutionError) in
      requests = try executor.closeBlock(block, receipts)
    }
    var bloom = Bloom()
    for receipt in receipts where !receipt.logs.isEmpty { bloom.formUnion(receipt.bloom) }
    let totals = run.line.pointee.totals
    return BlockOutcome(
      receipts: receipts, gasUsed: totals.gasUsed, blobGasUsed: totals.blobGasUsed, bloom: bloom,
      requests: requests,
      diff: memory.pointee.diff(
        through: end, workers: workers, coinbase: coinbase, fees: totals.fees))
  }

  /// Puts the state roots into receipts from before Byzantium.
  private func addRoots(
    to receipts: inout [Receipt], of run: BlockRun<Point>,
    _ coinbase: UnsafeMutablePointer<AccountLocation<Point>>, _ rootAfter: RootSource
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
