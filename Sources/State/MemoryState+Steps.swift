// Diffs that lead back, and from one diff to another.

internal import Ledger
import Primitives

extension MemoryState {
  /// What undoes `diff`, which is not applied yet.
  public func inverse(of diff: StateDiff) -> StateDiff {
    StateDiff(accounts: diff.accounts.map { inverse(of: $0) })
  }

  private func inverse(of change: AccountChange) -> AccountChange {
    let address = change.address
    guard let before = account(address) else {
      return AccountChange(address: address, account: nil)
    }
    var slots: [SlotChange] = []
    if change.wipesStorage {
      forEachSlot(of: address) { slots.append(SlotChange(slot: $0, value: $1)) }
    } else {
      slots = change.storage.map {
        SlotChange(slot: $0.slot, value: storage(address, $0.slot))
      }
    }
    return AccountChange(
      address: address, account: before, wipesStorage: change.wipesStorage, storage: slots)
  }

  /// What leads from this state with `earlier` applied to this state with `later` applied, where
  /// both are diffs of the same block at different times: a wipe in `earlier` is one in `later` too.
  public func step(from earlier: StateDiff, to later: StateDiff) -> StateDiff {
    var changes: [AccountChange] = []
    var olds = earlier.accounts[...]
    var news = later.accounts[...]
    while let old = olds.first {
      while let new = news.first, new.address < old.address {
        changes.append(new)
        news.removeFirst()
      }
      olds.removeFirst()
      guard let new = news.first, new.address == old.address else {
        changes.append(inverse(of: old))
        continue
      }
      news.removeFirst()
      if new != old { changes.append(step(from: old, to: new)) }
    }
    return StateDiff(accounts: changes + news, codes: later.codes)
  }

  private func step(from old: AccountChange, to new: AccountChange) -> AccountChange {
    if new.wipesStorage { return new }
    var storage = new.storage
    let kept = Set(new.storage.map(\.slot))
    for slot in old.storage where !kept.contains(slot.slot) {
      storage.append(SlotChange(slot: slot.slot, value: self.storage(new.address, slot.slot)))
    }
    return AccountChange(address: new.address, account: new.account, storage: storage)
  }
}
