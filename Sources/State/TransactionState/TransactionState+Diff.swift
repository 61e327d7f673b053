// What the block changed, at its end.

import Ledger
import Primitives

extension TransactionState {
  /// The changes since the view, of all transactions that have ended.
  public func diff() -> StateDiff {
    var changes: [AccountChange] = []
    var codes: [Code] = []
    let entries = UnsafeBufferPointer(
      start: core.pointee.accounts.entries, count: core.pointee.accounts.count)
    for entry in entries {
      guard let change = change(of: entry) else { continue }
      changes.append(change)
      if let account = change.account, account.codeHash != entry.start.codeHash,
        let code = core.pointee.newCodes[account.codeHash]
      {
        codes.append(code)
      }
    }
    return StateDiff(accounts: changes, codes: codes)
  }

  private func change(of entry: AccountEntry) -> AccountChange? {
    guard entry.exists else {
      return entry.existed ? AccountChange(address: entry.address, account: nil) : nil
    }
    let isWiped = entry.existed && entry.generation > 0
    let storage = storageChanges(of: entry)
    if !isWiped && storage.isEmpty && entry.existed && entry.current == entry.start { return nil }
    return AccountChange(
      address: entry.address, account: entry.current, wipesStorage: isWiped, storage: storage)
  }

  private func storageChanges(of entry: AccountEntry) -> [SlotChange] {
    var changes: [SlotChange] = []
    var index = entry.lastSlot
    while index != AccountEntry.none {
      let slot = core.pointee.slots[index].pointee
      index = slot.previous
      // A slot of an older generation went with the account's storage.
      guard slot.generation == entry.generation else { continue }
      if slot.current != (entry.generation == 0 ? slot.start : .zero) {
        changes.append(SlotChange(slot: slot.slot, value: slot.current))
      }
    }
    return changes
  }
}
