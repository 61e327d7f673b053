// Where a batch of transactions is executed, and stays until it is committed.

import EVM
import Ledger
import Primitives
import State

/// The state of one batch: what its transactions have read and written, as they found it.
///
/// Nothing is copied out of it: the tables of the state themselves are what is checked when the turn of
/// the batch has come. A worker has several, and takes the next when the last one is not yet
/// committed.
struct Workspace<Point: SchedulingPoint>: ~Copyable {
  typealias Memory = MultiVersionMemory<Point>

  /// 1 when the worker may use it, 0 from then on until the batch is committed.
  let isFree = SharedWord<Point>(1)
  let executor: TransactionExecutor
  let reader: UnsafeMutablePointer<VersionedReader<Point>>
  let view: any StateView
  let memory: UnsafeMutablePointer<Memory>
  /// Where its versions are.
  var accountWrites = PlainList<AccountWritten<Point>>()
  var slotWrites = PlainList<SlotWritten<Point>>()
  /// The gas that the block must have left for the transactions, each with its limit.
  var gasNeeded: UInt64 = 0
  /// What each transaction changed, where access lists are made.
  private var changes: [AccessRecord] = []
  /// By how much the words of counters in `changes` are off.
  private var shifts: [StorageKey: UInt256] = [:]
  /// The filter over the logs.
  var bloom = Bloom()

  init(
    machine: EVM, memoryLimit: Int, memory: UnsafeMutablePointer<Memory>,
    records: UnsafeMutablePointer<WorkerRecords<Point>>
  ) {
    self.memory = memory
    reader = .allocate(capacity: 1)
    reader.initialize(to: VersionedReader(memory: memory, records: records))
    view = Point.view(reader)
    executor = TransactionExecutor(machine: machine, memoryLimit: memoryLimit)
  }

  deinit {
    reader.deinitialize(count: 1)
    reader.deallocate()
  }

  /// Makes ready for a block which the machine has begun.
  func begin(_ block: BlockEnvironment, rules: TransactionRules, listsAccesses: Bool) {
    executor.join(block, rules: rules, on: view)
    executor.state.recorder = listsAccesses ? ChangeRecorder() : nil
    reader.pointee.coinbase = block.coinbase
  }

  /// Forgets the last batch.
  mutating func clear() {
    accountWrites.removeAll()
    slotWrites.removeAll()
    gasNeeded = 0
    if let recorder = executor.state.recorder {
      recorder.removeAll()
      changes.removeAll(keepingCapacity: true)
      shifts.removeAll(keepingCapacity: true)
    }
    if !bloom.isEmpty { bloom = Bloom() }
    executor.state.forget()
    if executor.state.hasNoRoom {
      executor.state.reset(view: view, rules: AccountRules(executor.rules.fork))
    }
  }

  /// Notes what the transaction that ended last changed, where access lists are made. Until then so
  /// many fees were put off.
  mutating func noteChanges(feesBefore: UInt256?) {
    guard let recorder = executor.state.recorder else { return }
    var record = AccessRecord(recorder)
    recorder.removeAll()
    // The list tells every code, also one that the next transaction of the batch replaces.
    for change in record.accounts {
      if let hash = change.codeHash, let code = executor.state.newCode(hash) {
        memory.pointee.codes.insert(code)
      }
    }
    if let fees = executor.deferredFees {
      record.pay(fees &- (feesBefore ?? .zero), to: reader.pointee.coinbase)
    }
    changes.append(record)
  }

  /// Notes by how much the words of counters are off that others have changed since they were read: also
  /// of those that are left as they were found, but not by each transaction.
  mutating func noteShifts() {
    guard executor.state.recorder != nil else { return }
    for entry in executor.state.slotEntries where entry.isObserved && entry.isCounter {
      guard
        let location = reader.pointee.answers[Int(entry.readNumber)].location?
          .assumingMemoryBound(to: Memory.SlotRecord.self),
        let now = try? memory.pointee.word(of: location, before: reader.pointee.place),
        now != entry.start
      else { continue }
      let owner = executor.state.accountEntries[Int(entry.account)].address
      shifts[StorageKey(address: owner, slot: entry.slot)] = now &- entry.start
    }
  }

  /// Adds what was done to the list of the block's accesses.
  func list(in builder: inout AccessListBuilder) {
    guard executor.state.recorder != nil else { return }
    for (offset, record) in changes.enumerated() {
      let record = shifts.isEmpty ? record : record.shifted(by: shifts)
      builder.add(record, at: reader.pointee.place &+ UInt32(offset))
    }
    builder.addAccesses(of: executor.state)
  }

  /// Whether the coinbase was changed otherwise than by fees that are told apart.
  var writesCoinbase: Bool {
    guard let entries = executor.state.accountEntries.baseAddress else { return false }
    for index in 0..<accountWrites.count
    where entries[accountWrites[index].entry].address == reader.pointee.coinbase {
      return true
    }
    return false
  }

  /// Says of everything that was written how far it is to be believed.
  func mark(_ state: UInt) {
    let place = reader.pointee.place
    for index in 0..<accountWrites.count {
      accountWrites[index].version.pointee.mark(state, at: place)
    }
    for index in 0..<slotWrites.count {
      slotWrites[index].version.pointee.mark(state, at: place)
    }
  }
}

/// A written account: the entry of the state, and the version made of it.
struct AccountWritten<Point: SchedulingPoint>: BitwiseCopyable {
  let entry: Int
  let version: UnsafeMutablePointer<Version<AccountWrite, Point>>
}

/// A written slot: the entry of the state, and the version made of it.
struct SlotWritten<Point: SchedulingPoint>: BitwiseCopyable {
  let entry: Int
  let version: UnsafeMutablePointer<Version<SlotWrite, Point>>
}
