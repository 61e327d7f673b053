// What was read and changed, for those who execute ahead of their turn.

public import Ledger
public import Primitives

extension TransactionState {
  /// The accounts that were asked for since the last `forget`, valid until the next question.
  public var accountEntries: UnsafeBufferPointer<AccountEntry> {
    UnsafeBufferPointer(start: core.pointee.accounts.entries, count: core.pointee.accounts.count)
  }

  /// The slots that were asked for since the last `forget`, valid until the next question.
  public var slotEntries: UnsafeBufferPointer<SlotEntry> {
    UnsafeBufferPointer(start: core.pointee.slots.entries, count: core.pointee.slots.count)
  }

  /// The code with this hash, if it was stored since the last `reset`.
  public func newCode(_ hash: Hash256) -> Code? { core.pointee.newCodes[hash] }
}
