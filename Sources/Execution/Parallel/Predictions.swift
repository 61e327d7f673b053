// What a block access list says beforehand: guesses, never trusted.

import Ledger
import Primitives
import State

/// What a location is said to hold after each place that changes it, by rising place, in memory that
/// lasts as long as the block.
///
/// Who reads ahead of the turn believes it, and so depends on nobody who is under way; when the turn
/// has come, what was seen is compared with what stands there, as always.
struct Predictions<Value: BitwiseCopyable>: BitwiseCopyable {
  struct Step: BitwiseCopyable {
    let place: Place
    let value: Value
  }

  private let steps: UnsafePointer<Step>
  private let count: Int

  init(_ steps: UnsafePointer<Step>, count: Int) {
    self.steps = steps
    self.count = count
  }

  /// What stands before `place`; nil for what stood there before the block.
  func value(before place: Place) -> Value? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if steps[middle].place < place { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : steps[low - 1].value
  }
}

/// What is said of an account: the parts that were changed so far, the others are as before the block.
struct PredictedAccount: BitwiseCopyable {
  var aspects: AccountAspects = []
  var account = Account()
}

extension MultiVersionMemory {
  /// Takes what `list` says for what will happen, as long as that proves right. Made in `records`
  /// before the block begins.
  mutating func predict(
    _ list: BlockAccessList, in records: UnsafeMutablePointer<WorkerRecords<Point>>
  ) {
    for entry in list.accounts {
      let location = accounts.intern(entry.address, in: &records.pointee.accounts)
      let stored = entry.codeChanges.map { Code.of($0.value) }
      for code in stored { codes.insert(code) }
      location.pointee.predictions = entry.predictions(stored, in: &records.pointee.arena)
      for slot in entry.storageChanges {
        let steps = records.pointee.arena.allocate(
          Predictions<UInt256>.Step.self, count: slot.changes.count)
        for (index, change) in slot.changes.enumerated() {
          (steps + index).initialize(to: .init(place: change.index, value: change.value))
        }
        slots.intern(NumberedSlot(slot.slot, of: location), in: &records.pointee.slots)
          .pointee.predictions = Predictions(steps, count: slot.changes.count)
      }
    }
    trust.store(Self.initialTrust)
  }

  /// So many batches may prove wrong, or come to a stop, before nothing of a list is believed any more.
  private static var initialTrust: UInt { 8 }

  /// Notes that a batch was wrong, or could not be executed ahead: with a list that is right, all can.
  /// Called by who holds the line.
  func noteWrong() {
    let trust = trust.load()
    if trust > 0 { self.trust.store(trust - 1) }
  }

  /// The account before `place` as it was foretold; nil where nothing was.
  func predictedSnapshot(
    of location: UnsafeMutablePointer<AccountRecord>, before place: Place
  ) throws(StateReadError) -> AccountSnapshot? {
    guard let predictions = location.pointee.predictions else { return nil }
    var found = try readBase(location)
    guard let step = predictions.value(before: place) else { return found }
    if step.aspects.contains(.balance) { found.account.balance = step.account.balance }
    if step.aspects.contains(.nonce) { found.account.nonce = step.account.nonce }
    if step.aspects.contains(.code) { found.account.codeHash = step.account.codeHash }
    found.exists = !found.account.isEmpty
    return found
  }

  /// The word before `place` as it was foretold; nil where nothing was.
  func predictedWord(
    of location: UnsafeMutablePointer<SlotRecord>, before place: Place
  ) throws(StateReadError) -> UInt256? {
    guard let predictions = location.pointee.predictions else { return nil }
    if let word = predictions.value(before: place) { return word }
    return try baseWord(of: location)
  }
}

extension AccountAccess {
  /// What the account is said to become, with these codes; nil if it does not change.
  fileprivate func predictions(
    _ stored: [Code], in arena: inout Arena
  ) -> Predictions<PredictedAccount>? {
    let count = balanceChanges.count + nonceChanges.count + codeChanges.count
    if count == 0 { return nil }
    let steps = arena.allocate(Predictions<PredictedAccount>.Step.self, count: count)
    var now = PredictedAccount()
    var (balance, nonce, code) = (0, 0, 0)
    var made = 0
    while balance + nonce + code < count {
      let place = min(
        balanceChanges.place(balance), nonceChanges.place(nonce), codeChanges.place(code))
      if balanceChanges.place(balance) == place, balance < balanceChanges.count {
        now.account.balance = balanceChanges[balance].value
        now.aspects.formUnion(.balance)
        balance += 1
      }
      if nonceChanges.place(nonce) == place, nonce < nonceChanges.count {
        now.account.nonce = nonceChanges[nonce].value
        now.aspects.formUnion(.nonce)
        nonce += 1
      }
      if codeChanges.place(code) == place, code < codeChanges.count {
        now.account.codeHash = stored[code].hash
        now.aspects.formUnion(.code)
        code += 1
      }
      (steps + made).initialize(to: .init(place: place, value: now))
      made += 1
    }
    return Predictions(steps, count: made)
  }
}

extension Array {
  /// The place of a change; beyond all where there is none.
  fileprivate func place<Value>(_ index: Int) -> Place where Element == IndexedChange<Value> {
    index < count ? self[index].index : .max
  }
}
