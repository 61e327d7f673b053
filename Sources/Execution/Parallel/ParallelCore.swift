// The parallel execution of a block, whoever runs the workers.

import EVM
import Ledger
import Primitives
import State

/// Workers and the memory that they share, kept from block to block.
final class ParallelCore<Point: SchedulingPoint> {
  let memory: UnsafeMutablePointer<MultiVersionMemory<Point>>
  let workers: [Worker<Point>]
  /// What each worker finds changed at the end of a block.
  let changesFound: [ChangesFound<Point>]
  /// Whether all workers look for changes, however few there are, and not one for all.
  var splitsSmallDiffs = false
  /// How the last block came to be executed.
  private(set) var statistics = BlockStatistics()
  /// Whether outcomes tell what their blocks accessed, from Cancun on.
  var emitsAccessLists = false
  /// Tells the time for `times`; nil where nobody wants to know.
  var clock: (@Sendable () -> UInt64)?
  /// When what happened to the last block.
  private(set) var times = BlockTimes()
  /// When each worker began.
  private let begins: UnsafeMutablePointer<UInt64>

  init(workers count: Int, memoryLimit: Int) {
    let memory = UnsafeMutablePointer<MultiVersionMemory<Point>>.allocate(capacity: 1)
    memory.initialize(to: MultiVersionMemory(view: MemoryState()))
    self.memory = memory
    workers = (0..<count).map { _ in Worker(memory: memory, memoryLimit: memoryLimit) }
    changesFound = (0..<count).map { _ in ChangesFound(partsAtMost: min(count, 16)) }
    begins = .allocate(capacity: count)
    begins.initialize(repeating: 0, count: count)
  }

  deinit {
    memory.deinitialize(count: 1)
    memory.deallocate()
    begins.deallocate()
  }

  /// How the workers are set going: calls what it is given once for each worker's number, at the same
  /// time or in turns, and comes back when all calls have.
  typealias Runner = (@escaping (Int) -> Void) -> Void

  /// Executes `block` over `view`.
  func execute(
    _ block: ExecutableBlock, on view: any StateView, rootAfter: RootSource?,
    until stop: StopCondition?, run: Runner
  ) throws(BlockExecutionError) -> BlockOutcome {
    // Roots are asked for after each transaction, and versions tell what stood between batches.
    let namesRoots = !block.rules.receiptsHaveStatus && rootAfter != nil
    if let clock { times = BlockTimes(start: clock()) }
    defer { if let clock { times.end = clock() } }
    let order = BlockOrder(
      skipsInvalid: false, isOfSingles: namesRoots,
      listsAccesses: emitsAccessLists && AccessListing.exists(block.rules), stop: stop)
    var (receipts, end) = try process(block, on: view, order, run)
    if namesRoots, let rootAfter { addRoots(to: &receipts, end, rootAfter) }
    return outcome(receipts, end, run)
  }

  /// Makes a block of those of the candidates that may stand in it.
  func build(
    from candidates: ExecutableBlock, on view: any StateView, until stop: StopCondition?,
    run: Runner
  ) throws(BlockExecutionError) -> BuiltBlock {
    let order = BlockOrder(
      skipsInvalid: true, isOfSingles: false, listsAccesses: false, stop: stop)
    let (receipts, end) = try process(candidates, on: view, order, run)
    var included: [Int] = []
    included.reserveCapacity(end.considered)
    var skipped = end.skipped[...]
    for index in 0..<end.considered {
      if skipped.first?.index == index { skipped.removeFirst() } else { included.append(index) }
    }
    return BuiltBlock(
      included: included, skipped: end.skipped, considered: end.considered,
      outcome: outcome(receipts, end, run))
  }

  private func outcome(_ receipts: [Receipt], _ end: BlockEnd, _ run: Runner) -> BlockOutcome {
    BlockOutcome(
      receipts: receipts, gasUsed: end.totals.gasUsed, blobGasUsed: end.totals.blobGasUsed,
      bloom: end.bloom, requests: end.requests,
      diff: diff(
        through: end.place, coinbase: end.coinbase, fees: end.totals.fees, run: run),
      accessList: end.accessList)
  }

  private func accessList(of run: BlockRun<Point>) -> BlockAccessList? {
    guard run.order.listsAccesses else { return nil }
    return run.line.pointee.accesses.list { [memory] address in
      memory.pointee.accounts.find(address)?.pointee.base.balance ?? .zero
    } code: { [memory] hash in
      memory.pointee.codes.find(hash)?.bytes ?? []
    }
  }

  /// What is said of the block, if that can be so: candidates are not yet a block that somebody could
  /// know something about, and nobody accesses more than the gas pays for.
  private func prediction(
    for block: borrowing ExecutableBlock, _ order: BlockOrder
  ) -> BlockAccessList? {
    guard let list = block.predictedAccesses, !order.skipsInvalid else { return nil }
    let limit = BlockAccessList.itemLimit(gasLimit: block.environment.gasLimit)
    return list.itemCount <= limit ? list : nil
  }

  /// Executes the transactions and what the protocol does before and after them.
  private func process(
    _ block: ExecutableBlock, on view: any StateView, _ order: BlockOrder, _ run: Runner
  ) throws(BlockExecutionError) -> (receipts: [Receipt], BlockEnd) {
    let count = block.transactions.count
    let list = prediction(for: block, order)
    memory.pointee.reset(
      view: view,
      expecting: ExpectedLocations(
        transactions: count, gasLimit: block.environment.gasLimit,
        slotsBefore: workers.reduce(0) { $0 + $1.records.pointee.slots.count },
        foretold: list?.itemCount ?? 0))
    for worker in workers { worker.begin(block, listsAccesses: order.listsAccesses) }
    if let list { memory.pointee.predict(list, in: workers[0].records) }
    let pace = BatchPace<Point>(
      workers: workers.count, count: count, isOfSingles: order.isOfSingles)
    defer { pace.free() }
    var result: Result<BlockEnd, BlockExecutionError>?
    // Even where there is nothing to hold, the array must be this block's own: the library writes the
    // count into the one empty array that everybody shares.
    let receipts = [Receipt](unsafeUninitializedCapacity: max(count, 1)) { buffer, initialized in
      let end = process(block, order, into: buffer.baseAddress.unsafelyUnwrapped, pace, run)
      result = end
      if case .success(let end) = end { initialized = end.considered - end.skipped.count }
    }
    guard let end = try result?.get() else { preconditionFailure("the block was executed") }
    return (receipts, end)
  }

  /// What the transactions and the end of the block come to.
  private struct BlockEnd {
    let totals: CommittedTotals
    let bloom: Bloom
    let requests: [[UInt8]]
    let coinbase: UnsafeMutablePointer<AccountLocation<Point>>
    /// How many transactions were executed or skipped, and which were skipped.
    let considered: Int
    let skipped: [SkippedTransaction]
    /// What was accessed, where somebody asks.
    let accessList: BlockAccessList?
    /// Where what the protocol did at the end stands.
    let place: Place
    /// What the coinbase had earned beside the versions after each transaction, if that was noted.
    let fees: [UInt256]
  }

  private func process(
    _ block: ExecutableBlock, _ order: BlockOrder,
    into receipts: UnsafeMutablePointer<Receipt>, _ pace: BatchPace<Point>, _ run: Runner
  ) -> Result<BlockEnd, BlockExecutionError> {
    let first = workers[0]
    let coinbase = memory.pointee.accounts.intern(
      block.environment.coinbase, in: &first.records.pointee.accounts)
    return block.transactions.withUnsafeBufferPointer { transactions in
      block.senders.withUnsafeBufferPointer { senders in
        let blockRun = BlockRun<Point>(
          transactions, senders: senders, receipts: receipts, limits: .init(block), memory: memory,
          coinbase: coinbase, pace: pace, order: order)
        do throws(BlockExecutionError) {
          let end = try finish(blockRun, block, run)
          return .success(end)
        } catch {
          blockRun.dropReceipts()
          return .failure(error)
        }
      }
    }
  }

  private func finish(
    _ blockRun: BlockRun<Point>, _ block: ExecutableBlock, _ run: Runner
  ) throws(BlockExecutionError) -> BlockEnd {
    try blockRun.asProtocol(at: 0, by: workers[0]) { executor throws(BlockExecutionError) in
      try executor.openBlock(block)
    }
    work(at: blockRun, run)
    statistics = blockRun.line.pointee.statistics
    if let failure = blockRun.line.pointee.failure {
      throw .transaction(failure.index, failure.error)
    }
    let considered = blockRun.line.pointee.statistics.transactions
    if considered < blockRun.count && !blockRun.order.skipsInvalid {
      throw .transaction(considered, .stopped)
    }
    let skipped = blockRun.line.pointee.skipped
    blockRun.closeGaps()
    var requests: [[UInt8]] = []
    let receipts = UnsafeBufferPointer(
      start: blockRun.receipts, count: considered - skipped.count)
    try blockRun.asProtocol(at: Place(transaction: blockRun.count), by: workers[0]) {
      executor throws(BlockExecutionError) in
      requests = try executor.closeBlock(block, receipts)
    }
    return BlockEnd(
      totals: blockRun.line.pointee.totals, bloom: blockRun.line.pointee.bloom,
      requests: requests, coinbase: blockRun.coinbase, considered: considered, skipped: skipped,
      accessList: accessList(of: blockRun), place: Place(transaction: blockRun.count),
      fees: blockRun.line.pointee.feesAfter)
  }

  /// Lets the workers do what there is, by the clock if there is one.
  private func work(at blockRun: BlockRun<Point>, _ run: Runner) {
    guard let clock else {
      if blockRun.count > 0 { run { [workers] in blockRun.work(workers[$0]) } }
      return
    }
    times.opened = clock()
    begins.update(repeating: times.opened, count: workers.count)
    if blockRun.count > 0 {
      run { [workers, begins] in
        begins[$0] = clock()
        blockRun.work(workers[$0])
      }
    }
    times.executed = clock()
    times.workers = workers.indices.map { begins[$0] }
  }

  /// Puts the state roots into receipts from before Byzantium.
  private func addRoots(to receipts: inout [Receipt], _ end: BlockEnd, _ rootAfter: RootSource) {
    for index in receipts.indices {
      let diff = diff(
        through: Place(transaction: index), coinbase: end.coinbase, fees: end.fees[index],
        run: { workers.indices.forEach($0) })
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
    at place: Place, by worker: Worker<Point>,
    _ body: (TransactionExecutor) throws(BlockExecutionError) -> Void
  ) throws(BlockExecutionError) {
    let totals = line.pointee.totals
    let workspace = worker.inTurn
    workspace.pointee.clear()
    workspace.pointee.reader.pointee.beginInTurn(place, number: 0, of: nil)
    workspace.pointee.reader.pointee.fees = totals.fees
    workspace.pointee.executor.resume(
      gasUsed: totals.gasUsed, blobGasUsed: totals.blobGasUsed, defersFee: false)
    try body(workspace.pointee.executor)
    workspace.pointee.noteChanges(feesBefore: nil)
    finish(workspace)
  }
}

/// How a block is to be gone through.
struct BlockOrder {
  /// Whether transactions that may not stand where they stand are left out, instead of ending it all.
  let skipsInvalid: Bool
  /// Whether it must be known what stood after each single transaction.
  let isOfSingles: Bool
  /// Whether it is noted what is accessed.
  let listsAccesses: Bool
  let stop: StopCondition?
}
