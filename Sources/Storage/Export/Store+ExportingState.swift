// The state at the head as a file.

internal import Primitives
internal import State

extension Store {
  /// Writes the state at the head to a file from which `Store.importState` makes a store, with the last
  /// blocks and the chain's first. `progress` hears of how much is done, from 0 to 1; what it throws
  /// ends it, and nothing is left behind.
  ///
  /// Memory does not grow with the state. Neither `root` nor `commit` may run meanwhile: the database is
  /// brought to the head at first. The file gets its name when it is whole; one of that name is only
  /// replaced where `replaces` says so.
  public func exportState(
    to path: String, replaces: Bool = false,
    progress: (Double) throws(StoreError) -> Void = { _ in }
  ) throws(StoreError) -> StateFileContent {
    try checkIsOutside(path)
    try flush()
    var writer = try StateFileWriter(path, replaces: replaces)
    StateFile.Head(keepsSlotKeys: meta.keepsSlotKeys, genesis: meta.genesis, head: head)
      .write(to: &writer.content)
    try writer.endChunk(.head)
    try exportBlocks(to: &writer, progress)
    try exportCodes(to: &writer, progress)
    try exportAccounts(to: &writer, progress)
    try writer.finish()
    return StateFileContent(head, writer.counts)
  }

  private func exportBlocks(
    to writer: inout StateFileWriter, _ progress: (Double) throws(StoreError) -> Void
  ) throws(StoreError) {
    let head = head.number
    let first = max(oldestBlock, head - min(head, StateFile.blockCount - 1))
    var numbers = Array(first...head)
    if first > genesisBlock.number { numbers.insert(genesisBlock.number, at: 0) }
    for number in numbers {
      guard let record = try recordPlace(number) else {
        throw database.damage("the entry of block \(number), which is not there,")
      }
      guard try folder.readBlock(at: record.place, into: &writer.content).block == record.block
      else { throw folder.damage(record, "another block's record stands here") }
      try writer.endChunk(.block)
      writer.counts.blocks += 1
      try progress(0)
    }
  }

  private func exportCodes(
    to writer: inout StateFileWriter, _ progress: (Double) throws(StoreError) -> Void
  ) throws(StoreError) {
    var codes = DatabaseIterator(database, prefix: DatabaseKey(.code), isScan: true)
    while let (key, value) = try codes.current() {
      guard key.count == 33 else { throw database.damage("an entry of a code") }
      writer.content.append(UnsafeRawBufferPointer(rebasing: key[1...]))
      writer.content.append(UInt32(truncatingIfNeeded: value.count))
      writer.content.append(value)
      writer.counts.codes += 1
      if writer.isChunkFull { try writer.endChunk(.codes) }
      try progress(0)
      codes.advance()
    }
    if writer.content.count > 0 { try writer.endChunk(.codes) }
  }

  /// Accounts and slots in the order of their keys: the cursors go forward only.
  private func exportAccounts(
    to writer: inout StateFileWriter, _ progress: (Double) throws(StoreError) -> Void
  ) throws(StoreError) {
    var accounts = DatabaseIterator(database, prefix: DatabaseKey(.account), isScan: true)
    var slots = DatabaseIterator(database, prefix: DatabaseKey(.slot), isScan: true)
    var names = DatabaseIterator(database, prefix: DatabaseKey(.slotKey), isScan: true)
    while let (key, value) = try accounts.current() {
      guard key.count == 33, value.count < 256 else {
        throw database.damage("the entry of an account")
      }
      writer.content.append(StateFile.accountTag)
      writer.content.append(UnsafeRawBufferPointer(rebasing: key[1...]))
      writer.content.append(UInt8(value.count))
      writer.content.append(value)
      writer.counts.accounts += 1
      let hash = Hash256(bytesAt: key.place(1))
      try exportSlots(of: hash, &slots, names: &names, to: &writer)
      try progress(Double(hash.word.l3 >> 48) / 65536)
      if writer.isChunkFull { try writer.endChunk(.state) }
      accounts.advance()
    }
    guard try slots.current() == nil else { throw database.damage("a slot without an account") }
    if writer.content.count > 0 { try writer.endChunk(.state) }
  }

  private func exportSlots(
    of account: Hash256, _ slots: inout DatabaseIterator, names: inout DatabaseIterator,
    to writer: inout StateFileWriter
  ) throws(StoreError) {
    while let (key, value) = try slots.current() {
      guard key.count == 65, value.count <= 32, Hash256(bytesAt: key.place(1)) >= account else {
        throw database.damage("the entry of a slot")
      }
      guard Hash256(bytesAt: key.place(1)) == account else { return }
      writer.content.append(StateFile.slotTag)
      writer.content.append(UnsafeRawBufferPointer(rebasing: key[33...]))
      if meta.keepsSlotKeys {
        writer.content.append(
          try name(ofSlot: UnsafeRawBufferPointer(rebasing: key[1...]), &names))
      }
      writer.content.append(UInt8(value.count))
      writer.content.append(value)
      writer.counts.slots += 1
      if writer.isChunkFull { try writer.endChunk(.state) }
      slots.advance()
    }
  }

  /// The slot whose account and hash are these: the cursor is not behind it.
  private func name(
    ofSlot wanted: UnsafeRawBufferPointer, _ names: inout DatabaseIterator
  ) throws(StoreError) -> Hash256 {
    while let (key, value) = try names.current() {
      if key.dropFirst().elementsEqual(wanted) {
        guard let word = UInt256(bigEndian: value) else { break }
        return Hash256(word)
      }
      // Keys of slots that are zero by now stay.
      guard key.dropFirst().lexicographicallyPrecedes(wanted) else { break }
      names.advance()
    }
    throw database.damage("the key of a slot, which is not there,")
  }
}
