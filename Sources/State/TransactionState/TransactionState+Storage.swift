// Storage, persistent and transient.

public import Ledger
public import Primitives

extension TransactionState {
  /// The value of a slot. Marks the slot as accessed.
  public func loadStorage(_ address: Address, _ slot: UInt256) -> StorageLoad {
    let index = slotIndex(address, slot)
    let isCold = access(index)
    let entry = core.pointee.slots[index]
    entry.pointee.isObserved = true
    if entry.pointee.isCounter {
      return StorageLoad(value: entry.pointee.current, isCold: isCold, counter: index)
    }
    entry.pointee.isExact = true
    return StorageLoad(value: entry.pointee.current, isCold: isCold)
  }

  /// Marks the slot as accessed, without looking at it.
  public func accessStorage(_ address: Address, _ slot: UInt256) {
    _ = access(slotIndex(address, slot))
  }

  /// Writes `value` and tells what stood there before. Marks the slot as accessed.
  public func storeStorage(_ address: Address, _ slot: UInt256, _ value: UInt256) -> StorageStore {
    let index = slotIndex(address, slot)
    let isCold = access(index)
    let entry = core.pointee.slots[index]
    entry.pointee.isObserved = true
    entry.pointee.isExact = true
    let current = entry.pointee.current
    write(value, to: index)
    return StorageStore(original: entry.pointee.original, current: current, isCold: isCold)
  }

  @inline(__always)
  func write(_ value: UInt256, to index: UInt32) {
    let entry = core.pointee.slots[index]
    if entry.pointee.current == value { return }
    core.pointee.journal.append(
      JournalRecord(.slotStored, index, previous: entry.pointee.current))
    entry.pointee.current = value
  }

  /// The value of a transient slot (EIP-1153).
  public func loadTransient(_ address: Address, _ slot: UInt256) -> UInt256 {
    let index = transientIndex(address, slot)
    return core.pointee.transients[index].pointee.value
  }

  /// Writes a transient slot (EIP-1153).
  public func storeTransient(_ address: Address, _ slot: UInt256, _ value: UInt256) {
    let index = transientIndex(address, slot)
    let entry = core.pointee.transients[index]
    core.pointee.journal.append(
      JournalRecord(.transientStored, index, previous: entry.pointee.value))
    entry.pointee.value = value
  }

  @inline(__always)
  func slotIndex(_ address: Address, _ slot: UInt256) -> UInt32 {
    core.pointee.slots.index(of: SlotKey(account: accountIndex(address), slot: slot))
  }

  /// Makes the slot ready for the running transaction; true when it was cold.
  @inline(__always)
  func access(_ index: UInt32) -> Bool {
    let entry = core.pointee.slots[index]
    let epoch = core.pointee.epoch
    if entry.pointee.warmEpoch == epoch { return false }
    admit(entry)
    entry.pointee.warmEpoch = epoch
    core.pointee.journal.append(JournalRecord(.slotWarmed, index))
    return true
  }

  /// Brings the slot's value and its original one up to date at the first access of a transaction.
  @inline(never)
  private func admit(_ entry: UnsafeMutablePointer<SlotEntry>) {
    if entry.pointee.originalEpoch == core.pointee.epoch { return }
    if entry.pointee.generation == SlotEntry.neverRead { read(entry) }
    let generation = core.pointee.accounts[entry.pointee.account].pointee.generation
    if entry.pointee.generation != generation {
      // The account was destroyed since: whatever stood here is gone.
      entry.pointee.generation = generation
      entry.pointee.current = .zero
      // From here on it does not follow from what stood at the start.
      entry.pointee.isExact = true
    }
    entry.pointee.original = entry.pointee.current
    entry.pointee.originalEpoch = core.pointee.epoch
  }

  /// Reads a slot that is new to the block from the view.
  private func read(_ entry: UnsafeMutablePointer<SlotEntry>) {
    // Without room the entry may be a spare one, which must not be linked to itself.
    if hasNoRoom { return }
    let index = UInt32(entry - core.pointee.slots.entries)
    let account = loaded(entry.pointee.account)
    entry.pointee.previous = account.pointee.lastSlot
    account.pointee.lastSlot = index
    entry.pointee.generation = 0
    // An account that was not there has no storage.
    account.pointee.observed.formUnion(.existence)
    guard account.pointee.existed else { return }
    entry.pointee.readNumber = core.pointee.readCount
    core.pointee.readCount &+= 1
    do throws(StateReadError) {
      let (word, isContended) = try core.pointee.view.contendedStorage(
        account.pointee.address, entry.pointee.slot)
      entry.pointee.start = word
      entry.pointee.current = word
      if isContended { beginCounter(entry) }
    } catch {
      fail(error)
    }
  }

  /// The index of a transient slot, zero unless this transaction wrote it.
  @inline(__always)
  private func transientIndex(_ address: Address, _ slot: UInt256) -> UInt32 {
    let key = SlotKey(account: accountIndex(address), slot: slot)
    let index = core.pointee.transients.index(of: key)
    let entry = core.pointee.transients[index]
    if entry.pointee.epoch != core.pointee.epoch {
      entry.pointee.epoch = core.pointee.epoch
      entry.pointee.value = .zero
    }
    return index
  }
}
