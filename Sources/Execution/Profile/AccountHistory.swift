// What the transactions of a block did to one account.

import Ledger
import Primitives
import State

/// An account that changed in the block, and which transaction changed what of it last.
struct AccountHistory {
  private(set) var current: Account
  private(set) var exists: Bool
  /// How often the storage was wiped.
  private(set) var generation: UInt32 = 0
  /// Who changed the nonce last; nil when nobody did.
  private(set) var nonceWriter: Int?
  /// Who changed the code last.
  private(set) var codeWriter: Int?
  /// Who brought the account into being, or out of it, last.
  private(set) var existenceWriter: Int?
  /// Who made it empty, or something, last.
  private(set) var emptinessWriter: Int?
  /// All balances in turn, and by whom they were replaced.
  private var balances: [(before: UInt256, writer: Int)] = []

  /// The account as the first transaction that changes it finds it.
  init(_ entry: AccountEntry) {
    current = entry.start
    exists = entry.existed
  }

  /// The account as a view has it.
  init(_ account: Account?) {
    current = account ?? Account()
    exists = account != nil
  }

  /// Who changed the balance last.
  var balanceWriter: Int? { balances.last?.writer }

  /// Who made the balance last become at least `amount`, which it now is.
  func writer(ofBalanceAtLeast amount: UInt256) -> Int? {
    balances.last { $0.before < amount }?.writer
  }

  /// What one transaction did.
  struct Change {
    let account: Account
    let exists: Bool
    /// How often the storage was wiped.
    let wipes: UInt32

    /// What the entry tells; nil when nothing changed.
    init?(_ entry: AccountEntry) {
      if entry.current == entry.start && entry.exists == entry.existed && entry.generation == 0 {
        return nil
      }
      (account, exists, wipes) = (entry.current, entry.exists, entry.generation)
    }
  }

  mutating func apply(_ change: Change, by writer: Int) {
    if change.account.nonce != current.nonce { nonceWriter = writer }
    if change.account.codeHash != current.codeHash { codeWriter = writer }
    if change.account.isEmpty != current.isEmpty { emptinessWriter = writer }
    if change.exists != exists || change.wipes > 0 { existenceWriter = writer }
    note(change.account.balance, by: writer)
    current = change.account
    exists = change.exists
    generation += change.wipes
  }

  /// Adds to the balance of an account that exists and stays what it is otherwise.
  mutating func earn(_ fee: UInt256, by writer: Int) {
    note(current.balance &+ fee, by: writer)
    current.balance = current.balance &+ fee
  }

  private mutating func note(_ balance: UInt256, by writer: Int) {
    if balance != current.balance { balances.append((current.balance, writer)) }
  }
}
