// Changes of several blocks or transactions, put together.

internal import Ledger
internal import Primitives

/// What one diff after another comes to.
public struct MergedChanges: Sendable {
  /// What becomes of one account.
  struct Change {
    var account: Account?
    var wipesStorage: Bool
    var storage: [UInt256: UInt256]
  }

  private(set) var accounts: [Address: Change] = [:]
  private(set) var codes: [Hash256: Code] = [:]

  /// No changes.
  public init() {}

  /// Makes the changes of `diff` behind those that are there.
  public mutating func apply(_ diff: StateDiff) {
    for code in diff.codes { codes[code.hash] = code }
    for change in diff.accounts {
      var merged =
        accounts.removeValue(forKey: change.address)
        ?? Change(account: nil, wipesStorage: false, storage: [:])
      merged.account = change.account
      if change.wipesStorage {
        merged.wipesStorage = true
        merged.storage = [:]
      }
      for slot in change.storage { merged.storage[slot.slot] = slot.value }
      accounts[change.address] = merged
    }
  }

  /// All changes as one diff.
  public var diff: StateDiff {
    let changes = accounts.map { address, change in
      AccountChange(
        address: address, account: change.account, wipesStorage: change.wipesStorage,
        storage: change.storage.map { SlotChange(slot: $0.key, value: $0.value) })
    }
    return StateDiff(accounts: changes, codes: Array(codes.values))
  }
}
