// Which blocks may have which logs, without reading each block's header.

internal import Ledger
internal import Primitives
internal import Synchronization

/// A file of the blooms of those sections of the chain that somebody asked for logs of, turned so that a few rows of
/// 4,096 bits answer for 4,096 blocks.
///
/// It is made of the headers, and nothing depends on it: what is missing, damaged or of another chain is made again from
/// these, and a file that cannot be written is done without. Any thread may use it.
///
///     slot       one for each section from the oldest block's on: header, room up to 4,096 bytes, rows
///     header     magic (8), section (8), hash of its last block (32), union of the blooms (256), checksum (8)
///     row        which blocks have the bit (512), checksum (8); a hole where the union lacks the bit
final class BloomIndex: Sendable {
  private let path: String
  /// The section of the oldest block.
  private let first: UInt64
  private let file = Mutex<File?>(nil)
  /// Held by whoever writes.
  private let writing = Mutex(())

  private static let magic: UInt64 = 0x314d_4f4f_4c42_544e
  private static let headerSize = 312
  private static let rowsOffset: UInt64 = 4096
  private static let rowSize = 8 * BloomSection.rowWords + 8
  private static let slotSize: UInt64 = 262 * 4096
  /// More sections than any chain has.
  private static let slotLimit: UInt64 = 1 << 30

  /// The index in the file `path`, which need not be there, of a chain whose oldest block is that.
  init(_ path: String, oldestBlock: UInt64) {
    self.path = path
    first = oldestBlock / BloomSection.size
  }

  // MARK: - Reading

  /// Which blocks of a section may match, as a row; nil where it is not kept, or not as the chain has it, in which it
  /// ends with the block `last`.
  func blocks(
    of section: UInt64, endingWith last: Hash256, matching query: BloomQuery
  ) -> [UInt64]? {
    guard let slot = slot(of: section), let file = try? opened(),
      let header = Self.header(file, at: slot), header.section == section, header.last == last
    else { return nil }
    var rows = Rows(file: file, slot: slot, union: header.union)
    guard let found = rows.blocks(matching: query),
      // Whoever wrote the slot meanwhile began with its header.
      Self.header(file, at: slot) == header
    else { return nil }
    return found
  }

  private struct Header: Equatable {
    let section: UInt64
    let last: Hash256
    let union: Bloom
  }

  private static func header(_ file: File, at slot: UInt64) -> Header? {
    withUnsafeTemporaryAllocation(byteCount: headerSize, alignment: 8) { bytes in
      guard (try? file.read(into: bytes, at: slot)) == headerSize else { return nil }
      var reader = ByteReader(UnsafeRawBufferPointer(bytes))
      guard reader.integer(UInt64.self) == magic, let section = reader.integer(UInt64.self),
        let last = reader.hash(), let union = reader.take(256).flatMap(\.baseAddress),
        reader.integer(UInt64.self)
          == Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[..<(headerSize - 8)]))
      else { return nil }
      return Header(section: section, last: last, union: Bloom(bytesAt: union))
    }
  }

  /// The rows of a slot, each of which is read once.
  private struct Rows {
    let file: File
    let slot: UInt64
    let union: Bloom
    private var known: [Int: [UInt64]] = [:]

    init(file: File, slot: UInt64, union: Bloom) {
      self.file = file
      self.slot = slot
      self.union = union
    }

    /// Which blocks may match; nil where a row is not what was written.
    mutating func blocks(matching query: BloomQuery) -> [UInt64]? {
      if union.isEmpty { return [UInt64](repeating: 0, count: BloomSection.rowWords) }
      guard var found = row(BloomSection.anyRow) else { return nil }
      for entries in query.alternatives {
        var some = [UInt64](repeating: 0, count: BloomSection.rowWords)
        for entry in entries where union.mayContain(entry) {
          guard let a = row(entry.first), let b = row(entry.second), let c = row(entry.third)
          else { return nil }
          for index in some.indices { some[index] |= a[index] & b[index] & c[index] }
        }
        for index in found.indices { found[index] &= some[index] }
      }
      return found
    }

    private mutating func row(_ number: Int) -> [UInt64]? {
      if let row = known[number] { return row }
      let row = try? [UInt64](unsafeUninitializedCapacity: BloomSection.rowWords + 1) {
        buffer, count in
        let bytes = UnsafeMutableRawBufferPointer(buffer)
        let isThere =
          try file.read(into: bytes, at: BloomIndex.place(of: number, in: slot)) == bytes.count
        let content = UnsafeRawBufferPointer(rebasing: bytes.dropLast(8))
        let sum = UInt64(littleEndian: buffer[BloomSection.rowWords])
        count = isThere && sum == Checksum.of(content) ? BloomSection.rowWords : 0
      }
      guard let row, !row.isEmpty else { return nil }
      let words = row.map { UInt64(littleEndian: $0) }
      known[number] = words
      return words
    }
  }

  // MARK: - Writing

  /// Keeps a section, which ends with the block `last`.
  func keep(_ content: BloomSection, of section: UInt64, endingWith last: Hash256) {
    guard let slot = slot(of: section) else { return }
    writing.withLock { _ in
      // The index is a convenience: a query whose index cannot be written has its answer all the same.
      try? write(content, of: section, endingWith: last, at: slot)
    }
  }

  private func write(
    _ content: BloomSection, of section: UInt64, endingWith last: Hash256, at slot: UInt64
  ) throws(StoreError) {
    guard let file = try opened(makingIt: true) else { return }
    var header = ByteBuffer(capacity: Self.headerSize)
    _ = header.extend(by: Self.headerSize).initializeMemory(
      as: UInt8.self, repeating: 0, count: Self.headerSize)
    if try file.size() > slot {
      // What stands there is not to be taken for what is half overwritten, not even after a power failure.
      try file.write(header, at: slot)
      try file.sync()
    }
    for row in content.keptRows {
      var buffer = ByteBuffer(capacity: Self.rowSize)
      for word in content.row(row) { buffer.append(word) }
      buffer.append(buffer.checksum)
      try file.write(buffer, at: Self.place(of: row, in: slot))
    }
    try file.sync()
    header.removeAll()
    header.append(Self.magic)
    header.append(section)
    header.append(last)
    header.append(content.union.bytes)
    header.append(header.checksum)
    try file.write(header, at: slot)
  }

  // MARK: - Places

  private func slot(of section: UInt64) -> UInt64? {
    guard section >= first, section - first < Self.slotLimit else { return nil }
    return (section - first) * Self.slotSize
  }

  private static func place(of row: Int, in slot: UInt64) -> UInt64 {
    slot + rowsOffset + UInt64(row * rowSize)
  }

  /// The file; nil where there is none, and none is to be made.
  private func opened(makingIt: Bool = false) throws(StoreError) -> File? {
    try file.withLock { (file) throws(StoreError) in
      if file != nil { return file }
      if Folder.exists(path) {
        file = try File(path, .write)
      } else if makingIt {
        file = try File(path, .create)
      }
      return file
    }
  }
}
