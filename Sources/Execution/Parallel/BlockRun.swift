// One block on its way through the parallel executor.

import Ledger
import Primitives
import State

/// The transactions of a block, shared by all workers: a cursor from which they claim the next batch,
/// and the line at which batches are committed.
final class BlockRun<Point: SchedulingPoint> {
  typealias Memory = MultiVersionMemory<Point>

  let count: Int
  let transactions: UnsafeBufferPointer<Transaction>
  let senders: UnsafeBufferPointer<Address>
  /// Room for the receipts. Those of transactions that were executed are there.
  let receipts: UnsafeMutablePointer<Receipt>
  let batches: UnsafeMutablePointer<Batch<Point>>
  let order: BlockOrder
  let line: UnsafeMutablePointer<CommitLine<Point>>
  let limits: BlockLimits
  let coinbase: UnsafeMutablePointer<AccountLocation<Point>>
  let memory: UnsafeMutablePointer<Memory>
  /// The number of the next batch, and in the lower half the index of its first transaction.
  private let cursor: UnsafeMutablePointer<SharedWord<Point>>
  private let pace: BatchPace<Point>
  private let deferrals = DeferralTable<Point>()
  /// Whether the receipts stand one after another.
  var hasClosedGaps = false

  /// What the block offers its transactions.
  struct BlockLimits {
    let gas: UInt64
    let blobGas: UInt64
    let clearsEmptyAccounts: Bool
  }

  /// A run of these transactions, which stay where they are as long as it lasts, as does the room for
  /// their receipts.
  init(
    _ transactions: UnsafeBufferPointer<Transaction>, senders: UnsafeBufferPointer<Address>,
    receipts: UnsafeMutablePointer<Receipt>, limits: BlockLimits,
    memory: UnsafeMutablePointer<Memory>, coinbase: UnsafeMutablePointer<AccountLocation<Point>>,
    pace: BatchPace<Point>, order: BlockOrder
  ) {
    count = transactions.count
    self.transactions = transactions
    self.senders = senders
    self.receipts = receipts
    self.limits = limits
    self.memory = memory
    self.coinbase = coinbase
    self.pace = pace
    self.order = order
    batches = .allocate(capacity: count)
    for number in 0..<count { (batches + number).initialize(to: Batch()) }
    cursor = .allocate(capacity: 1)
    cursor.initialize(to: SharedWord())
    line = .allocate(capacity: 1)
    line.initialize(to: CommitLine())
    updateFeeRule()
  }

  deinit {
    // Batches hold nothing that must be destroyed one by one.
    batches.deallocate()
    cursor.deinitialize(count: 1)
    cursor.deallocate()
    line.deinitialize(count: 1)
    line.deallocate()
  }

  // MARK: - What workers do

  /// Takes part until no transaction is left to be claimed, or the block has failed.
  ///
  /// Who leaves last has committed everything: each batch that is not yet committed is being executed,
  /// and who executed it will try. It fails only where another holds the line, who will look again
  /// after it let go; that none misses the other is what the order of an `OrderedWord` is for.
  func work(_ worker: Worker<Point>) {
    var backoff = Backoff<Point>()
    while line.pointee.isStopped.load() == 0 {
      if let stop = order.stop, stop.isMet {
        line.pointee.isStopped.store(1)
        break
      }
      guard let workspace = worker.takeWorkspace(ofAtMost: pace.runAhead) else {
        commit(by: worker)
        backoff.wait()
        continue
      }
      backoff = Backoff<Point>()
      guard let number = claim() else {
        workspace.pointee.isFree.store(1)
        break
      }
      if !executeInTurn(number, by: worker) {
        executeAhead(number, by: worker, on: workspace)
      }
      if (batches + number).pointee.workspace == nil { workspace.pointee.isFree.store(1) }
      commit(by: worker)
    }
  }

  /// Takes the next transactions; answers the number of the batch, nil when none are left.
  private func claim() -> Int? {
    while true {
      let position = cursor.pointee.load()
      let first = Int(position & 0xffff_ffff)
      if first >= count { return nil }
      let size = pace.size(from: first, in: transactions)
      let next = (position &>> 32 &+ 1) &<< 32 | UInt(first + size)
      guard cursor.pointee.replace(position, by: next) else { continue }
      let number = Int(position &>> 32)
      (batches + number).pointee.first = first
      (batches + number).pointee.count = size
      if size == 1 {
        (batches + number).pointee.target.store(CallTarget.word(of: transactions[first]))
      }
      return number
    }
  }

  /// Executes and commits the batch if its turn has come already.
  private func executeInTurn(_ number: Int, by worker: Worker<Point>) -> Bool {
    guard Int(line.pointee.committedBatches.load()) == number,
      line.pointee.isHeld.replace(0, by: 1)
    else { return false }
    commitRest(of: number..<number + 1, by: worker)
    line.pointee.isHeld.store(0)
    return true
  }

  private func executeAhead(
    _ number: Int, by worker: Worker<Point>, on workspace: UnsafeMutablePointer<Workspace<Point>>
  ) {
    let batch = batches + number
    let first = batch.pointee.first
    if let other = deferrals.batch(callingAs: batch.pointee.target.load()), other < number,
      (batches + other).pointee.status.load() == BatchStatus.deferred
    {
      // Not noted: only who has found something to wait for makes others wait. Else each would make the
      // next one wait, and none would ever find out whether it still has to.
      return batch.pointee.status.store(BatchStatus.deferred)
    }
    workspace.pointee.reader.pointee.beginAhead(
      Place(transaction: first), number: number, of: batches)
    if workspace.pointee.reader.pointee.mustWait(
      for: transactions.baseAddress.unsafelyUnwrapped + first)
    {
      return putOff(batch)
    }
    batch.pointee.workspace = workspace
    workspace.pointee.executor.resume(gasUsed: 0, blobGasUsed: 0, defersFee: true)
    batch.pointee.executed = executeTransactions(of: batch, by: worker, on: workspace)
    if batch.pointee.executed == 0 {
      batch.pointee.workspace = nil
      if workspace.pointee.reader.pointee.isInLine { return putOff(batch) }
      return batch.pointee.status.store(BatchStatus.deferred)
    }
    worker.fillBlooms(of: receipts + first, count: batch.pointee.executed, on: workspace)
    workspace.pointee.publish(VersionState.pending)
    batch.pointee.status.store(
      batch.pointee.executed == batch.pointee.count ? BatchStatus.executed : BatchStatus.deferred)
  }

  /// Leaves a whole batch for its turn, and those that call the same until then.
  private func putOff(_ batch: UnsafeMutablePointer<Batch<Point>>) {
    deferrals.note(batch - batches, callingAs: batch.pointee.target.load())
    batch.pointee.status.store(BatchStatus.deferred)
  }

  /// Executes the transactions ahead of their turn until one cannot be; answers how many were.
  private func executeTransactions(
    of batch: UnsafeMutablePointer<Batch<Point>>, by worker: Worker<Point>,
    on workspace: UnsafeMutablePointer<Workspace<Point>>
  ) -> Int {
    let executor = workspace.pointee.executor
    let first = batch.pointee.first
    let range = first..<first + batch.pointee.count
    for index in range {
      prefetch(index, in: range)
      let transaction = transactions.baseAddress.unsafelyUnwrapped + index
      prepare(transaction.pointee.nonce, of: senders[index], on: workspace)
      let (gasUsed, fees) = (executor.gasUsed, executor.deferredFees)
      do throws(ExecutionError) {
        try worker.execute(
          transaction, from: senders[index], on: workspace, receipt: receipts + index)
        workspace.pointee.noteChanges(feesBefore: fees)
        let needed = gasUsed.addingReportingOverflow(transaction.pointee.gasLimit)
        workspace.pointee.gasNeeded = max(
          workspace.pointee.gasNeeded, needed.overflow ? .max : needed.partialValue)
      } catch {
        if !executor.hasSettled && !executor.state.hasNoRoom && !order.listsAccesses {
          return index - first
        }
        // What it did cannot be undone, also where there was no room to note it; or what it looked at
        // while an answer was lacking cannot be told from what it had to do with: all must be done
        // again.
        (receipts + first).deinitialize(count: index - first)
        return 0
      }
    }
    return batch.pointee.count
  }

  /// Tells the state what it may suppose about the next transaction of a batch.
  private func prepare(
    _ nonce: UInt64, of sender: Address, on workspace: UnsafeMutablePointer<Workspace<Point>>
  ) {
    let executor = workspace.pointee.executor
    workspace.pointee.reader.pointee.predict(nonce, of: sender)
    if let fees = executor.deferredFees { workspace.pointee.reader.pointee.fees = fees }
    if let corrected = executor.state.predictNonce(nonce, of: sender) {
      workspace.pointee.reader.pointee.distrust(corrected)
    }
  }

  // MARK: - Commit

  /// Commits what can be committed, unless another worker is at it.
  private func commit(by worker: Worker<Point>) {
    while isNextReady() {
      guard line.pointee.isHeld.replace(0, by: 1) else { return }
      while isNextReady() { commitNext(by: worker) }
      line.pointee.isHeld.store(0)
      // Who executed the next one meanwhile may have found the line held: look again.
    }
  }

  private func isNextReady() -> Bool {
    if line.pointee.isStopped.load() != 0 { return false }
    let next = Int(line.pointee.committedBatches.load())
    guard next < count else { return false }
    let status = (batches + next).pointee.status.load()
    return status == BatchStatus.executed || status == BatchStatus.deferred
  }

  private func commitNext(by worker: Worker<Point>) {
    let number = Int(line.pointee.committedBatches.load())
    let batch = batches + number
    guard let workspace = batch.pointee.workspace else {
      return commitDeferred(from: number, by: worker)
    }
    let executed = batch.pointee.executed
    line.pointee.statistics.executions += executed
    line.pointee.statistics.deferrals += batch.pointee.count - executed
    if executed < batch.pointee.count { memory.pointee.noteWrong() }
    if isRight(workspace) {
      settle(workspace, batch, by: worker)
      pace.note(executed == batch.pointee.count ? .right : .deferred)
      commitRest(of: number..<number + 1, by: worker)
    } else {
      pace.note(.wrong)
      memory.pointee.noteWrong()
      line.pointee.statistics.aborts += executed
      (receipts + batch.pointee.first).deinitialize(count: executed)
      batch.pointee.executed = 0
      batch.pointee.status.store(BatchStatus.deferred)
      if Point.fault != .droppedEstimate { workspace.pointee.mark(VersionState.estimate) }
      commitRest(of: number..<number + 1, by: worker)
      if Point.fault != .droppedEstimate { workspace.pointee.mark(VersionState.void) }
    }
    workspace.pointee.isFree.store(1)
  }

  /// How many transactions that were put off are executed before others can commit again.
  private static var largestTurn: Int { 256 }

  /// Executes and commits batches that were put off as a whole, all that follow each other at once,
  /// unless each must be known by itself: what one leaves behind for the next is at hand then.
  private func commitDeferred(from number: Int, by worker: Worker<Point>) {
    var end = number
    var transactions = 0
    repeat {
      transactions += (batches + end).pointee.count
      end += 1
    } while !order.isOfSingles && end < count && transactions < Self.largestTurn
      && (batches + end).pointee.status.load() == BatchStatus.deferred
      && (batches + end).pointee.workspace == nil
    pace.note(.deferred)
    memory.pointee.noteWrong()
    line.pointee.statistics.deferrals += transactions
    commitRest(of: number..<end, by: worker)
  }

  /// Whether the batch, whose turn has come, was executed as it must be.
  private func isRight(_ workspace: UnsafeMutablePointer<Workspace<Point>>) -> Bool {
    let totals = line.pointee.totals
    let executor = workspace.pointee.executor
    if workspace.pointee.gasNeeded > limits.gas - totals.gasUsed { return false }
    if executor.blobGasUsed > limits.blobGas - totals.blobGasUsed { return false }
    if executor.deferredFees != nil && !totals.defersFees { return false }
    return workspace.pointee.isRight(coinbaseFees: totals.fees)
  }

  /// Makes final what was executed ahead, and adds it up.
  private func settle(
    _ workspace: UnsafeMutablePointer<Workspace<Point>>,
    _ batch: UnsafeMutablePointer<Batch<Point>>, by worker: Worker<Point>
  ) {
    let gasUsed = line.pointee.totals.gasUsed
    let first = batch.pointee.first
    for index in first..<first + batch.pointee.executed {
      (receipts + index).pointee.cumulativeGasUsed += gasUsed
    }
    workspace.pointee.settle(in: worker.records)
    workspace.pointee.list(in: &line.pointee.accesses)
    add(workspace, gasUsed: gasUsed + workspace.pointee.executor.gasUsed)
    line.pointee.totals.blobGasUsed += workspace.pointee.executor.blobGasUsed
    if workspace.pointee.writesCoinbase { updateFeeRule() }
  }

  /// Executes what of these batches was not executed right ahead, now that their turn has come, and
  /// commits them. The caller holds the line.
  private func commitRest(of numbers: Range<Int>, by worker: Worker<Point>) {
    let first = batches + numbers.lowerBound
    let last = batches + numbers.upperBound - 1
    let start = first.pointee.first + first.pointee.executed
    let end = last.pointee.first + last.pointee.count
    if start < end {
      let executed = execute(start..<end, number: numbers.upperBound - 1, by: worker)
      line.pointee.statistics.executions += executed
      line.pointee.statistics.turns += 1
      if start + executed < end {
        // The block has failed, or is to end here.
        line.pointee.statistics.transactions = start + executed
        note(numbers, executedUpTo: start + executed)
        return line.pointee.isStopped.store(1)
      }
    }
    note(numbers, executedUpTo: end)
    for number in numbers { (batches + number).pointee.status.store(BatchStatus.committed) }
    line.pointee.statistics.transactions = end
    line.pointee.statistics.batches += numbers.count
    if order.isOfSingles { line.pointee.feesAfter.append(line.pointee.totals.fees) }
    line.pointee.committedBatches.store(UInt(bitPattern: numbers.upperBound))
  }

  private func note(_ numbers: Range<Int>, executedUpTo end: Int) {
    for number in numbers {
      let batch = batches + number
      batch.pointee.executed = max(0, min(batch.pointee.count, end - batch.pointee.first))
    }
  }

  /// Executes transactions whose turn has come; answers how many until one that may not stand here.
  private func execute(_ range: Range<Int>, number: Int, by worker: Worker<Point>) -> Int {
    let workspace = worker.inTurn
    let executor = workspace.pointee.executor
    let totals = line.pointee.totals
    workspace.pointee.clear()
    workspace.pointee.reader.pointee.beginInTurn(
      Place(transaction: range.lowerBound), number: number, of: batches)
    executor.resume(
      gasUsed: totals.gasUsed, blobGasUsed: totals.blobGasUsed, defersFee: totals.defersFees)
    for index in range {
      prefetch(index, in: range)
      if let stop = order.stop, stop.isMet {
        worker.fillBlooms(
          of: receipts + range.lowerBound, count: index - range.lowerBound, on: workspace)
        finish(workspace)
        return index - range.lowerBound
      }
      let fees = executor.deferredFees
      workspace.pointee.reader.pointee.fees = totals.fees &+ (fees ?? .zero)
      do throws(ExecutionError) {
        try worker.execute(
          transactions.baseAddress.unsafelyUnwrapped + index, from: senders[index],
          on: workspace, receipt: receipts + index)
        workspace.pointee.noteChanges(feesBefore: fees)
      } catch {
        if case .invalid(let reason) = error, order.skipsInvalid {
          line.pointee.skipped.append(SkippedTransaction(index: index, reason: reason))
          (receipts + index).initialize(to: Receipt.nothing)
          continue
        }
        line.pointee.failure = (index, error)
        return index - range.lowerBound
      }
    }
    worker.fillBlooms(of: receipts + range.lowerBound, count: range.count, on: workspace)
    finish(workspace)
    return range.count
  }

  /// Publishes what was done in turn, and adds it up.
  func finish(_ workspace: UnsafeMutablePointer<Workspace<Point>>) {
    workspace.pointee.publish(VersionState.final)
    workspace.pointee.list(in: &line.pointee.accesses)
    add(workspace, gasUsed: workspace.pointee.executor.gasUsed)
    line.pointee.totals.blobGasUsed = workspace.pointee.executor.blobGasUsed
    if workspace.pointee.writesCoinbase { updateFeeRule() }
  }

  private func add(_ workspace: UnsafeMutablePointer<Workspace<Point>>, gasUsed: UInt64) {
    line.pointee.totals.gasUsed = gasUsed
    if let fees = workspace.pointee.executor.deferredFees {
      line.pointee.totals.fees = line.pointee.totals.fees &+ fees
    }
    line.pointee.bloom.formUnion(workspace.pointee.bloom)
  }

  /// Finds out whether the coinbase's fees may be added up beside the versions.
  private func updateFeeRule() {
    // All that stands is final where the line is held, but for what stands ahead.
    guard var now = try? memory.pointee.finalSnapshot(of: coinbase) else {
      line.pointee.totals.defersFees = false
      return
    }
    now.account.balance = now.account.balance &+ line.pointee.totals.fees
    line.pointee.totals.defersFees =
      now.exists && !(limits.clearsEmptyAccounts && now.account.isEmpty)
  }

  /// How many batches were handed out.
  var claimedBatches: Int { Int(cursor.pointee.load() &>> 32) }
}

extension Receipt {
  /// What stands for a transaction that is left out, until the gaps are closed.
  fileprivate static var nothing: Receipt {
    Receipt(kind: .legacy, outcome: .status(false), cumulativeGasUsed: 0, bloom: Bloom(), logs: [])
  }
}
