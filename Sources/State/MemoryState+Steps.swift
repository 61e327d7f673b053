// Diffs that lead back, and from one to another.

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
    StateDiff(
      from: earlier, to: later, inverse: { inverse(of: $0) }, word: { storage($0, $1) })
  }
}
