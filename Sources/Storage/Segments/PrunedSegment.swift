// A segment without the changes of its blocks.

internal import Primitives

/// Rewrites segments so that headers, bodies and receipts stay and the changes of the state go.
///
/// A pruned segment is a new file in the place of the old one: its records, shorter, one after another,
/// and behind them a table that leads from where each was written first to where it stands now. So
/// nothing else that names a place has to change, and at every moment one of the two files is there whole.
enum PrunedSegment {
  /// What the name of a file ends with that is not whole yet.
  static let unfinishedSuffix = ".seg.new"

  /// Writes the file for a segment without its changes, which is on disk when this returns; its path.
  static func write(
    _ segment: UInt32, in folder: SegmentFolder, genesis: Hash256
  ) throws(StoreError) -> String {
    let end = try folder.file(segment).end()
    var writer = try PrunedSegmentWriter(segment, in: folder)
    var record = ByteBuffer(capacity: 1 << 20)
    while writer.place.offset < end {
      record.removeAll()
      let header = try folder.readWithoutChanges(at: writer.place, into: &record)
      try writer.append(record, length: header.length)
    }
    return try writer.finish(genesis: genesis)
  }

  /// The table of an open file: number of records (8), where they ended (8), checksum of the rest (8), and
  /// for each where it was written first (8) and where it stands (8). It stays on disk, of which the system keeps in memory what is used.
  struct Table: Sendable {
    static let headerSize = 24
    static let entrySize = 16

    /// Where it stands in the file.
    let offset: UInt64
    private let count: UInt64
    /// Where the records ended before.
    let end: UInt64

    /// The table of a pruned segment; nil for any other.
    init?(_ file: File) throws(StoreError) {
      guard let header = try file.bytes(Int(SegmentHeader.size), at: 0),
        let offset = SegmentHeader.prunedTable(header.buffer)
      else { return nil }
      let size = try file.size()
      guard offset <= size, let table = try file.bytes(Self.headerSize, at: offset) else {
        throw .corrupted(
          path: file.path, offset: offset, block: nil,
          reason: "the file has \(size) bytes only, and the table of its records should begin here")
      }
      var reader = ByteReader(table.buffer)
      defer { withExtendedLifetime((header, table)) {} }
      guard let count = reader.integer(UInt64.self), let end = reader.integer(UInt64.self),
        count == (size - offset - UInt64(Self.headerSize)) / UInt64(Self.entrySize)
      else { throw Self.damage(file, offset) }
      self.offset = offset
      self.count = count
      self.end = end
    }

    /// Where the record stands that was written at `wanted`; nil where there is none.
    func position(_ wanted: UInt64, in file: File) throws(StoreError) -> UInt64? {
      var low: UInt64 = 0
      var high = count
      while low < high {
        let middle = (low + high) / 2
        let (offset, position) = try entry(middle, in: file)
        if offset == wanted { return position }
        if offset < wanted { low = middle + 1 } else { high = middle }
      }
      return nil
    }

    private func entry(_ index: UInt64, in file: File) throws(StoreError) -> (UInt64, UInt64) {
      let place = offset + UInt64(Self.headerSize) + index * UInt64(Self.entrySize)
      var entry: (UInt64, UInt64) = (0, 0)
      let count = try withUnsafeMutableBytes(of: &entry) { (bytes) throws(StoreError) in
        try file.read(into: bytes, at: place)
      }
      guard count == Self.entrySize else { throw Self.damage(file, place) }
      return (UInt64(littleEndian: entry.0), UInt64(littleEndian: entry.1))
    }

    /// Throws unless the table is what was written.
    func check(in file: File) throws(StoreError) {
      guard let table = try file.bytes(Self.headerSize + Int(count) * Self.entrySize, at: offset)
      else { throw Self.damage(file, offset) }
      let isWhole = table.withBytes { bytes in
        var reader = ByteReader(bytes, at: 16)
        return reader.integer(UInt64.self)
          == Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[Self.headerSize...]))
      }
      guard isWhole else { throw Self.damage(file, offset) }
    }

    private static func damage(_ file: File, _ offset: UInt64) -> StoreError {
      .corrupted(
        path: file.path, offset: offset, block: nil,
        reason: "the table of the pruned segment is not what was written")
    }
  }
}

extension SegmentFolder {
  /// Reads a record as it stands without changes into an empty buffer, each of its other sections checked.
  func readWithoutChanges(
    at place: Place, into buffer: inout ByteBuffer
  ) throws(StoreError) -> RecordHeader {
    guard var header = try header(at: place) else {
      throw damage(at: place, nil, try shortness(at: place) ?? "there should be a record here")
    }
    if let shortness = try shortness(at: place, length: header.length) {
      throw damage(at: place, header.block.number, shortness)
    }
    header.isPruned = header.kind != .head
    let size = Int(header.offset(of: .changes))
    let file = try file(place.segment)
    let count = try file.file.size()
    // Asked before there is room for it: where a pruned record ends, only its header says.
    guard let position = try file.position(place.offset), position <= count,
      UInt64(size) <= count - position
    else { throw damage(at: place, header.block.number, "the file ends within the record") }
    let target = UnsafeMutableRawBufferPointer(start: buffer.extend(by: size), count: size)
    guard try file.file.read(into: target, at: position) == size else {
      throw damage(at: place, header.block.number, "the file ends within the record")
    }
    for section in RecordSection.allCases where section != .changes {
      let (start, expected) = (header.offset(of: section), header.sections[section.rawValue])
      let content = target[Int(start)..<Int(start + expected.length)]
      guard Checksum.of(UnsafeRawBufferPointer(rebasing: content)) == expected.checksum else {
        throw damage(
          at: place, header.block.number, section.damage)
      }
    }
    buffer.pad(to: RecordHeader.alignment)
    header.write(to: &buffer)
    return header
  }
}
