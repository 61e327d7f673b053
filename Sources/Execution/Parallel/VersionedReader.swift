// The state as a batch of transactions finds it, perhaps ahead of its turn.

import Ledger
import Primitives
import State

/// What a batch sees of a `MultiVersionMemory`: what the transactions before it have written so far.
/// The answers are kept in the order of the questions, to be looked at again when the turn of the
/// batch has come.
struct VersionedReader<Point: SchedulingPoint>: ~Copyable {
  typealias Memory = MultiVersionMemory<Point>

  /// A question that was answered.
  struct Answer: BitwiseCopyable {
    /// The `AccountLocation` or `SlotLocation`; nil where there was no answer.
    let location: UnsafeMutableRawPointer?
    /// What stood first: see `Sight`.
    var sight: UInt
    /// How often the account's storage had been wiped; 0 for slots.
    let generation: UInt32
  }

  let memory: UnsafeMutablePointer<Memory>
  /// The locations that this worker was the first to ask for.
  let records: UnsafeMutablePointer<WorkerRecords<Point>>
  var answers = PlainList<Answer>(capacity: 256)
  /// Where the batch stands.
  private(set) var place: Place = 0
  /// How the batch is counted among the batches, as far as its turn has not come.
  private var number = 0
  private var isAhead = false
  /// Whether the batch was put off because of an earlier one that asked for the same.
  private(set) var isInLine = false
  private var batches: UnsafeMutablePointer<Batch<Point>>?
  /// Whose nonce is known without looking, if all goes well, and what it is.
  private var prediction: (sender: Address, nonce: UInt64)?
  /// Whose earnings are known apart.
  var coinbase = Address.zero
  /// What the coinbase earned that no version tells.
  var fees = UInt256.zero
  /// What of it was told, when it was asked for.
  private(set) var toldFees = UInt256.zero

  /// Whose storage was asked for last.
  private var lastOwner: UnsafeMutablePointer<AccountLocation<Point>>?

  init(
    memory: UnsafeMutablePointer<Memory>, records: UnsafeMutablePointer<WorkerRecords<Point>>
  ) {
    self.memory = memory
    self.records = records
  }

  /// Begins what stands at `place`, when all before it is final.
  mutating func beginInTurn(
    _ place: Place, number: Int, of batches: UnsafeMutablePointer<Batch<Point>>?
  ) {
    self.place = place
    self.number = number
    self.batches = batches
    isAhead = false
    isInLine = false
    prediction = nil
    fees = .zero
    toldFees = .zero
    lastOwner = nil
    answers.removeAll()
  }

  /// Begins batch `number` ahead of its turn.
  mutating func beginAhead(
    _ place: Place, number: Int, of batches: UnsafeMutablePointer<Batch<Point>>
  ) {
    beginInTurn(place, number: number, of: batches)
    isAhead = true
  }

  /// Supposes that the nonce of `sender` will be this one when the turn has come.
  @inline(__always)
  mutating func predict(_ nonce: UInt64, of sender: Address) { prediction = (sender, nonce) }

  /// Notes that the answer to question `number` was corrected by a prediction.
  mutating func distrust(_ number: UInt32) { answers[Int(number)].sight = Sight.unclear }

  mutating func account(_ address: Address) throws(StateReadError) -> Account? {
    let location = memory.pointee.accounts.intern(address, in: &records.pointee.accounts)
    var sight = Sight.base
    do throws(StateReadError) {
      var found: AccountSnapshot
      if isAhead, memory.pointee.trust.load() != 0,
        let predicted = try memory.pointee.predictedSnapshot(of: location, before: place)
      {
        found = predicted
        sight = Sight.unclear
      } else {
        try stopIfContended(location.pointee.heat)
        found = try memory.pointee.snapshot(of: location, before: place, sight: &sight)
      }
      if address == coinbase {
        found.account.balance = found.account.balance &+ fees
        toldFees = fees
        sight = Sight.unclear
      }
      if let prediction, prediction.sender == address, found.exists,
        found.account.nonce != prediction.nonce
      {
        found.account.nonce = prediction.nonce
        sight = Sight.unclear
      }
      answers.append(
        Answer(
          location: UnsafeMutableRawPointer(location), sight: sight, generation: found.generation))
      return found.exists ? found.account : nil
    } catch {
      answers.append(Answer(location: nil, sight: Sight.unclear, generation: 0))
      throw error
    }
  }

  mutating func storage(
    _ address: Address, _ slot: UInt256
  ) throws(StateReadError) -> (word: UInt256, isContended: Bool) {
    // While the location is being looked for: most slots are asked for once in a block.
    memory.pointee.prefetch(address, slot)
    let owner = owner(address)
    let location = memory.pointee.slots.intern(
      NumberedSlot(slot, of: owner), in: &records.pointee.slots)
    var sight = Sight.base
    do throws(StateReadError) {
      if isAhead, memory.pointee.trust.load() != 0,
        let word = try memory.pointee.predictedWord(of: location, before: place)
      {
        answers.append(
          Answer(
            location: UnsafeMutableRawPointer(location), sight: Sight.unclear, generation: 0))
        return (word, false)
      }
      let isCounter = mayBeCounter(location)
      if !isCounter { try stopIfContended(location.pointee.heat) }
      let word = try memory.pointee.word(
        of: location, before: place, stoppingAtEstimates: isAhead && !isCounter, sight: &sight)
      answers.append(
        Answer(location: UnsafeMutableRawPointer(location), sight: sight, generation: 0))
      return (word, isCounter && isAhead)
    } catch {
      answers.append(Answer(location: nil, sight: Sight.unclear, generation: 0))
      throw error
    }
  }

  /// Whether a slot should be followed as a counter.
  @inline(__always)
  private func mayBeCounter(_ location: UnsafeMutablePointer<SlotLocation<Point>>) -> Bool {
    let heat = location.pointee.heat.load()
    return heat == Heat.counter || heat == Heat.cold && memory.pointee.suspectsCounters
  }

  /// The location of the account whose storage is asked for, often the same many times.
  @inline(__always)
  private mutating func owner(
    _ address: Address
  ) -> UnsafeMutablePointer<AccountLocation<Point>> {
    if let lastOwner, lastOwner.pointee.key == address { return lastOwner }
    let location = memory.pointee.accounts.intern(address, in: &records.pointee.accounts)
    lastOwner = location
    return location
  }

  func hasStorage(_ address: Address) throws(StateReadError) -> Bool {
    // By what was told of the account, which is what will be checked.
    let location = memory.pointee.accounts.find(address)
    for index in 0..<answers.count
    where answers[index].location == location.map({ UnsafeMutableRawPointer($0) }) {
      if answers[index].generation > 0 { return false }
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

  // MARK: - Contended locations

  /// Puts the batch off where an earlier one that is under way has asked for the same location, and
  /// the location has made somebody execute in vain before.
  @inline(__always)
  private mutating func stopIfContended(_ heat: borrowing SharedWord<Point>) throws(StateReadError)
  {
    if memory.pointee.hasHeat.load() == 0 { return }
    let word = heat.load()
    if word != Heat.cold, isContended(heat, word) {
      isInLine = true
      throw .deferred
    }
  }

  /// Whether one of the slots that a transaction says it will access (EIP-2930) is such a location.
  func mustWait(for transaction: UnsafePointer<Transaction>) -> Bool {
    if memory.pointee.hasHeat.load() == 0 || memory.pointee.trust.load() != 0 { return false }
    for entry in transaction.pointee.accessList {
      guard let owner = memory.pointee.accounts.find(entry.address) else { continue }
      for slot in entry.slots {
        guard let location = memory.pointee.slots.find(NumberedSlot(slot, of: owner)) else {
          continue
        }
        let heat = location.pointee.heat.load()
        if heat >= Heat.hot, isContended(location.pointee.heat, heat) { return true }
      }
    }
    return false
  }

  @inline(never)
  private func isContended(_ heat: borrowing SharedWord<Point>, _ word: UInt) -> Bool {
    guard let batches else { return false }
    let last = Heat.batch(word)
    if let last, last > number { return false }
    heat.store(Heat.asked(by: number))
    guard isAhead else { return false }
    if let last, last < number, isUnderWay(batches + last) { return true }
    // One that began at the same time, and calls the same, has perhaps not come to ask.
    let target = (batches + number).pointee.target.load()
    if target == 0 { return false }
    for other in max(0, number - Self.lookBack)..<number
    where (batches + other).pointee.target.load() == target {
      if isUnderWay(batches + other) { return true }
    }
    return false
  }

  private func isUnderWay(_ batch: UnsafeMutablePointer<Batch<Point>>) -> Bool {
    let status = batch.pointee.status.load()
    return status == BatchStatus.running || status == BatchStatus.deferred
  }

  /// How many batches at most are looked at for one that will ask for the same.
  private static var lookBack: Int { 16 }
}

/// What of a location a transaction saw first, for finding out cheaply that it still stands there:
/// the address of a version, or one of these.
enum Sight {
  /// The state before the block.
  static var base: UInt { 0 }
  /// Nothing that an address could tell: what was seen must be compared.
  static var unclear: UInt { 1 }
}

/// Whether a location has made somebody execute in vain, and which batch asked for it last.
enum Heat {
  static var cold: UInt { 0 }
  /// A slot that is followed as a counter, since it may be one.
  static var counter: UInt { 1 }
  /// A location whose exact value matters; nobody has asked for it since that was found out.
  static var hot: UInt { 2 }

  static func asked(by batch: Int) -> UInt { UInt(bitPattern: batch) &+ 3 }

  static func batch(_ word: UInt) -> Int? { word < 3 ? nil : Int(bitPattern: word &- 3) }
}

/// What one worker keeps for the length of a block, in raw memory.
struct WorkerRecords<Point: SchedulingPoint>: ~Copyable {
  var arena = Arena()
  var accounts = LocationRecords<AccountLocation<Point>>()
  var slots = LocationRecords<SlotLocation<Point>>()
  /// The codes that this worker has used: asking the state for them counts a shared reference.
  var codes = FlatTable<Hash256, CodeReference>()

  init() {}

  /// Forgets the block.
  mutating func reset() {
    arena.reset()
    accounts.reset()
    slots.reset()
    codes = FlatTable()
  }
}
