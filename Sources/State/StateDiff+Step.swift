// From one diff to another.

internal import Ledger
internal import Primitives

extension StateView {
  /// What leads from this state with `earlier` applied to this state with `later` applied, where both
  /// are diffs of the same block at different times: a wipe in `earlier` is one in `later` too.
  public func step(
    from earlier: StateDiff, to later: StateDiff
  ) throws(StateReadError) -> StateDiff {
    try StateDiff(
      from: earlier, to: later,
      inverse: { (change) throws(StateReadError) in try inverse(of: change) },
      word: { (address, slot) throws(StateReadError) in try storage(address, slot) })
  }

  /// What undoes a change that wipes nothing.
  private func inverse(of change: AccountChange) throws(StateReadError) -> AccountChange {
    guard let before = try account(change.address) else {
      return AccountChange(address: change.address, account: nil)
    }
    var slots: [SlotChange] = []
    for slot in change.storage {
      slots.append(
        SlotChange(slot: slot.slot, value: try storage(change.address, slot.slot)))
    }
    return AccountChange(address: change.address, account: before, storage: slots)
  }
}

extension StateDiff {
  /// What leads from `earlier` to `later`, both of them changes of one state, in which `word` says what
  /// stands, and `inverse` what undoes a change.
  init<Failure: Error>(
    from earlier: StateDiff, to later: StateDiff,
    inverse: (AccountChange) throws(Failure) -> AccountChange,
    word: (Address, UInt256) throws(Failure) -> UInt256
  ) throws(Failure) {
    var changes: [AccountChange] = []
    var news = later.accounts[...]
    for old in earlier.accounts {
      while let new = news.first, new.address < old.address {
        changes.append(new)
        news.removeFirst()
      }
      guard let new = news.first, new.address == old.address else {
        changes.append(try inverse(old))
        continue
      }
      news.removeFirst()
      if new == old { continue }
      var storage = new.storage
      if !new.wipesStorage {
        // What only the earlier one changed goes back to what it was.
        let kept = Set(storage.map(\.slot))
        for slot in old.storage where !kept.contains(slot.slot) {
          storage.append(SlotChange(slot: slot.slot, value: try word(old.address, slot.slot)))
        }
      }
      changes.append(
        AccountChange(
          address: new.address, account: new.account, wipesStorage: new.wipesStorage,
          storage: storage))
    }
    self.init(accounts: changes + news, codes: later.codes)
  }
}
