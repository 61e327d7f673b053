// Bringing the database to a later block.

internal import Crypto
internal import Ledger
internal import Primitives
internal import State

/// Everything that leads the database from its block to a later one, or an earlier one. It becomes one
/// sorted file, which the database takes in whole: it stands at one block, always.
struct FlushJob: Sendable {
  let position: DatabasePosition
  let changes: TrieChanges
  /// The blocks whose entries the database lacks.
  let blocks: [RecentBlock]
  let meta: StoreMeta
  let folder: SegmentFolder
  /// How far back states are to be kept.
  let history: Store.History
  /// The keys of slots that blocks do not tell: those of the genesis.
  var slotKeys: [HashedSlotKey] = []
  /// Codes that blocks do not tell.
  var codes: [Code] = []

  /// Makes the file at `path` and gives it to the database.
  func run(on database: Database, file path: String) throws(StoreError) {
    if Folder.exists(path) { try Folder.removeFile(path) }
    var file = try SortedFile(path)
    try write(to: &file, after: try database.history())
    try file.finish()
    try database.ingest([path])
    if Folder.exists(path) { try Folder.removeFile(path) }
  }

  // In the order of the kinds of keys.
  private func write(
    to file: inout SortedFile, after history: HistoryRecord?
  ) throws(StoreError) {
    writeBranches(to: &file)
    changes.forEachAccount { key, value in file.set(DatabaseKey(.account, key), to: value) }
    for block in blocks {
      file.set(.block(block.record.block.number), to: block.record.bytes)
    }
    writeCodes(to: &file)
    for block in blocks.sorted(by: { $0.record.block.hash < $1.record.block.hash }) {
      var number = ByteBuffer(capacity: 8)
      number.append(block.record.block.number)
      file.set(.number(ofBlock: block.record.block.hash), to: number)
    }
    try writeHistory(to: &file, after: history)
    file.set(DatabasePosition.key, to: position.bytes)
    file.set(StoreMeta.key, to: meta.bytes)
    if meta.keepsSlotKeys { try writeSlotKeys(to: &file) }
    for account in changes.wipedStorages {
      file.removeAll(TrieName.storage(ofAccountWithHash: account).leaves)
    }
    changes.forEachSlot { key, value in file.set(DatabaseKey(.slot, key), to: value) }
    try writeTransactions(to: &file)
  }

  private func writeBranches(to file: inout SortedFile) {
    for account in changes.wipedStorages {
      file.removeAll(TrieName.storage(ofAccountWithHash: account).branches)
    }
    changes.forEachAccountBranch { path, record in
      file.set(.branch(of: .accounts, at: path), to: record)
    }
    changes.forEachStorageBranch { account, path, record in
      file.set(.branch(of: .storage(ofAccountWithHash: account), at: path), to: record)
    }
  }

  private func writeCodes(to file: inout SortedFile) {
    var last: Hash256?
    for code in (codes + blocks.flatMap(\.codes)).sorted(by: { $0.hash < $1.hash })
    where code.hash != last {
      file.set(.code(code.hash), to: UnsafeRawBufferPointer(code.reference.buffer))
      last = code.hash
    }
  }

  /// Writes the keys of slots that were zero before: no others can be new.
  private func writeSlotKeys(to file: inout SortedFile) throws(StoreError) {
    var entries = slotKeys
    for block in blocks {
      // Blocks that come with an imported state have no changes; the state brings its keys itself.
      if try folder.header(of: block.record).isPruned { continue }
      let bytes = try folder.section(.changes, of: block.record)
      for step in try StateChanges(bytes).accounts() {
        for slot in step.slots where slot.before.isZero {
          entries.append(HashedSlotKey(address: step.address, slot: slot.slot))
        }
      }
    }
    entries.sort { ($0.account, $0.hash) < ($1.account, $1.hash) }
    for (index, entry) in entries.enumerated() {
      if index > 0 && entries[index - 1].account == entry.account
        && entries[index - 1].hash == entry.hash
      {
        continue
      }
      file.set(.slotKey(entry.account, entry.hash), to: entry.slot.bigEndianBytes)
    }
  }

  /// Goes on with the index of an archive, or begins it; takes it out where it is not wanted.
  private func writeHistory(
    to file: inout SortedFile, after last: HistoryRecord?
  ) throws(StoreError) {
    guard history == .archive else {
      if last?.kept == .archive { file.removeAll(DatabaseKey(.history)) }
      file.set(HistoryRecord.key, to: HistoryRecord(history, indexStart: 0).bytes)
      return
    }
    var start = position.block.number
    var entries: [(name: UInt64, block: UInt64)] = []
    for block in blocks {
      // Blocks that come with an imported state have no changes.
      if try folder.header(of: block.record).isPruned { continue }
      let bytes = try folder.section(.changes, of: block.record)
      let number = block.record.block.number
      entries += try StateChanges(bytes).historyNames().map { ($0, number) }
      start = min(start, max(1, number) - 1)
    }
    entries = entries.sorted(byPrefix: \.name) { $0 < $1 }
    for (index, entry) in entries.enumerated() where index == 0 || entries[index - 1] != entry {
      file.set(.history(entry.name, entry.block), to: [])
    }
    if let last, last.kept == .archive { start = min(last.indexStart, start) }
    file.set(HistoryRecord.key, to: HistoryRecord(.archive, indexStart: start).bytes)
  }

  private func writeTransactions(to file: inout SortedFile) throws(StoreError) {
    var value = ByteBuffer(capacity: 16)
    let entries = try transactionEntries()
    var start = 0
    while start < entries.count {
      let (prefix, number) = (entries[start].prefix, entries[start].number)
      value.removeAll()
      while start < entries.count, entries[start].prefix == prefix, entries[start].number == number
      {
        value.append(entries[start].index)
        start += 1
      }
      file.set(.transaction(prefix, number), to: value)
    }
  }

  /// Where the transactions of the blocks stand, in the order of their entries.
  private func transactionEntries() throws(StoreError) -> [TransactionIndex.Entry] {
    var prefixes: [[UInt64]] = []
    for block in blocks {
      let bytes = try folder.section(.transactions, of: block.record)
      prefixes.append(try TransactionIndex.prefixes(bytes, of: block.record, in: folder))
    }
    var entries: [TransactionIndex.Entry] = []
    entries.reserveCapacity(prefixes.reduce(0) { $0 + $1.count })
    for (block, prefixes) in zip(blocks, prefixes) {
      let number = block.record.block.number
      for (index, prefix) in prefixes.enumerated() {
        entries.append(
          .init(prefix: prefix, number: number, index: UInt32(truncatingIfNeeded: index)))
      }
    }
    return entries.sorted(byPrefix: { $0.prefix }) {
      ($0.prefix, $0.number, $0.index) < ($1.prefix, $1.number, $1.index)
    }
  }
}

/// A slot with its hash and that of its account.
struct HashedSlotKey: BitwiseCopyable, Sendable {
  var account: Hash256
  var hash: Hash256
  var slot: UInt256
}

extension HashedSlotKey {
  init(address: Address, slot: UInt256) {
    self.init(account: Keccak256.hash(address), hash: Keccak256.hash(slot), slot: slot)
  }
}

/// How transactions are found by their hash.
enum TransactionIndex {
  /// Where a transaction stands whose hash begins with `prefix`.
  struct Entry: BitwiseCopyable {
    let prefix: UInt64
    let number: UInt64
    let index: UInt32
  }

  /// The first eight bytes of the transactions' hashes, in order.
  static func prefixes(
    _ section: SharedBytes, of record: RecordPlace, in folder: SegmentFolder
  ) throws(StoreError) -> [UInt64] {
    let prefixes: [UInt64]? = section.withBytes { bytes in
      BlockSections.items(bytes).map { KeccakBatch.prefixes(of: $0) }
    }
    guard let prefixes else {
      throw folder.damage(record, "its transactions are not in their form")
    }
    return prefixes
  }
}

extension KeccakBatch {
  /// The first eight bytes of the messages' hashes, as a number.
  static func prefixes(of messages: [UnsafeRawBufferPointer]) -> [UInt64] {
    let size = 32
    var hashes = [UInt8](repeating: 0, count: size * messages.count)
    return hashes.withUnsafeMutableBytes { hashes in
      guard let start = hashes.baseAddress else { return [] }
      var batch = KeccakBatch()
      for (index, message) in messages.enumerated() {
        batch.append(message, to: start + index * size)
      }
      batch.flush()
      return messages.indices.map { index in
        UInt64(bigEndian: hashes.loadUnaligned(fromByteOffset: index * size, as: UInt64.self))
      }
    }
  }
}
