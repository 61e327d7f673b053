// One thread's share of the parallel execution of a block.

import Crypto
import EVM
import Ledger
import Primitives
import State

/// Executes transactions ahead of their turn and publishes what they read and wrote.
final class Worker<Point: SchedulingPoint> {
  typealias Memory = MultiVersionMemory<Point>
  typealias Record = TransactionRecord<Point>

  let executor: TransactionExecutor
  let reader: UnsafeMutablePointer<VersionedReader<Point>>
  private let view: any StateView
  let records: UnsafeMutablePointer<WorkerRecords<Point>>
  private let memory: UnsafeMutablePointer<Memory>
  private let bloomMemo = KeccakMemo()

  init(memory: UnsafeMutablePointer<Memory>, memoryLimit: Int) {
    self.memory = memory
    records = .allocate(capacity: 1)
    records.initialize(to: WorkerRecords())
    reader = .allocate(capacity: 1)
    reader.initialize(to: VersionedReader(memory: memory, records: records))
    view = Point.view(reader)
    executor = TransactionExecutor(memoryLimit: memoryLimit)
  }

  deinit {
    reader.deinitialize(count: 1)
    reader.deallocate()
    records.deinitialize(count: 1)
    records.deallocate()
    bloomMemo.free()
  }

  /// Makes ready for a block.
  func begin(_ block: borrowing ExecutableBlock) {
    records.pointee.reset()
    reader.pointee.begin(0)
    executor.begin(block.environment, rules: block.rules, on: view)
    reader.pointee.coinbase = block.environment.coinbase
  }

  /// Executes the transaction at `place`, from 1, and publishes the outcome in `record`.
  func execute(
    _ transaction: borrowing Transaction, from sender: Address, at place: UInt32,
    _ turn: Turn, into record: UnsafeMutablePointer<Record>
  ) {
    switch turn {
    case .ahead(let nonce):
      reader.pointee.begin(place, prediction: nonce.map { (sender, $0) })
      executor.resume(gasUsed: 0, blobGasUsed: 0, defersFee: true)
    case .come(let line):
      reader.pointee.begin(place, fees: line.fees)
      executor.resume(
        gasUsed: line.gasUsed, blobGasUsed: line.blobGasUsed, defersFee: line.defersFees)
    }
    record.pointee.error = nil
    do throws(ExecutionError) {
      let outcome = try executor.execute(transaction, from: sender)
      record.pointee.gasUsed = outcome.gasUsed
      record.pointee.blobGasUsed = outcome.blobGasUsed
      record.pointee.fee = executor.deferredFee
      record.pointee.receipt = Receipt(
        kind: transaction.kind,
        outcome: executor.rules.receiptsHaveStatus
          ? .status(outcome.succeeded) : .stateRoot(.zero),
        cumulativeGasUsed: 0,
        bloom: outcome.logs.isEmpty ? Bloom() : Bloom(outcome.logs, memo: bloomMemo),
        logs: outcome.logs)
      publish(place, in: record)
    } catch {
      record.pointee.error = error
      record.pointee.receipt = nil
    }
    executor.state.forget()
    if executor.state.isExhausted {
      executor.state.reset(view: view, rules: AccountRules(executor.rules.fork))
    }
  }

  // MARK: - What was read and written

  /// Publishes what the state has read and written since it last forgot, as that of `place`.
  func publish(_ place: UInt32, in record: UnsafeMutablePointer<Record>) {
    let accounts = executor.state.accountEntries
    let slots = executor.state.slotEntries
    let accountReads = records.pointee.arena.allocate(
      AccountRead<Point>.self, count: accounts.count)
    let accountWrites = records.pointee.arena.allocate(
      Written<AccountLocation<Point>, AccountWrite>.self, count: accounts.count)
    var readCount = 0
    var writeCount = 0
    for index in accounts.indices where accounts[index].isLoaded {
      let entry = accounts.baseAddress.unsafelyUnwrapped + index
      let answer = reader.pointee.answer(entry.pointee.readNumber)
      let location = answer.location.assumingMemoryBound(to: AccountLocation<Point>.self)
      if let read = read(entry, location, answer.generation) {
        (accountReads + readCount).initialize(to: read)
        readCount += 1
      }
      if let write = write(entry) {
        let version = link(write, by: place, at: location)
        (accountWrites + writeCount).initialize(
          to: Written(location: location, version: version))
        writeCount += 1
      }
    }
    record.pointee.accountReads = UnsafeMutableBufferPointer(
      start: accountReads, count: readCount)
    record.pointee.accountWrites = UnsafeMutableBufferPointer(
      start: accountWrites, count: writeCount)
    publishSlots(slots, of: accounts, place, in: record)
  }

  private func read(
    _ entry: UnsafePointer<AccountEntry>,
    _ location: UnsafeMutablePointer<AccountLocation<Point>>, _ generation: UInt32
  ) -> AccountRead<Point>? {
    if entry.pointee.observed.isEmpty && entry.pointee.slack == AccountEntry.anything { return nil }
    return AccountRead(
      location: location, observed: entry.pointee.observed,
      seen: AccountSnapshot(
        account: entry.pointee.start, exists: entry.pointee.existed, generation: generation),
      slack: entry.pointee.slack)
  }

  private func write(_ entry: UnsafePointer<AccountEntry>) -> AccountWrite? {
    let start = entry.pointee.start
    let current = entry.pointee.current
    var aspects: AccountAspects = []
    if current.balance != start.balance { aspects.formUnion(.balance) }
    if current.nonce != start.nonce { aspects.formUnion(.nonce) }
    if current.codeHash != start.codeHash {
      aspects.formUnion(.code)
      if let code = executor.state.newCode(current.codeHash) { memory.pointee.codes.insert(code) }
    }
    let wipes = entry.pointee.generation
    if entry.pointee.exists != entry.pointee.existed || wipes > 0 { aspects.formUnion(.existence) }
    if aspects.isEmpty { return nil }
    return AccountWrite(
      aspects: aspects, balanceDifference: current.balance &- start.balance, nonce: current.nonce,
      codeHash: current.codeHash, exists: entry.pointee.exists, wipes: wipes)
  }

  private func link(
    _ write: AccountWrite, by place: UInt32,
    at location: UnsafeMutablePointer<AccountLocation<Point>>
  ) -> UnsafeMutablePointer<Memory.AccountVersion> {
    if write.wipes > 0 { _ = location.pointee.wipes.add(1) }
    let version = records.pointee.arena.allocate(Memory.AccountVersion.self)
    version.initialize(to: Version(place, write))
    VersionList.insert(version, at: location.pointee.versions)
    return version
  }

  private func publishSlots(
    _ slots: UnsafeBufferPointer<SlotEntry>, of accounts: UnsafeBufferPointer<AccountEntry>,
    _ place: UInt32, in record: UnsafeMutablePointer<Record>
  ) {
    let reads = records.pointee.arena.allocate(SlotRead<Point>.self, count: slots.count)
    let writes = records.pointee.arena.allocate(
      Written<SlotLocation<Point>, SlotWrite>.self, count: slots.count)
    var readCount = 0
    var writeCount = 0
    for index in slots.indices where slots[index].generation != SlotEntry.neverRead {
      let entry = slots.baseAddress.unsafelyUnwrapped + index
      let account = accounts.baseAddress.unsafelyUnwrapped + Int(entry.pointee.account)
      let owner = reader.pointee.answer(account.pointee.readNumber)
      let isAsked = entry.pointee.readNumber != AccountEntry.none
      let isWritten =
        entry.pointee.current != entry.pointee.start
        && entry.pointee.generation == account.pointee.generation
      guard isWritten || (isAsked && entry.pointee.isObserved) else { continue }
      let location =
        isAsked
        ? reader.pointee.answer(entry.pointee.readNumber).location
          .assumingMemoryBound(to: SlotLocation<Point>.self)
        : memory.pointee.slots.intern(
          StorageKey(address: account.pointee.address, slot: entry.pointee.slot),
          in: &records.pointee.slots)
      if isAsked && entry.pointee.isObserved {
        (reads + readCount).initialize(
          to: SlotRead(
            location: location,
            owner: owner.location.assumingMemoryBound(to: AccountLocation<Point>.self),
            word: entry.pointee.start))
        readCount += 1
      }
      if isWritten {
        let version = records.pointee.arena.allocate(Memory.SlotVersion.self)
        let write = SlotWrite(word: entry.pointee.current, generation: owner.generation)
        version.initialize(to: Version(place, write))
        VersionList.insert(version, at: location.pointee.versions)
        (writes + writeCount).initialize(to: Written(location: location, version: version))
        writeCount += 1
      }
    }
    record.pointee.slotReads = UnsafeMutableBufferPointer(start: reads, count: readCount)
    record.pointee.slotWrites = UnsafeMutableBufferPointer(start: writes, count: writeCount)
  }
}

/// Whether the turn of a transaction has come.
enum Turn {
  /// It is executed ahead of its turn. `nonce` is what its sender's will be, where it is not to be
  /// read because an earlier transaction of the same sender is on its way.
  case ahead(nonce: UInt64?)
  /// All transactions before it are committed, with these totals.
  case come(CommittedTotals)
}
