// The state as one transaction finds it, perhaps ahead of its turn.

import Ledger
import Primitives
import State

/// What one worker's transaction sees of a `MultiVersionMemory`: what the transactions below it have
/// written so far. The answers are kept in the order of the questions, to be looked at again when
/// the turn of the transaction has come.
struct VersionedReader<Point: SchedulingPoint>: ~Copyable {
  typealias Memory = MultiVersionMemory<Point>

  /// A question that was answered.
  struct Answer: BitwiseCopyable {
    /// The `AccountLocation` or `SlotLocation`.
    let location: UnsafeMutableRawPointer
    /// How often the account's storage had been wiped; 0 for slots.
    let generation: UInt32
  }

  let memory: UnsafeMutablePointer<Memory>
  /// The locations that this worker was the first to ask for.
  let records: UnsafeMutablePointer<WorkerRecords<Point>>
  /// Which transaction asks.
  private(set) var place: UInt32 = 0
  /// Its sender, when an earlier transaction of the same sender is not yet committed, and the nonce
  /// that it will have then, if all goes well.
  private var prediction: (sender: Address, nonce: UInt64)?
  /// Whose earnings are known apart.
  var coinbase = Address.zero
  /// What the coinbase earned that no version tells, where that is known.
  private var fees: UInt256 = .zero

  init(
    memory: UnsafeMutablePointer<Memory>, records: UnsafeMutablePointer<WorkerRecords<Point>>
  ) {
    self.memory = memory
    self.records = records
  }

  /// Begins a transaction.
  mutating func begin(
    _ place: UInt32, prediction: (sender: Address, nonce: UInt64)? = nil, fees: UInt256 = .zero
  ) {
    self.place = place
    self.prediction = prediction
    self.fees = fees
    records.pointee.answers.removeAll()
  }

  /// The answer to question `number` of the transaction.
  @inline(__always)
  func answer(_ number: UInt32) -> Answer { records.pointee.answers[number] }

  func account(_ address: Address) throws(StateReadError) -> Account? {
    let location = memory.pointee.accounts.intern(address, in: &records.pointee.accounts)
    var snapshot = AccountSnapshot()
    defer {
      records.pointee.answers.append(
        Answer(location: UnsafeMutableRawPointer(location), generation: snapshot.generation))
    }
    snapshot = try memory.pointee.snapshot(of: location, before: place)
    if address == coinbase { snapshot.account.balance = snapshot.account.balance &+ fees }
    guard snapshot.exists else { return nil }
    if let prediction, prediction.sender == address { snapshot.account.nonce = prediction.nonce }
    return snapshot.account
  }

  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    let owner = memory.pointee.accounts.intern(address, in: &records.pointee.accounts)
    let location = memory.pointee.slots.intern(
      StorageKey(address: address, slot: slot), in: &records.pointee.slots)
    records.pointee.answers.append(
      Answer(location: UnsafeMutableRawPointer(location), generation: 0))
    return try memory.pointee.word(of: location, ownedBy: owner, before: place)
  }

  func hasStorage(_ address: Address) throws(StateReadError) -> Bool {
    let location = memory.pointee.accounts.intern(address, in: &records.pointee.accounts)
    if location.pointee.wipes.load() != 0,
      try memory.pointee.snapshot(of: location, before: place).generation > 0
    {
      return false
    }
    return try memory.pointee.view.hasStorage(address)
  }

  func code(_ hash: Hash256) throws(StateReadError) -> Code {
    if let code = memory.pointee.codes.find(hash) { return code }
    return try memory.pointee.view.code(hash)
  }

  func codeReference(_ hash: Hash256) throws(StateReadError) -> CodeReference {
    if let known = records.pointee.codes.find(hash) { return known.pointee }
    let reference = try code(hash).reference
    records.pointee.codes.update(hash, reference)
    return reference
  }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256? {
    try memory.pointee.view.blockHash(number)
  }
}

/// What one worker keeps for the length of a block, in raw memory.
struct WorkerRecords<Point: SchedulingPoint>: ~Copyable {
  var arena = Arena()
  var accounts = LocationRecords<AccountLocation<Point>>()
  var slots = LocationRecords<SlotLocation<Point>>()
  var answers = AnswerList<Point>()
  /// The codes that this worker has used: asking the state for them counts a shared reference.
  var codes = FlatTable<Hash256, CodeReference>()

  init() {}

  /// Forgets the block.
  mutating func reset() {
    arena.reset()
    accounts.reset()
    slots.reset()
    answers.removeAll()
    codes = FlatTable()
  }
}

/// The answers that a transaction got.
struct AnswerList<Point: SchedulingPoint>: ~Copyable {
  typealias Answer = VersionedReader<Point>.Answer

  private var base: UnsafeMutablePointer<Answer>
  private var capacity = 256
  private var count = 0

  init() { base = .allocate(capacity: capacity) }

  deinit { base.deallocate() }

  @inline(__always)
  subscript(number: UInt32) -> Answer { base[Int(number)] }

  @inline(__always)
  mutating func append(_ answer: Answer) {
    if count == capacity { grow() }
    (base + count).initialize(to: answer)
    count += 1
  }

  mutating func removeAll() { count = 0 }

  @inline(never)
  private mutating func grow() {
    let wider = UnsafeMutablePointer<Answer>.allocate(capacity: capacity * 2)
    wider.moveInitialize(from: base, count: count)
    base.deallocate()
    base = wider
    capacity *= 2
  }
}

/// A `VersionedReader` as the state of a worker asks it.
///
/// Not generic: a state asks through an existential, and generic code behind one looks up its types
/// each time.
final class VersionedView: StateView {
  private let reader: UnsafeMutablePointer<VersionedReader<Unscheduled>>

  /// A view through a reader that lives longer.
  init(_ reader: UnsafeMutablePointer<VersionedReader<Unscheduled>>) { self.reader = reader }

  func account(_ address: Address) throws(StateReadError) -> Account? {
    try reader.pointee.account(address)
  }

  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    try reader.pointee.storage(address, slot)
  }

  func hasStorage(_ address: Address) throws(StateReadError) -> Bool {
    try reader.pointee.hasStorage(address)
  }

  func code(_ hash: Hash256) throws(StateReadError) -> Code { try reader.pointee.code(hash) }

  func codeReference(_ hash: Hash256) throws(StateReadError) -> CodeReference {
    try reader.pointee.codeReference(hash)
  }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256? {
    try reader.pointee.blockHash(number)
  }
}

/// The same for interleavings that are explored, where time does not matter.
final class ExploredView<Point: SchedulingPoint>: StateView {
  private let reader: UnsafeMutablePointer<VersionedReader<Point>>

  /// A view through a reader that lives longer.
  init(_ reader: UnsafeMutablePointer<VersionedReader<Point>>) { self.reader = reader }

  func account(_ address: Address) throws(StateReadError) -> Account? {
    try reader.pointee.account(address)
  }

  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    try reader.pointee.storage(address, slot)
  }

  func hasStorage(_ address: Address) throws(StateReadError) -> Bool {
    try reader.pointee.hasStorage(address)
  }

  func code(_ hash: Hash256) throws(StateReadError) -> Code { try reader.pointee.code(hash) }

  func codeReference(_ hash: Hash256) throws(StateReadError) -> CodeReference {
    try reader.pointee.codeReference(hash)
  }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256? {
    try reader.pointee.blockHash(number)
  }
}
