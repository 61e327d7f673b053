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

  /// Corrects the nonce of an account that was read before it was known who sends the next
  /// transaction, unless somebody has looked at it; the number of the question if it was corrected.
  public func predictNonce(_ nonce: UInt64, of address: Address) -> UInt32? {
    guard let index = core.pointee.accounts.find(address) else { return nil }
    let entry = core.pointee.accounts[index]
    guard entry.pointee.isLoaded, entry.pointee.exists,
      entry.pointee.current.nonce != nonce,
      entry.pointee.current.nonce == entry.pointee.start.nonce,
      entry.pointee.observed.isDisjoint(with: [.nonce, .emptiness])
    else { return nil }
    entry.pointee.start.nonce = nonce
    entry.pointee.current.nonce = nonce
    return entry.pointee.readNumber
  }

  /// The code with this hash, if it was stored since the last `reset`.
  public func newCode(_ hash: Hash256) -> Code? { core.pointee.newCodes[hash] }
}
