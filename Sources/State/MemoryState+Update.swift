// Changing a state in memory.

internal import Crypto
public import Ledger
public import Primitives

extension MemoryState {
  /// Makes the changes of a block.
  public func apply(_ diff: StateDiff) {
    for code in diff.codes { insert(code) }
    for change in diff.accounts {
      if change.wipesStorage { wipeStorage(of: change.address) }
      if let account = change.account {
        set(change.address, to: account)
        for slot in change.storage { setWord(slot.value, in: slot.slot, of: change.address) }
      } else {
        records.remove(change.address)
      }
    }
  }

  /// Puts an account with everything it has in the place of what stood at its address.
  public func insert(_ allocation: AccountAllocation) {
    let codeHash = Keccak256.hash(allocation.code)
    wipeStorage(of: allocation.address)
    set(
      allocation.address,
      to: Account(nonce: allocation.nonce, balance: allocation.balance, codeHash: codeHash))
    for (slot, word) in allocation.storage { setWord(word, in: slot, of: allocation.address) }
    if !allocation.code.isEmpty && !codeNumbers.contains(codeHash) {
      insert(Code(allocation.code, hash: codeHash))
    }
  }

  /// Keeps code for accounts that name its hash.
  public func insert(_ code: Code) {
    let (_, inserted) = codeNumbers.insertIfAbsent(code.hash, codes.count)
    if inserted { codes.append(code) }
  }

  /// Makes the hash of a block known to `blockHash`.
  public func setBlockHash(_ number: UInt64, _ hash: Hash256) { blockHashes.update(number, hash) }

  private func set(_ address: Address, to account: Account) {
    let (record, inserted) = records.insertIfAbsent(address, Record(account: account))
    if !inserted { record.pointee.account = account }
  }

  /// Writes a slot of an account that is there.
  private func setWord(_ word: UInt256, in slot: UInt256, of address: Address) {
    let key = StorageKey(address: address, slot: slot)
    guard let old = words.find(key) else {
      if !word.isZero { addWord(word, at: key) }
      return
    }
    let before = old.pointee
    old.pointee = word
    let list = slotList(of: address)
    slotLists[list].nonZeroCount += (word.isZero ? 0 : 1) - (before.isZero ? 0 : 1)
    dropZeros(of: address, list: list)
  }

  private func addWord(_ word: UInt256, at key: StorageKey) {
    words.update(key, word)
    let list = slotList(of: key.address)
    slotLists[list].slots.append(key.slot)
    slotLists[list].nonZeroCount += 1
  }

  /// The account's list of slots, a new one if need be.
  private func slotList(of address: Address) -> Int {
    guard let record = records.find(address) else {
      preconditionFailure("storage belongs to an account")
    }
    if record.pointee.slotList < 0 {
      if let list = freeSlotLists.popLast() {
        record.pointee.slotList = list
      } else {
        record.pointee.slotList = slotLists.count
        slotLists.append(SlotList())
      }
    }
    return record.pointee.slotList
  }

  /// Takes cleared slots out of the table once they are most of an account's slots.
  private func dropZeros(of address: Address, list: Int) {
    let count = slotLists[list].slots.count
    guard count >= 32, slotLists[list].nonZeroCount < count / 4 else { return }
    slotLists[list].slots.removeAll { slot in
      let isZero = storage(address, slot).isZero
      if isZero { words.remove(StorageKey(address: address, slot: slot)) }
      return isZero
    }
  }

  private func wipeStorage(of address: Address) {
    guard let record = records.find(address), record.pointee.slotList >= 0 else { return }
    let list = record.pointee.slotList
    for slot in slotLists[list].slots {
      words.remove(StorageKey(address: address, slot: slot))
    }
    slotLists[list] = SlotList()
    freeSlotLists.append(list)
    record.pointee.slotList = -1
  }
}
