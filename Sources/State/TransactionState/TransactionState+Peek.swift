// Looking without consequence, for those who watch a transaction.

public import Ledger
public import Primitives

extension TransactionState {
  /// The account as it stands now; the empty one when it does not exist or cannot be read.
  ///
  /// Nothing is marked as accessed, and an account that the view lacks is no failure: whether the
  /// transaction needs it is for the transaction to say.
  public func peekAccount(_ address: Address) -> Account {
    if let index = core.pointee.accounts.find(address) {
      let entry = core.pointee.accounts[index]
      if entry.pointee.isLoaded { return entry.pointee.current }
    }
    do throws(StateReadError) {
      return try core.pointee.view.account(address) ?? Account()
    } catch {
      return Account()
    }
  }

  /// The code with this hash, which an account of the state has, alive until the next `reset`; none
  /// when it cannot be read.
  public func peekCode(_ hash: Hash256) -> CodeReference {
    if hash == Code.emptyHash { return Code.empty.reference }
    if let code = core.pointee.newCodes[hash] { return code.reference }
    do throws(StateReadError) {
      return try core.pointee.view.code(hash).reference
    } catch {
      return Code.empty.reference
    }
  }

  /// Whether the running transaction, or the one that ended last, destroys the account.
  public func isDestroyed(_ address: Address) -> Bool {
    guard let index = core.pointee.accounts.find(address) else { return false }
    return core.pointee.accounts[index].pointee.destroyedEpoch == core.pointee.epoch
  }

  /// Whether the running transaction has not accessed the slot.
  public func storageIsCold(_ address: Address, _ slot: UInt256) -> Bool {
    slotEntry(address, slot)?.pointee.warmEpoch != core.pointee.epoch
  }

  /// The word that stood in a slot when the running transaction began, which has accessed it, or
  /// tried to; zero for one that it has not.
  public func originalStorage(_ address: Address, _ slot: UInt256) -> UInt256 {
    guard let entry = slotEntry(address, slot) else { return .zero }
    return entry.pointee.originalEpoch == core.pointee.epoch
      ? entry.pointee.original : currentWord(entry)
  }

  /// The word that stands in a slot now, if a transaction of the block has accessed it; else zero.
  public func presentStorage(_ address: Address, _ slot: UInt256) -> UInt256 {
    slotEntry(address, slot).map(currentWord) ?? .zero
  }

  private func slotEntry(
    _ address: Address, _ slot: UInt256
  ) -> UnsafeMutablePointer<SlotEntry>? {
    guard let account = core.pointee.accounts.find(address),
      let index = core.pointee.slots.find(SlotKey(account: account, slot: slot))
    else { return nil }
    return core.pointee.slots[index]
  }

  /// The slot's word, zero when the account was deleted since it was written.
  func currentWord(_ entry: UnsafeMutablePointer<SlotEntry>) -> UInt256 {
    let account = core.pointee.accounts[entry.pointee.account]
    return entry.pointee.generation == account.pointee.generation ? entry.pointee.current : .zero
  }
}
