// Whether a block's parts are those that its header commits to.

internal import Crypto
internal import Ledger
internal import Primitives
internal import State

/// The parts of a block as its record has them, without what it changed.
struct RecordedBlock {
  private let record: RecordHeader
  let header: Header
  private let body: StoredBody
  private let receipts: [Receipt]

  /// Decodes the record with this header; nil where a checksum or the form of a part is wrong.
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
    self.record = record
    self.header = header
    body = StoredBody(
      transactions: transactions.map { Array($0)[...] }, ommers: ommers, withdrawals: withdrawals)
    self.receipts = receipts
  }

  /// What is not as the header says, in words; nil where all of it is.
  var contradiction: String? {
    if header.hash != record.block.hash {
      return "its header has the hash \(header.hash), not \(record.block.hash)"
    }
    if header.number != record.block.number || header.parentHash != record.parentHash {
      return "its record names another number or parent than its header"
    }
    return header.contradiction(in: body) ?? header.contradiction(in: receipts)
  }
}

extension Header {
  /// What in a body is not as this header says, in words; nil where all of it is.
  func contradiction(in body: StoredBody) -> String? {
    let transactions = OrderedTrieRoot.of(body.transactions.count, run: Store.inTurn) {
      index, encoder in encoder.appendRaw(body.transactions[index])
    }
    if transactions != transactionsRoot {
      return "its transactions have the root \(transactions), its header says \(transactionsRoot)"
    }
    var list = RLPEncoder()
    list.list { list in for ommer in body.ommers { list.appendRaw(ommer.encoded) } }
    let ommers = Keccak256.hash(list.bytes)
    if ommers != ommersHash {
      return "its ommers have the hash \(ommers), its header says \(ommersHash)"
    }
    let withdrawals = body.withdrawals.map { OrderedTrieRoot.of($0.map(\.encoded)) }
    if withdrawals != withdrawalsRoot {
      return "its withdrawals have \(Self.name(ofRoot: withdrawals)), its header says "
        + Self.name(ofRoot: withdrawalsRoot)
    }
    return nil
  }

  /// What in receipts is not as this header says, in words; nil where all of it is.
  func contradiction(in receipts: [Receipt]) -> String? {
    let root = OrderedTrieRoot.of(receipts.count, run: Store.inTurn) { index, encoder in
      receipts[index].write(to: &encoder)
    }
    if root != receiptsRoot {
      return "its receipts have the root \(root), its header says \(receiptsRoot)"
    }
    // A block without receipts says nothing of gas and events; a first block may claim any.
    guard let last = receipts.last else { return nil }
    if last.cumulativeGasUsed != gasUsed {
      return "its receipts tell of \(last.cumulativeGasUsed) gas, its header says \(gasUsed)"
    }
    var bloom = Bloom()
    for receipt in receipts { bloom.formUnion(receipt.bloom) }
    return bloom == logsBloom ? nil : "its receipts have another bloom than its header"
  }

  private static func name(ofRoot root: Hash256?) -> String {
    root.map { "the root \($0)" } ?? "no root"
  }
}

extension SegmentFolder {
  /// Reads a block's record as it stands without changes into an empty buffer. Throws unless its parts are
  /// those that its header commits to.
  func readBlock(
    at place: Place, into buffer: inout ByteBuffer
  ) throws(StoreError) -> RecordHeader {
    let record = try readWithoutChanges(at: place, into: &buffer)
    guard let block = buffer.withBytes({ RecordedBlock($0, record) }) else {
      throw damage(at: place, record.block.number, "its parts are not in their form")
    }
    if let contradiction = block.contradiction {
      throw damage(at: place, record.block.number, contradiction)
    }
    return record
  }
}
