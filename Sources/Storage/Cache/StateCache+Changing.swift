// Taking the state from block to block. Nobody reads meanwhile.

internal import Crypto
internal import Ledger
internal import Primitives
internal import State
internal import Synchronization

extension StateCache {
  /// Makes the changes of a block and tells what stood there before. When it throws, nothing changed.
  func advance(
    to block: BlockIdentity, by diff: StateDiff, keepsSlotKeys: Bool
  ) throws(StoreError) -> StateChanges {
    prepare()
    let plan = try plan(diff, keepsSlotKeys: keepsSlotKeys)
    step += 1
    var writer = StateChangesWriter(
      accountCount: diff.accounts.count, slotCount: plan.slotNumbers.count)
    var nextSlot = 0
    for (index, change) in diff.accounts.enumerated() {
      let entry = table[Int(plan.accountNumbers[index])]
      let slots = plan.merged[index] ?? change.storage
      writer.begin(
        change.address, before: entry.account, after: change.account, slotCount: slots.count)
      write(change.account, to: entry)
      for slot in slots {
        let entry = table[Int(plan.slotNumbers[nextSlot])]
        nextSlot += 1
        writer.append(slot.slot, before: entry.word, after: slot.value)
        write(slot.value, to: entry)
      }
    }
    codes.makeRoom(for: diff.codes.count)
    for code in diff.codes { codes.insert(code, step: step) }
    if !plan.slotNumbers.isEmpty { changedSlots.append((step, plan.slotNumbers)) }
    setBlockHash(block)
    return writer.finish(codes: diff.codes)
  }

  /// Undoes the changes of a block, or makes them once more, which neither asks what stands there.
  func replace(by changes: StateChanges, undoing: Bool) throws(StoreError) {
    prepare()
    let steps = try changes.accounts()
    let newCodes = undoing ? [] : try changes.codes()
    makeRoom(for: steps.reduce(steps.count) { $0 + $1.slots.count })
    step += 1
    var numbers: [UInt32] = []
    for change in steps {
      write(undoing ? change.before : change.after, to: entry(of: change.address))
      for slot in change.slots {
        let key = StorageKey(address: change.address, slot: slot.slot)
        let number = number(of: key)
        write(undoing ? slot.before : slot.after, to: table[number])
        numbers.append(UInt32(truncatingIfNeeded: number))
      }
    }
    codes.makeRoom(for: newCodes.count)
    for code in newCodes { codes.insert(code, step: step) }
    if !numbers.isEmpty { changedSlots.append((step, numbers)) }
  }

  @inline(__always)
  private var stamp: UInt32 { UInt32(truncatingIfNeeded: step - stampBase) }

  @inline(__always)
  private func write(_ account: Account?, to entry: CacheEntry) {
    entry.account = account
    entry.stamp = stamp
    entry.touch()
  }

  @inline(__always)
  private func write(_ word: UInt256, to entry: CacheEntry) {
    entry.word = word
    entry.stamp = stamp
    entry.touch()
  }

  /// The account's entry, a new one if need be, for which there is room.
  private func entry(of address: Address) -> CacheEntry {
    let number = table.number(of: address)
    if number >= 0 { return table[number] }
    return table[table.insert(address) { $0.initialize(address, nil) }]
  }

  private func number(of key: StorageKey) -> Int {
    let number = table.number(of: key)
    return number >= 0 ? number : table.insert(key) { $0.initialize(key, .zero) }
  }

  // MARK: - What a diff will change

  /// The entries of all that a diff changes, in its order.
  private struct Plan {
    var accountNumbers: [UInt32] = []
    var slotNumbers: [UInt32] = []
    /// The slots of accounts whose storage is wiped, by the account's place: those that are gone, too.
    var merged: [Int: [SlotChange]] = [:]
  }

  /// Sees to it that everything that the diff changes has an entry with what stands there.
  private func plan(_ diff: StateDiff, keepsSlotKeys: Bool) throws(StoreError) -> Plan {
    var plan = Plan()
    var changeCount = diff.accounts.count
    for (index, change) in diff.accounts.enumerated() {
      if change.wipesStorage {
        let slots = try merged(change, keepsSlotKeys: keepsSlotKeys)
        changeCount += slots.count
        plan.merged[index] = slots
      } else {
        changeCount += change.storage.count
      }
    }
    makeRoom(for: changeCount)
    plan.accountNumbers.reserveCapacity(diff.accounts.count)
    plan.slotNumbers.reserveCapacity(changeCount - diff.accounts.count)
    let accounts = diff.accounts
    for index in accounts.indices {
      // Two rounds ahead, so that neither the index nor the entry is waited for.
      if index + 16 < accounts.count { table.prefetchIndex(accounts[index + 16].address) }
      if index + 8 < accounts.count { table.prefetchEntry(accounts[index + 8].address) }
      let address = accounts[index].address
      plan.accountNumbers.append(try numberOfKnown(address))
      try findEntries(
        of: plan.merged[index] ?? accounts[index].storage, of: address, into: &plan.slotNumbers)
    }
    return plan
  }

  private func findEntries(
    of slots: [SlotChange], of address: Address, into numbers: inout [UInt32]
  ) throws(StoreError) {
    for index in slots.indices {
      if index + 16 < slots.count {
        table.prefetchIndex(StorageKey(address: address, slot: slots[index + 16].slot))
      }
      if index + 8 < slots.count {
        table.prefetchEntry(StorageKey(address: address, slot: slots[index + 8].slot))
      }
      let key = StorageKey(address: address, slot: slots[index].slot)
      var number = table.number(of: key)
      if number < 0 {
        let word = try changingState { () throws(StateReadError) in try storedWord(key) }
        number = table.insert(key) { $0.initialize(key, word) }
      }
      numbers.append(UInt32(truncatingIfNeeded: number))
    }
  }

  private func numberOfKnown(_ address: Address) throws(StoreError) -> UInt32 {
    var number = table.number(of: address)
    if number < 0 {
      let account = try changingState { () throws(StateReadError) in try storedAccount(address) }
      number = table.insert(address) { $0.initialize(address, account) }
    }
    return UInt32(truncatingIfNeeded: number)
  }

  /// The slots of a wiped account: those of before, now zero, and those of the change.
  private func merged(
    _ change: AccountChange, keepsSlotKeys: Bool
  ) throws(StoreError) -> [SlotChange] {
    let has = try changingState { () throws(StateReadError) in try hasStorage(change.address) }
    guard has else { return change.storage }
    guard keepsSlotKeys else { throw .keysOfSlotsMissing(change.address) }
    var slots = Dictionary(
      uniqueKeysWithValues: try slots(of: change.address).map { ($0.slot, UInt256.zero) })
    for slot in change.storage { slots[slot.slot] = slot.value }
    return slots.map { SlotChange(slot: $0.key, value: $0.value) }.sorted { $0.slot < $1.slot }
  }

  private func changingState<Value>(
    _ body: () throws(StateReadError) -> Value
  ) throws(StoreError) -> Value {
    do throws(StateReadError) {
      return try body()
    } catch {
      throw .state(error)
    }
  }

  // MARK: - Room

  /// What the database has by now need not be remembered.
  private func prepare() {
    seenCovered = covered.load(ordering: .acquiring)
    let covered = seenCovered
    if let first = changedSlots.firstIndex(where: { $0.step > covered }) {
      changedSlots.removeFirst(first)
    } else {
      changedSlots.removeAll()
    }
    if step + 1 - stampBase >= UInt64(CacheEntry.stampLimit) {
      table.lowerStamps(by: UInt32(truncatingIfNeeded: covered - stampBase))
      stampBase = covered
    }
    let reserve = table.capacity / 16
    if table.freeCount < reserve / 2 { _ = evict(reserve - table.freeCount) }
    if codes.byteCount > codeLimit { codes.sweep(upTo: covered) }
  }

  private func evict(_ wanted: Int) -> Int {
    table.evict(wanted, changedUpTo: UInt32(truncatingIfNeeded: seenCovered - stampBase))
  }

  /// Room for so many more entries: where the database has not followed far enough, the table grows.
  private func makeRoom(for wanted: Int) {
    if table.freeCount < wanted { _ = evict(wanted - table.freeCount) }
    while table.freeCount < wanted { table.grow() }
  }
}
