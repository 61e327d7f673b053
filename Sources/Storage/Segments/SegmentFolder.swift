// The files of the segments, for reading.

internal import Primitives
internal import Synchronization

/// Reads records, from any thread.
final class SegmentFolder: Sendable {
  let path: String
  private let files = Mutex<[UInt32: SegmentFile]>([:])

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

  func file(_ segment: UInt32) throws(StoreError) -> SegmentFile {
    // Opened under the lock, so that what `forget` takes out is not put back.
    try files.withLock { (files) throws(StoreError) in
      if let file = files[segment] { return file }
      let path = filePath(segment)
      guard Folder.exists(path) else {
        throw .corrupted(path: path, offset: nil, block: nil, reason: "the segment is missing")
      }
      let file = try SegmentFile(path)
      if files.count >= Self.fileLimit { files.removeAll() }
      files[segment] = file
      return file
    }
  }

  /// Forgets a file whose name another has by now.
  func forget(_ segment: UInt32) { files.withLock { $0[segment] = nil } }

  /// Forgets the files, which were changed under other handles.
  func reopen() { files.withLock { $0.removeAll() } }

  /// The header of the record at `place`; nil where there is none that is whole.
  func header(at place: Place) throws(StoreError) -> RecordHeader? {
    let file = try file(place.segment)
    guard let position = try file.position(place.offset),
      let bytes = try file.file.bytes(RecordHeader.size, at: position)
    else { return nil }
    return bytes.withBytes { RecordHeader($0) }
  }

  /// The header of a block's record, which must be at `record.place`.
  func header(of record: RecordPlace) throws(StoreError) -> RecordHeader {
    guard let header = try header(at: record.place), header.kind != .head,
      header.block == record.block
    else { throw try damage(.header, of: record) }
    return header
  }

  /// A section of a block's record.
  func section(_ section: RecordSection, of record: RecordPlace) throws(StoreError) -> SharedBytes {
    let header = try header(of: record)
    if section == .changes && header.isPruned { throw .pruned(block: record.block.number) }
    guard let bytes = try read(section, of: header, at: record.place) else {
      throw try damage(section, of: record)
    }
    return bytes
  }

  /// A section of the record with this header; nil where it is not what was written.
  func read(
    _ section: RecordSection, of header: RecordHeader, at place: Place
  ) throws(StoreError) -> SharedBytes? {
    let expected = header.sections[section.rawValue]
    let file = try file(place.segment)
    guard let position = try file.position(place.offset),
      let bytes = try file.file.bytes(
        Int(expected.length), at: position + header.offset(of: section)),
      bytes.withBytes({ Checksum.of($0) }) == expected.checksum
    else { return nil }
    return bytes
  }

  /// Throws unless the segment says what it is and whose.
  func checkHeader(of segment: UInt32, genesis: Hash256) throws(StoreError) {
    try file(segment).check(number: segment, genesis: genesis)
  }

  /// How a segment is too short for the record at `place`, of so many bytes where that is known, in words;
  /// nil where it is not.
  func shortness(at place: Place, length: UInt64? = nil) throws(StoreError) -> String? {
    let end = try file(place.segment).end()
    if place.offset <= end && length ?? UInt64(RecordHeader.size) <= end - place.offset {
      return nil
    }
    let expected =
      length.map { "the record here ends at byte \(place.offset &+ $0)" }
      ?? "a record should begin here"
    return "the file has \(end) bytes only, and \(expected)"
  }

  private func damage(
    _ section: RecordSection, of record: RecordPlace
  ) throws(StoreError) -> StoreError {
    damage(record, try shortness(at: record.place, length: record.length) ?? section.damage)
  }

  func damage(_ record: RecordPlace, _ reason: String) -> StoreError {
    damage(at: record.place, record.block.number, reason)
  }

  func damage(at place: Place, _ block: UInt64?, _ reason: String) -> StoreError {
    .corrupted(
      path: filePath(place.segment), offset: place.offset, block: block, reason: reason)
  }
}
