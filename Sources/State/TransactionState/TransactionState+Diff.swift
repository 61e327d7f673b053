// What the block changed, at its end.

import Ledger
import Primitives

extension TransactionState {
  /// The changes since the view, of all transactions that have ended.
  public func diff() -> StateDiff {
    var changes: [AccountChange] = []
    var codes: [Code] = []
    for index in 0..<core.pointee.accounts.count {
      let entry = core.pointee.accounts.entries + index
      guard let change = change(of: entry) else { continue }
      changes.append(change)
      if let account = change.account, account.codeHash != entry.pointee.start.codeHash,
        let code = core.pointee.newCodes[account.codeHash]
      {
        codes.append(code)
      }
    }
    return StateDiff(accounts: changes, codes: codes)
  }

  private func change(of entry: UnsafePointer<AccountEntry>) -> AccountChange? {
    guard entry.pointee.exists else {
      return entry.pointee.existed
        ? AccountChange(address: entry.pointee.address, account: nil) : nil
    }
    let isWiped = entry.pointee.existed && entry.pointee.generation > 0
    let storage = storageChanges(of: entry)
    if !isWiped && storage.isEmpty && entry.pointee.existed
      && entry.pointee.current == entry.pointee.start
    {
      return nil
    }
    return AccountChange(
      address: entry.pointee.address, account: entry.pointee.current, wipesStorage: isWiped,
      storage: storage)
  }

  private func storageChanges(of entry: UnsafePointer<AccountEntry>) -> [SlotChange] {
    var changes: [SlotChange] = []
    var index = entry.pointee.lastSlot
    while index != AccountEntry.none {
      let slot = core.pointee.slots[index]
      index = slot.pointee.previous
      // A slot of an older generation went with the account's storage.
      guard slot.pointee.generation == entry.pointee.generation else { continue }
      if slot.pointee.current != (entry.pointee.generation == 0 ? slot.pointee.start : .zero) {
        changes.append(SlotChange(slot: slot.pointee.slot, value: slot.pointee.current))
      }
    }
    return changes
  }
}
