// The state after a block, by its access list alone.

internal import Crypto
public import Ledger
internal import Primitives

extension BlockAccessList {
  /// What a block with this list changes in the state that `view` shows: nothing is executed.
  ///
  /// The list is believed; that it is right is found out by executing the block. No storage is ever
  /// wiped, since contracts keep theirs from Cancun on.
  public func diff(over view: any StateView) throws(StateReadError) -> StateDiff {
    var changes: [AccountChange] = []
    var codes: [Code] = []
    for entry in accounts {
      let before = try view.account(entry.address)
      var account = before ?? Account()
      if let last = entry.balanceChanges.last { account.balance = last.value }
      if let last = entry.nonceChanges.last { account.nonce = last.value }
      if let last = entry.codeChanges.last {
        let code = Code.of(last.value)
        account.codeHash = code.hash
        if account.codeHash != (before ?? Account()).codeHash, !last.value.isEmpty {
          codes.append(code)
        }
      }
      if account.isEmpty {
        if before != nil { changes.append(AccountChange(address: entry.address, account: nil)) }
        continue
      }
      var storage: [SlotChange] = []
      for slot in entry.storageChanges {
        guard let last = slot.changes.last,
          try view.storage(entry.address, slot.slot) != last.value
        else { continue }
        storage.append(SlotChange(slot: slot.slot, value: last.value))
      }
      if account == before && storage.isEmpty { continue }
      changes.append(AccountChange(address: entry.address, account: account, storage: storage))
    }
    return StateDiff(accounts: changes, codes: codes)
  }
}
