// One block on its way through the parallel executor.

import Ledger
import Primitives
import State

/// The transactions of a block, shared by all workers: a cursor from which they take the next to be
/// executed, and the line at which they commit.
final class BlockRun<Point: SchedulingPoint> {
  typealias Memory = MultiVersionMemory<Point>
  typealias Record = TransactionRecord<Point>

  let count: Int
  private let transactions: UnsafeBufferPointer<Transaction>
  private let senders: UnsafeBufferPointer<Address>
  /// For each transaction the one before by the same sender, or −1.
  private let predecessors: UnsafeMutablePointer<Int32>
  let records: UnsafeMutablePointer<Record>
  private let memory: UnsafeMutablePointer<Memory>
  private let cursor: UnsafeMutablePointer<SharedWord<Point>>
  let line: UnsafeMutablePointer<CommitLine<Point>>
  private let environment: BlockLimits
  private let coinbase: UnsafeMutablePointer<AccountLocation<Point>>

  /// What the block offers its transactions.
  struct BlockLimits {
    let gas: UInt64
    let blobGas: UInt64
    let clearsEmptyAccounts: Bool
  }

  /// A run of these transactions, which stay where they are as long as it lasts.
  init(
    _ transactions: UnsafeBufferPointer<Transaction>, senders: UnsafeBufferPointer<Address>,
    limits: BlockLimits, memory: UnsafeMutablePointer<Memory>,
    coinbase: UnsafeMutablePointer<AccountLocation<Point>>
  ) {
    count = transactions.count
    self.transactions = transactions
    self.senders = senders
    environment = limits
    self.memory = memory
    self.coinbase = coinbase
    records = .allocate(capacity: count)
    for index in 0..<count { (records + index).initialize(to: Record()) }
    cursor = .allocate(capacity: 1)
    cursor.initialize(to: SharedWord())
    line = .allocate(capacity: 1)
    line.initialize(to: CommitLine())
    predecessors = .allocate(capacity: count)
    linkSenders()
    updateFeeRule()
  }

  deinit {
    records.deinitialize(count: count)
    records.deallocate()
    cursor.deinitialize(count: 1)
    cursor.deallocate()
    line.deinitialize(count: 1)
    line.deallocate()
    predecessors.deallocate()
  }

  private func linkSenders() {
    var last = FlatTable<Address, Int32>(minimumCapacity: count)
    for index in 0..<count {
      let (known, inserted) = last.insertIfAbsent(senders[index], Int32(index))
      predecessors[index] = inserted ? -1 : known.pointee
      if !inserted { known.pointee = Int32(index) }
    }
  }

  // MARK: - What workers do

  /// Takes part until all transactions are committed or the block has failed.
  func work(_ worker: Worker<Point>) {
    while line.pointee.isStopped.load() == 0 {
      let index = Int(cursor.pointee.add(1))
      if index >= count { break }
      execute(index, by: worker)
      commit(by: worker)
    }
    var backoff = Backoff()
    while line.pointee.isStopped.load() == 0, Int(line.pointee.committed.load()) < count {
      commit(by: worker)
      backoff.wait()
    }
  }

  private func execute(_ index: Int, by worker: Worker<Point>) {
    var nonce: UInt64?
    let predecessor = Int(predecessors[index])
    if predecessor >= Int(line.pointee.committed.load()) { nonce = transactions[index].nonce }
    worker.execute(
      transactions[index], from: senders[index], at: UInt32(index + 1), .ahead(nonce: nonce),
      into: records + index)
    records[index].isExecuted.store(1)
  }

  /// Commits what can be committed, unless another worker is at it.
  private func commit(by worker: Worker<Point>) {
    while isNextExecuted() {
      guard line.pointee.isHeld.replace(0, by: 1) else { return }
      while isNextExecuted() { commitNext(by: worker) }
      line.pointee.isHeld.store(0)
      // Who executed the next one meanwhile may have found the line held: look again.
    }
  }

  private func isNextExecuted() -> Bool {
    let next = Int(line.pointee.committed.load())
    return next < count && line.pointee.isStopped.load() == 0
      && records[next].isExecuted.load() == 1
  }

  private func commitNext(by worker: Worker<Point>) {
    let index = Int(line.pointee.committed.load())
    let record = records + index
    if !isRight(index) {
      line.pointee.repeats += 1
      withdraw(record)
      worker.execute(
        transactions[index], from: senders[index], at: UInt32(index + 1),
        .come(line.pointee.totals), into: record)
      if let error = record.pointee.error {
        line.pointee.failure = (index, error)
        line.pointee.isStopped.store(1)
        return
      }
    }
    settle(record, at: UInt32(index + 1))
    line.pointee.committed.store(UInt(index + 1))
  }

  // MARK: - Validation

  /// Whether the transaction, whose turn has come, was executed as it must be.
  private func isRight(_ index: Int) -> Bool {
    let record = records + index
    let totals = line.pointee.totals
    if record.pointee.error != nil { return false }
    if transactions[index].gasLimit > environment.gas - totals.gasUsed { return false }
    if record.pointee.blobGasUsed > environment.blobGas - totals.blobGasUsed { return false }
    if record.pointee.fee != nil && !totals.defersFees { return false }
    let place = UInt32(index + 1)
    do throws(StateReadError) {
      for read in record.pointee.accountReads {
        var now = try memory.pointee.snapshot(of: read.location, before: place)
        if read.location == coinbase { now.account.balance = now.account.balance &+ totals.fees }
        if !read.holds(now) { return false }
      }
      for read in record.pointee.slotReads {
        let now = try memory.pointee.word(of: read.location, ownedBy: read.owner, before: place)
        if now != read.word && Point.fault != .missedValidation { return false }
      }
      return true
    } catch {
      // Executed again, it will come to the same and say so.
      return false
    }
  }

  /// Makes void what the transaction has written.
  private func withdraw(_ record: UnsafeMutablePointer<Record>) {
    if Point.fault == .staleVersion { return }
    for write in record.pointee.accountWrites {
      write.version.pointee.state.store(VersionState.void)
    }
    for write in record.pointee.slotWrites {
      write.version.pointee.state.store(VersionState.void)
    }
    record.pointee.accountWrites = UnsafeMutableBufferPointer(start: nil, count: 0)
    record.pointee.slotWrites = UnsafeMutableBufferPointer(start: nil, count: 0)
  }

  // MARK: - Commit

  /// Makes final what the transaction has written, and adds it up.
  private func settle(_ record: UnsafeMutablePointer<Record>, at place: UInt32) {
    line.pointee.totals.gasUsed += record.pointee.gasUsed
    line.pointee.totals.blobGasUsed += record.pointee.blobGasUsed
    record.pointee.receipt?.cumulativeGasUsed = line.pointee.totals.gasUsed
    if let fee = record.pointee.fee {
      line.pointee.totals.fees = line.pointee.totals.fees &+ fee
    }
    finish(record, at: place)
  }

  /// Makes final what a transaction, or the protocol, has written at `place`.
  func finish(_ record: UnsafeMutablePointer<Record>, at place: UInt32) {
    var isCoinbaseWritten = false
    for write in record.pointee.accountWrites {
      // Everything below is final, and so is known: the base was read when this was executed.
      let after = try? memory.pointee.snapshot(of: write.location, before: place + 1)
      write.version.pointee.outcome = after ?? AccountSnapshot()
      write.version.pointee.state.store(VersionState.final)
      if write.location == coinbase { isCoinbaseWritten = true }
    }
    for write in record.pointee.slotWrites {
      write.version.pointee.state.store(VersionState.final)
    }
    if isCoinbaseWritten { updateFeeRule() }
  }

  /// Finds out whether the coinbase's fees may be added up beside the versions.
  func updateFeeRule() {
    let place = UInt32(line.pointee.committed.load()) + 2
    guard var now = try? memory.pointee.snapshot(of: coinbase, before: place) else {
      line.pointee.totals.defersFees = false
      return
    }
    now.account.balance = now.account.balance &+ line.pointee.totals.fees
    line.pointee.totals.defersFees =
      now.exists && !(environment.clearsEmptyAccounts && now.account.isEmpty)
  }
}
