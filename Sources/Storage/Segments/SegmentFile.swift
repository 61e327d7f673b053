// A segment, open for reading.

internal import Primitives

/// A segment's file. Places in it are those where records were written first: what was pruned has a table
/// that leads from there to where they stand now. An open file stays as it is, whatever becomes of its
/// name.
final class SegmentFile: Sendable {
  let file: File
  private let table: PrunedSegment.Table?

  init(_ path: String) throws(StoreError) {
    file = try File(path, .read)
    table = try PrunedSegment.Table(file)
  }

  /// Whether the changes of its blocks are gone.
  var isPruned: Bool { table != nil }

  /// Where its records end, or ended before they were pruned.
  func end() throws(StoreError) -> UInt64 {
    if let table { return table.end }
    return try file.size()
  }

  /// Where in the file the record stands that was written at `offset`; nil where there is none.
  func position(_ offset: UInt64) throws(StoreError) -> UInt64? {
    guard let table else { return offset }
    return try table.position(offset, in: file)
  }

  /// Throws unless the file begins as the segment `number` of the chain with this first block, and its
  /// table is what was written.
  func check(number: UInt32, genesis: Hash256) throws(StoreError) {
    let expected =
      if let table {
        SegmentHeader.bytes(segment: number, genesis: genesis, prunedTable: table.offset)
      } else {
        SegmentHeader.bytes(segment: number, genesis: genesis)
      }
    let found = UnsafeMutableRawBufferPointer.allocate(byteCount: expected.count, alignment: 8)
    defer { found.deallocate() }
    let count = try file.read(into: found, at: 0)
    guard count == expected.count, expected.array.elementsEqual(found) else {
      throw .corrupted(
        path: file.path, offset: 0, block: nil, reason: "the segment's first bytes are others")
    }
    try table?.check(in: file)
  }
}

/// The first bytes of a segment.
///
///     magic (8), number (4), 0 (4), hash of the first block (32), where the table stands in what was
///     pruned (8), checksum (8)
enum SegmentHeader {
  static let size: UInt64 = 64
  private static let magic: UInt64 = 0x314d_4745_5354_4e4e
  private static let prunedMagic: UInt64 = 0x3150_4745_5354_4e4e

  static func bytes(
    segment: UInt32, genesis: Hash256, prunedTable: UInt64? = nil
  ) -> ByteBuffer {
    var buffer = ByteBuffer(capacity: Int(size))
    buffer.append(prunedTable == nil ? magic : prunedMagic)
    buffer.append(segment)
    buffer.append(UInt32(0))
    buffer.append(genesis)
    buffer.append(prunedTable ?? 0)
    buffer.append(buffer.checksum)
    return buffer
  }

  /// Where the table of a pruned segment stands; nil for any other.
  static func prunedTable(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
    var reader = ByteReader(bytes)
    guard reader.integer(UInt64.self) == prunedMagic, reader.take(40) != nil,
      let offset = reader.integer(UInt64.self),
      reader.integer(UInt64.self)
        == Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[..<(Int(size) - 8)]))
    else { return nil }
    return offset
  }
}
