// Reads the changes of a block: all of them, or one account's.

internal import Ledger
internal import Primitives
internal import State

extension StateChanges {
  /// All accounts that changed, by rising address.
  func accounts() throws(StoreError) -> [AccountStep] {
    let count = try checkedCount()
    var steps: [AccountStep] = []
    steps.reserveCapacity(count)
    for index in 0..<count {
      guard let step = step(index, of: count) else { throw Self.damage }
      if let last = steps.last, last.address >= step.address { throw Self.damage }
      steps.append(step)
    }
    return steps
  }

  /// The codes that came with the changes.
  func codes() throws(StoreError) -> [Code] {
    var reader = ByteReader(bytes.buffer, at: 4)
    guard let start = reader.integer(UInt32.self), let count = reader.integer(UInt32.self),
      count <= byteCount
    else { throw Self.damage }
    reader = ByteReader(bytes.buffer, at: Int(start))
    var codes: [Code] = []
    for _ in 0..<count {
      guard let hash = reader.hash(), let size = reader.integer(UInt32.self),
        let code = reader.take(Int(size))
      else { throw Self.damage }
      codes.append(Code(code, hash: hash))
    }
    return codes
  }

  /// What became of one account; nil where it did not change.
  func step(of address: Address) throws(StoreError) -> (before: Account?, after: Account?)? {
    let count = try checkedCount()
    guard let index = index(of: address, among: count) else { return nil }
    guard var reader = part(index, of: count), let accounts = Self.accounts(from: &reader) else {
      throw Self.damage
    }
    return accounts
  }

  /// What became of one slot; nil where it did not change.
  func step(of key: StorageKey) throws(StoreError) -> (before: UInt256, after: UInt256)? {
    let count = try checkedCount()
    guard let index = index(of: key.address, among: count) else { return nil }
    guard var reader = part(index, of: count), Self.accounts(from: &reader) != nil,
      let slotCount = reader.count(), let keys = reader.take(32 * slotCount),
      let lengths = reader.take(2 * slotCount)
    else { throw Self.damage }
    guard
      let place = Self.search(slotCount, { UInt256(bigEndianAt: keys.place($0 * 32)) < key.slot }),
      UInt256(bigEndianAt: keys.place(place * 32)) == key.slot
    else { return nil }
    let skipped = lengths[..<(2 * place)].reduce(0) { $0 + Int($1) }
    guard reader.take(skipped) != nil, let before = reader.word(count: Int(lengths[2 * place])),
      let after = reader.word(count: Int(lengths[2 * place + 1]))
    else { throw Self.damage }
    return (before, after)
  }

  /// The slots of one account that changed, by rising slot.
  func slots(of address: Address) throws(StoreError) -> [SlotStep] {
    let count = try checkedCount()
    guard let index = index(of: address, among: count) else { return [] }
    guard let step = step(index, of: count) else { throw Self.damage }
    return step.slots
  }

  /// The number of accounts, whose tables are there.
  private func checkedCount() throws(StoreError) -> Int {
    let count = accountCount
    guard byteCount >= StateChangesWriter.headerSize + 24 * count else { throw Self.damage }
    return count
  }

  private func address(_ index: Int) -> Address {
    Address(bytesAt: bytes.buffer.place(StateChangesWriter.headerSize + 20 * index))
  }

  private func index(of address: Address, among count: Int) -> Int? {
    guard let index = Self.search(count, { self.address($0) < address }),
      self.address(index) == address
    else { return nil }
    return index
  }

  /// The first of `count` places where `isBefore` does not hold; nil where it always does.
  private static func search(_ count: Int, _ isBefore: (Int) -> Bool) -> Int? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isBefore(middle) { low = middle + 1 } else { high = middle }
    }
    return low < count ? low : nil
  }

  /// A reader of an account's part.
  private func part(_ index: Int, of count: Int) -> ByteReader? {
    var offsets = ByteReader(
      bytes.buffer, at: StateChangesWriter.headerSize + 20 * count + 4 * index)
    return offsets.integer(UInt32.self).map { ByteReader(bytes.buffer, at: Int($0)) }
  }

  private func step(_ index: Int, of count: Int) -> AccountStep? {
    guard var reader = part(index, of: count), let accounts = Self.accounts(from: &reader),
      let slotCount = reader.count(), let keys = reader.take(32 * slotCount),
      let lengths = reader.take(2 * slotCount)
    else { return nil }
    var slots: [SlotStep] = []
    slots.reserveCapacity(slotCount)
    for place in 0..<slotCount {
      guard let before = reader.word(count: Int(lengths[2 * place])),
        let after = reader.word(count: Int(lengths[2 * place + 1]))
      else { return nil }
      let slot = UInt256(bigEndianAt: keys.place(place * 32))
      if let last = slots.last, last.slot >= slot { return nil }
      slots.append(SlotStep(slot: slot, before: before, after: after))
    }
    return AccountStep(
      address: address(index), before: accounts.before, after: accounts.after, slots: slots)
  }

  private static func accounts(
    from reader: inout ByteReader
  ) -> (before: Account?, after: Account?)? {
    guard let flags = reader.byte() else { return nil }
    var before: Account?
    if flags & AccountFlag.existedBefore != 0 {
      guard let account = account(from: &reader) else { return nil }
      before = account
    }
    if flags & AccountFlag.isUnchanged != 0 { return (before, before) }
    guard flags & AccountFlag.existsAfter != 0 else { return (before, nil) }
    guard let after = account(from: &reader) else { return nil }
    return (before, after)
  }

  private static func account(from reader: inout ByteReader) -> Account? {
    guard let shape = reader.byte(), let balanceCount = reader.byte(),
      let nonce = reader.word(count: Int(shape & 0x7f))?.asUInt64,
      let balance = reader.word(count: Int(balanceCount))
    else { return nil }
    var account = Account(nonce: nonce, balance: balance)
    if shape & 0x80 != 0 {
      guard let hash = reader.hash() else { return nil }
      account.codeHash = hash
    }
    return account
  }

  private static var damage: StoreError {
    .corrupted(
      path: "", offset: nil, block: nil, reason: "the changes of a block contradict themselves")
  }
}

extension UnsafeRawBufferPointer {
  /// A place inside, which the caller has checked.
  func place(_ offset: Int) -> UnsafeRawPointer { baseAddress.unsafelyUnwrapped + offset }
}
