// Writes a segment without the changes of its blocks.

internal import Primitives

/// Writes records without changes, and at the end the table. The file is gone when it is not finished.
struct PrunedSegmentWriter: ~Copyable {
  private let segment: UInt32
  private let file: File
  private var table: ByteBuffer
  private var position = SegmentHeader.size
  private var synced = SegmentHeader.size
  private var isFinished = false
  /// Where the next record stands, or would stand with its changes.
  private(set) var place: Place

  /// So many bytes are written between two syncs: a commit that syncs meanwhile waits for no more.
  private static let syncDistance: UInt64 = 8 << 20

  init(_ segment: UInt32, in folder: SegmentFolder) throws(StoreError) {
    let path = folder.path + "/\(segment)" + PrunedSegment.unfinishedSuffix
    if Folder.exists(path) { try Folder.removeFile(path) }
    file = try File(path, .create)
    self.segment = segment
    place = Place(segment: segment, offset: SegmentHeader.size)
    table = ByteBuffer()
  }

  deinit { if !isFinished { try? Folder.removeFile(file.path) } }

  /// Adds a record that has, or had, `length` bytes with its changes.
  mutating func append(_ record: borrowing ByteBuffer, length: UInt64) throws(StoreError) {
    try file.write(record, at: position)
    table.append(place.offset)
    table.append(position)
    position += UInt64(record.count)
    place.offset += length
    if position - synced >= Self.syncDistance {
      try file.sync()
      synced = position
    }
  }

  /// Ends the file, which is on disk then, under its path.
  mutating func finish(genesis: Hash256) throws(StoreError) -> String {
    var header = ByteBuffer(capacity: PrunedSegment.Table.headerSize + table.count)
    header.append(UInt64(table.count / PrunedSegment.Table.entrySize))
    header.append(place.offset)
    header.append(table.checksum)
    table.withBytes { header.append($0) }
    try file.write(header, at: position)
    try file.write(
      SegmentHeader.bytes(segment: segment, genesis: genesis, prunedTable: position), at: 0)
    try file.sync()
    isFinished = true
    return file.path
  }
}
