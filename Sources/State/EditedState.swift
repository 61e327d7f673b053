// A state with changes that were made from outside, over the state that has them not.

public import Ledger
public import Primitives

/// A state as it is after `edits`, which stand beside the state that they change.
///
/// Any thread may read, as far as that holds of the state below.
public final class EditedState: StateView, @unchecked Sendable {
  private let base: any StateView
  private let edits: AccountEdits

  /// The state `base` with `edits` made.
  public init(_ base: any StateView, edits: AccountEdits) {
    self.base = base
    self.edits = edits
  }

  /// The state `base` with `edits` made.
  public convenience init(_ base: any StateView, edits: StateDiff) {
    self.init(base, edits: AccountEdits(edits))
  }

  /// The account, or nil when there is none.
  public func account(_ address: Address) throws(StateReadError) -> Account? {
    if let account = edits.account(address) { return account }
    return try base.account(address)
  }

  /// The word in `slot` of the account, zero when nothing was ever written there.
  public func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    if let word = editedWord(address, slot) { return word }
    return try base.storage(address, slot)
  }

  /// The word in `slot`, and whether others are about to change it.
  public func contendedStorage(
    _ address: Address, _ slot: UInt256
  ) throws(StateReadError) -> (word: UInt256, isContended: Bool) {
    if let word = editedWord(address, slot) { return (word, false) }
    return try base.contendedStorage(address, slot)
  }

  private func editedWord(_ address: Address, _ slot: UInt256) -> UInt256? {
    guard let entry = edits.entries[address] else { return nil }
    return entry.words[slot] ?? (entry.wipesStorage ? .zero : nil)
  }

  /// Whether any slot of the account is not zero. Where edits clear slots one by one, those that the state
  /// below has may all be among them; they count.
  public func hasStorage(_ address: Address) throws(StateReadError) -> Bool {
    if let entry = edits.entries[address] {
      if entry.words.values.contains(where: { !$0.isZero }) { return true }
      if entry.wipesStorage { return false }
    }
    return try base.hasStorage(address)
  }

  /// The code with this hash.
  public func code(_ hash: Hash256) throws(StateReadError) -> Code {
    if let code = edits.code(hash) { return code }
    return try base.code(hash)
  }

  /// The code with this hash, uncounted.
  public func codeReference(_ hash: Hash256) throws(StateReadError) -> CodeReference {
    if let code = edits.code(hash) { return code.reference }
    return try base.codeReference(hash)
  }

  /// The hash of block `number`, or nil when the state below does not know that block.
  public func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256? {
    try base.blockHash(number)
  }

  /// Lets the state below bring the accounts near.
  public func prefetch(_ addresses: UnsafeBufferPointer<Address>) { base.prefetch(addresses) }

  /// Lets the state below bring the slot near.
  public func prefetch(_ address: Address, _ slot: UInt256) { base.prefetch(address, slot) }

  /// What leads from the state below to this one with `diff` made: nothing is in it that comes to nothing.
  public func edits(followedBy diff: StateDiff) throws(StateReadError) -> StateDiff {
    var rest = Dictionary(uniqueKeysWithValues: diff.accounts.map { ($0.address, $0) })
    var changes: [AccountChange] = []
    for (address, edit) in edits.entries {
      let later = rest.removeValue(forKey: address)
      if let change = try joined(address, edit, later) { changes.append(change) }
    }
    return StateDiff(
      accounts: changes + Array(rest.values), codes: edits.allCodes + diff.codes)
  }

  private func joined(
    _ address: Address, _ edit: AccountEdits.Entry, _ later: AccountChange?
  ) throws(StateReadError) -> AccountChange? {
    let before = try base.account(address)
    let account = later == nil ? edit.account : later?.account
    guard let account else {
      return before == nil ? nil : AccountChange(address: address, account: nil)
    }
    var words = later?.wipesStorage == true ? [:] : edit.words
    for slot in later?.storage ?? [] { words[slot.slot] = slot.value }
    let wipes = edit.wipesStorage || later?.wipesStorage == true
    var slots: [SlotChange] = []
    for (slot, word) in words {
      let old = wipes ? .zero : try base.storage(address, slot)
      if word != old { slots.append(SlotChange(slot: slot, value: word)) }
    }
    if !wipes, slots.isEmpty, before == account { return nil }
    return AccountChange(address: address, account: account, wipesStorage: wipes, storage: slots)
  }
}
