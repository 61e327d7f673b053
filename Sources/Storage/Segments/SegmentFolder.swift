// The files of the segments, for reading.

internal import Primitives
internal import Synchronization

/// Reads records, from any thread.
final class SegmentFolder: Sendable {
  let path: String
  private let files = Mutex<[UInt32: File]>([:])

  /// As many files are kept open for reading.
  private static let fileLimit = 64

  init(_ path: String) { self.path = path }

  func filePath(_ segment: UInt32) -> String {
    let digits = String(segment)
    return path + "/" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits + ".seg"
  }

  /// The numbers of the segments that are there, rising.
  func segments() -> [UInt32] {
    (Folder.names(in: path) ?? []).compactMap { name in
      name.hasSuffix(".seg") ? UInt32(name.dropLast(4)) : nil
    }.sorted()
  }

  func file(_ segment: UInt32) throws(StoreError) -> File {
    if let file = files.withLock({ $0[segment] }) { return file }
    let path = filePath(segment)
    guard Folder.exists(path) else {
      throw .corrupted(path: path, offset: nil, block: nil, reason: "the segment is missing")
    }
    let file = try File(path, .read)
    files.withLock { files in
      if files.count >= Self.fileLimit { files.removeAll() }
      files[segment] = file
    }
    return file
  }

  /// Forgets the files, which were changed under other handles.
  func reopen() { files.withLock { $0.removeAll() } }

  /// The header of the record at `place`; nil where there is none that is whole.
  func header(at place: Place) throws(StoreError) -> RecordHeader? {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: RecordHeader.size, alignment: 8)
    defer { bytes.deallocate() }
    guard try file(place.segment).read(into: bytes, at: place.offset) == RecordHeader.size else {
      return nil
    }
    return RecordHeader(UnsafeRawBufferPointer(bytes))
  }

  /// The header of a block's record, which must be at `record.place`.
  func header(of record: RecordPlace) throws(StoreError) -> RecordHeader {
    guard let header = try header(at: record.place), header.kind == .block,
      header.block == record.block
    else { throw damage(record, "its header is not what was written") }
    return header
  }

  /// A section of a block's record.
  func section(_ section: RecordSection, of record: RecordPlace) throws(StoreError) -> SharedBytes {
    let header = try header(of: record)
    guard let bytes = try read(section, of: header, at: record.place) else {
      throw damage(record, "its \(section) are not what was written")
    }
    return bytes
  }

  /// A section of the record with this header; nil where it is not what was written.
  func read(
    _ section: RecordSection, of header: RecordHeader, at place: Place
  ) throws(StoreError) -> SharedBytes? {
    let (length, checksum) = (
      header.sections[section.rawValue].length, header.sections[section.rawValue].checksum
    )
    let file = try file(place.segment)
    let offset = place.offset + header.offset(of: section)
    let size = try file.size()
    guard offset <= size, length <= size - offset else { return nil }
    var buffer = ByteBuffer(capacity: max(1, Int(length)))
    let target = UnsafeMutableRawBufferPointer(
      start: buffer.extend(by: Int(length)), count: Int(length))
    guard try file.read(into: target, at: offset) == Int(length),
      buffer.checksum == checksum
    else { return nil }
    return SharedBytes(buffer)
  }

  /// Throws unless the segment says what it is and whose.
  func checkHeader(of segment: UInt32, genesis: Hash256) throws(StoreError) {
    let expected = SegmentHeader.bytes(segment: segment, genesis: genesis)
    let found = UnsafeMutableRawBufferPointer.allocate(
      byteCount: expected.count, alignment: 8)
    defer { found.deallocate() }
    let count = try file(segment).read(into: found, at: 0)
    guard count == expected.count, expected.array.elementsEqual(found) else {
      throw .corrupted(
        path: filePath(segment), offset: 0, block: nil,
        reason: "the segment's first bytes are others")
    }
  }

  func damage(_ record: RecordPlace, _ reason: String) -> StoreError {
    .corrupted(
      path: filePath(record.place.segment), offset: record.place.offset,
      block: record.block.number, reason: reason)
  }
}
