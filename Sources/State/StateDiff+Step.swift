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
      account: { (address) throws(StateReadError) in try account(address) },
      word: { (address, slot) throws(StateReadError) in try storage(address, slot) })
  }
}

extension StateDiff {
  /// What leads from `earlier` to `later`, both of them changes of one state, in which `account` and
  /// `word` say what stands.
  init<Failure: Error>(
    from earlier: StateDiff, to later: StateDiff,
    account: (Address) throws(Failure) -> Account?,
    word: (Address, UInt256) throws(Failure) -> UInt256
  ) throws(Failure) {
    var changes: [AccountChange] = []
    var news = later.accounts[...]
    for old in earlier.accounts {
      while let new = news.first, new.address < old.address {
        changes.append(new)
        news.removeFirst()
      }
      let new = news.first?.address == old.address ? news.removeFirst() : nil
      if new == old { continue }
      if let new, new.wipesStorage {
        changes.append(new)
        continue
      }
      // What only the earlier one changed goes back to what it was.
      var storage = new?.storage ?? []
      let kept = Set(storage.map(\.slot))
      for slot in old.storage where !kept.contains(slot.slot) {
        storage.append(SlotChange(slot: slot.slot, value: try word(old.address, slot.slot)))
      }
      let after = new == nil ? try account(old.address) : new?.account
      changes.append(
        AccountChange(
          address: old.address, account: after, storage: after == nil ? [] : storage))
    }
    self.init(accounts: changes + news, codes: later.codes)
  }
}
