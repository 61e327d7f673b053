// What transactions changed, for who asks after each of them.

import Ledger
public import Primitives

/// Remembers what became of accounts and slots since it was last emptied, net of what was undone.
///
/// A `TransactionState` without a recorder pays nothing for there being one.
public final class ChangeRecorder {
  /// A value before and after.
  public struct Step<Value: Equatable> {
    /// What stood there when the recorder was empty.
    public let before: Value
    /// What stands there now.
    public fileprivate(set) var after: Value

    /// Whether anything came of it.
    public var isChange: Bool { before != after }
  }

  /// The accounts that were written. A deleted account is an empty one.
  public private(set) var accounts: [Address: Step<Account>] = [:]
  /// The slots that were written.
  public private(set) var slots: [StorageKey: Step<UInt256>] = [:]

  /// An empty recorder.
  public init() {}

  /// Forgets everything.
  public func removeAll() {
    accounts.removeAll(keepingCapacity: true)
    slots.removeAll(keepingCapacity: true)
  }

  func note(_ address: Address, before: Account, after: Account) {
    accounts[address, default: Step(before: before, after: after)].after = after
  }

  func note(_ key: StorageKey, before: UInt256, after: UInt256) {
    slots[key, default: Step(before: before, after: after)].after = after
  }
}

extension TransactionState {
  /// Who hears of what each transaction changed, when it has ended.
  public var recorder: ChangeRecorder? {
    get { core.pointee.recorder }
    set { core.pointee.recorder = newValue }
  }

  /// Tells the recorder what the transaction, which has ended, changed.
  ///
  /// Undone from now on back, the journal leads to the values before. An account that was deleted
  /// without a record had nothing: what SELFDESTRUCT takes from an account is recorded before, and
  /// what EIP-161 removes is empty.
  func record(to recorder: ChangeRecorder) {
    var accounts: [UInt32: Account] = [:]
    var slots: [UInt32: UInt256] = [:]
    func change(_ index: UInt32, _ body: (inout Account) -> Void) {
      body(&accounts[index, default: core.pointee.accounts[index].pointee.current])
    }
    var position = core.pointee.journal.count
    while position > 0 {
      position -= 1
      let record = core.pointee.journal.base[position]
      switch record.kind {
      case .balanceChanged: change(record.index) { $0.balance = record.previous }
      case .nonceChanged: change(record.index) { $0.nonce = record.previous.l0 }
      case .codeChanged: change(record.index) { $0.codeHash = Hash256(record.previous) }
      case .slotStored: slots[record.index] = record.previous
      case .accountWarmed, .slotWarmed, .appeared, .touched, .created, .destroyed, .transientStored:
        continue
      }
    }
    for (index, before) in accounts {
      let entry = core.pointee.accounts[index]
      recorder.note(entry.pointee.address, before: before, after: entry.pointee.current)
    }
    for (index, before) in slots {
      let entry = core.pointee.slots[index]
      let address = core.pointee.accounts[entry.pointee.account].pointee.address
      recorder.note(
        StorageKey(address: address, slot: entry.pointee.slot), before: before,
        after: currentWord(entry))
    }
  }
}
