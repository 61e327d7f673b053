// What one place of a block accessed and changed.

import Ledger
import Primitives
import State

/// The accesses of one place of a block: the protocol's before the transactions, a transaction's, or
/// the protocol's after them.
///
/// Balances are differences, so that a record made ahead of its turn holds whatever others have paid
/// into the account meanwhile.
struct AccessRecord {
  /// What changed of an account.
  struct Change {
    let address: Address
    /// What the balance grew by, modulo 2^256.
    var balanceDifference = UInt256.zero
    /// The nonce afterwards, where it changed.
    var nonce: UInt64?
    /// The hash of the code afterwards, where it changed.
    var codeHash: Hash256?
  }

  private(set) var accounts: [Change] = []
  private(set) var slots: [(key: StorageKey, word: UInt256)] = []
  /// The accounts that were accessed, whether or not they changed.
  private(set) var touched: [Address] = []
  /// The slots that were looked at, whether or not they changed.
  private(set) var seen: [StorageKey] = []

  /// Nothing.
  init() {}

  /// What `recorder` noted.
  init(_ recorder: ChangeRecorder) {
    for (address, step) in recorder.accounts {
      touched.append(address)
      guard step.isChange else { continue }
      var change = Change(address: address)
      change.balanceDifference = step.after.balance &- step.before.balance
      if step.after.nonce != step.before.nonce { change.nonce = step.after.nonce }
      if step.after.codeHash != step.before.codeHash { change.codeHash = step.after.codeHash }
      accounts.append(change)
    }
    for (key, step) in recorder.slots where step.isChange { slots.append((key, step.after)) }
  }

  /// Adds a fee that the coinbase got beside what was recorded.
  mutating func pay(_ fee: UInt256, to coinbase: Address) {
    touched.append(coinbase)
    accounts.append(Change(address: coinbase, balanceDifference: fee))
  }

  /// The same with these amounts added to the words of the slots.
  func shifted(by shifts: [StorageKey: UInt256]) -> AccessRecord {
    var record = self
    for index in record.slots.indices {
      guard let shift = shifts[record.slots[index].key] else { continue }
      record.slots[index].word = record.slots[index].word &+ shift
    }
    return record
  }

  /// Adds what `state` was asked for since it last forgot.
  mutating func addAccesses(of state: TransactionState) {
    let entries = state.accountEntries
    for entry in entries where entry.isAccessed { touched.append(entry.address) }
    for slot in state.slotEntries where slot.isObserved {
      seen.append(StorageKey(address: entries[Int(slot.account)].address, slot: slot.slot))
    }
  }
}
