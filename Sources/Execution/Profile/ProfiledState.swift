// The state between two transactions of a block that is being profiled, and who brought it about.

import Ledger
import Primitives
import State

/// A state with what the transactions so far have changed, and for each change by whom.
///
/// Transactions are numbered by their index; −1 stands for what came before them.
final class ProfiledState: StateView {
  /// What came before the transactions.
  static let beforeBlock = -1

  private let base: any StateView
  private var accounts: [Address: AccountHistory] = [:]
  private var slots: [StorageKey: SlotHistory] = [:]
  private var codes: [Hash256: Code] = [:]
  /// Whether slots are to be followed as counters.
  var isContended = false

  /// A state of which nothing has changed since `base`.
  init(_ base: any StateView) { self.base = base }

  /// What became of the account, if anything did.
  func history(of address: Address) -> AccountHistory? { accounts[address] }

  /// Who changed the slot last, unless it was wiped since.
  func lastWriter(of key: StorageKey) -> (index: Int, function: CalledFunction)? {
    guard let slot = slots[key], slot.generation == generation(of: key.address),
      let last = slot.changes.last
    else { return nil }
    return (last.writer, last.function)
  }

  /// Who changed the slot last from a word that is beyond `bounds` to what it is now.
  func lastWriter(
    of key: StorageKey, from bounds: CounterBounds
  ) -> (index: Int, function: CalledFunction)? {
    guard let slot = slots[key], slot.generation == generation(of: key.address),
      let change = slot.changes.last(where: { !bounds.contain($0.before, insteadOf: slot.word) })
    else { return nil }
    return (change.writer, change.function)
  }

  private func generation(of address: Address) -> UInt32 { accounts[address]?.generation ?? 0 }

  // MARK: - Changes

  /// Takes over what transaction `writer` has changed since the state last forgot; `function` tells
  /// of a slot who stored it.
  func commit(
    _ state: TransactionState, by writer: Int, function: (StorageKey) -> CalledFunction
  ) {
    let entries = state.accountEntries
    for entry in entries where entry.isLoaded {
      guard let change = AccountHistory.Change(entry) else { continue }
      accounts[entry.address, default: AccountHistory(entry)].apply(change, by: writer)
      if let code = state.newCode(entry.current.codeHash) { codes[code.hash] = code }
    }
    for slot in state.slotEntries where slot.generation != SlotEntry.neverRead {
      let owner = entries[Int(slot.account)]
      guard slot.current != slot.start, slot.generation == owner.generation else { continue }
      let key = StorageKey(address: owner.address, slot: slot.slot)
      let generation = generation(of: owner.address)
      if slots[key]?.generation != generation { slots[key] = SlotHistory(generation: generation) }
      slots[key]?.changes.append((slot.start, writer, function(key)))
      slots[key]?.word = slot.current
    }
  }

  /// Pays what the coinbase has earned by transaction `writer` beside its changes.
  func pay(_ fee: UInt256, to coinbase: Address, by writer: Int) throws(StateReadError) {
    if fee.isZero { return }
    if accounts[coinbase] == nil {
      accounts[coinbase] = AccountHistory(try base.account(coinbase))
    }
    accounts[coinbase]?.earn(fee, by: writer)
  }

  // MARK: - Answers

  func account(_ address: Address) throws(StateReadError) -> Account? {
    guard let history = accounts[address] else { return try base.account(address) }
    return history.exists ? history.current : nil
  }

  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    let generation = generation(of: address)
    let known = slots[StorageKey(address: address, slot: slot)]
    if let known, known.generation == generation { return known.word }
    return generation == 0 ? try base.storage(address, slot) : .zero
  }

  func contendedStorage(
    _ address: Address, _ slot: UInt256
  ) throws(StateReadError) -> (word: UInt256, isContended: Bool) {
    (try storage(address, slot), isContended)
  }

  func hasStorage(_ address: Address) throws(StateReadError) -> Bool {
    generation(of: address) == 0 ? try base.hasStorage(address) : false
  }

  func code(_ hash: Hash256) throws(StateReadError) -> Code {
    if let code = codes[hash] { return code }
    return try base.code(hash)
  }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256? {
    try base.blockHash(number)
  }
}

/// A slot that was changed.
private struct SlotHistory {
  /// How often the storage had been wiped then.
  let generation: UInt32
  var word = UInt256.zero
  /// What stood there before each change, and who made it.
  var changes: [(before: UInt256, writer: Int, function: CalledFunction)] = []
}
