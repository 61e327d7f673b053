// The blocks that come with an exported state.

internal import Ledger
internal import Primitives

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
      bytes.count == Int(header.storedLength), let block = RecordedBlock(bytes, header)
    else { return "a block's record is not in its form" }
    if let contradiction = block.contradiction {
      return "block \(header.block.number): \(contradiction)"
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
