// The blocks that come with an exported state.

internal import Crypto
internal import Ledger
internal import Primitives
internal import State

/// Checks blocks and notes where they are written.
struct ImportedBlocks {
  private(set) var records: [RecordPlace] = []
  /// The root in the header of the block that came last.
  private(set) var stateRoot = Hash256.zero
  /// The first from which on none is missing.
  private(set) var first: UInt64?

  /// Takes a block's record, without changes; what is wrong with it, or nil.
  mutating func take(
    _ bytes: UnsafeRawBufferPointer, _ genesis: BlockIdentity, to writer: inout PrunedSegmentWriter
  ) throws(StoreError) -> String? {
    guard var header = RecordHeader(bytes), header.kind != .head, header.isPruned,
      bytes.count == Int(header.storedLength), let block = DecodedRecord(bytes, header)
    else { return "a block's record is not in its form" }
    guard block.isTrue else {
      return "the parts of block \(header.block.number) contradict each other"
    }
    if let last = records.last {
      guard
        header.block.number == last.block.number + 1 && header.parentHash == last.block.hash
          || last.block == genesis && header.block.number > last.block.number + 1
      else { return "block \(header.block.number) does not follow block \(last.block.number)" }
      if header.block.number > last.block.number + 1 { first = header.block.number }
    } else if header.block != genesis {
      return "the first block is another"
    }
    // Whatever it was there, here it is in the chain from the beginning; its parent stands elsewhere.
    header.kind = .block
    header.parent = records.last?.place ?? .start
    header.followsSynced = true
    var record = ByteBuffer(capacity: bytes.count)
    record.append(bytes)
    header.write(to: &record)
    records.append(RecordPlace(place: writer.place, length: header.length, block: header.block))
    stateRoot = block.header.stateRoot
    try writer.append(record, length: header.length)
    return nil
  }
}

/// The parts of a block's record.
private struct DecodedRecord {
  let identity: BlockIdentity
  let parentHash: Hash256
  let header: Header
  let transactions: [[UInt8]]
  let ommers: [Header]
  let withdrawals: [Withdrawal]?
  let receipts: [Receipt]

  /// Nil where a checksum or the form of a part is wrong.
  init?(_ bytes: UnsafeRawBufferPointer, _ record: RecordHeader) {
    func section(_ section: RecordSection) -> UnsafeRawBufferPointer? {
      let expected = record.sections[section.rawValue]
      var reader = ByteReader(bytes, at: Int(record.offset(of: section)))
      guard let content = reader.take(Int(expected.length)),
        Checksum.of(content) == expected.checksum
      else { return nil }
      return content
    }
    guard let header = section(.header).flatMap(BlockSections.header)?.0,
      let transactions = section(.transactions).flatMap(BlockSections.items),
      let ommers = section(.ommers).flatMap(BlockSections.headers),
      let withdrawals = section(.withdrawals).flatMap(BlockSections.withdrawals),
      let receipts = section(.receipts).flatMap(BlockSections.receipts)
    else { return nil }
    identity = record.block
    parentHash = record.parentHash
    self.header = header
    self.transactions = transactions.map { Array($0) }
    self.ommers = ommers
    self.withdrawals = withdrawals
    self.receipts = receipts
  }

  /// Whether the hash is the header's and the header commits to the rest.
  var isTrue: Bool {
    var list = RLPEncoder()
    list.list { list in for ommer in ommers { list.appendRaw(ommer.encoded) } }
    return header.hash == identity.hash && header.number == identity.number
      && header.parentHash == parentHash
      && OrderedTrieRoot.of(transactions) == header.transactionsRoot
      && OrderedTrieRoot.of(receipts.map(\.encoded)) == header.receiptsRoot
      && Keccak256.hash(list.bytes) == header.ommersHash
      && withdrawals.map { OrderedTrieRoot.of($0.map(\.encoded)) } == header.withdrawalsRoot
  }
}
