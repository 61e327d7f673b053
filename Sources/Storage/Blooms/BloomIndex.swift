// Which blocks may have which logs, without reading each block's header.

internal import Ledger
internal import Primitives
internal import Synchronization

/// A file of the blooms of those sections of the chain that somebody asked for logs of, turned so that a few rows of
/// 4,096 bits answer for 4,096 blocks.
///
/// It is made of the headers, and nothing depends on it: what is missing, damaged or of another chain is made again from
/// these, and a file that cannot be written is done without. Nothing has to be synced: a row belongs to its header by
/// its checksum. Any thread may use it.
///
///     slot       one for each section from the oldest block's on: header, room up to 4,096 bytes, rows
///     header     magic (8), section (8), hash of its last block (32), union of the blooms (256), checksum (8)
///     row        which blocks have the bit (512), checksum of that, of the last block's hash and of the row's number (8);
///                a hole where the union lacks the bit
final class BloomIndex: Sendable {
  private let path: String
  /// The section of the oldest block.
  private let first: UInt64
  private let state = Mutex(State())

  private struct State {
    var file: File?
    /// False when something could not be written: it would not be the next time.
    var isWritable = true
    /// The sections that somebody makes.
    var making: Set<UInt64> = []
  }

  private static let magic: UInt64 = 0x314d_4f4f_4c42_544e
  private static let headerSize = 312
  private static let rowsOffset: UInt64 = 4096
  private static let rowSize = 8 * BloomSection.rowWords + 8
  private static let slotSize: UInt64 = 262 * 4096
  /// More sections than any chain has.
  private static let slotLimit: UInt64 = 1 << 30
  /// As many bytes of the disk are left to what has to be written.
  private static let spared: UInt64 = 256 << 20

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
    guard let slot = slot(of: section), let file = opened(),
      let union = Self.union(of: section, endingWith: last, in: file, at: slot)
    else { return nil }
    var rows = Rows(file: file, slot: slot, last: last, union: union)
    return rows.blocks(matching: query)
  }

  /// The union of a section's blooms; nil where the slot has another one, or none.
  private static func union(
    of section: UInt64, endingWith last: Hash256, in file: File, at slot: UInt64
  ) -> Bloom? {
    withUnsafeTemporaryAllocation(byteCount: headerSize, alignment: 8) { bytes in
      guard (try? file.read(into: bytes, at: slot)) == headerSize else { return nil }
      var reader = ByteReader(UnsafeRawBufferPointer(bytes))
      guard reader.integer(UInt64.self) == magic, reader.integer(UInt64.self) == section,
        reader.hash() == last, let union = reader.take(256)?.baseAddress,
        reader.integer(UInt64.self)
          == Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[..<(headerSize - 8)]))
      else { return nil }
      return Bloom(bytesAt: union)
    }
  }

  /// The rows of a slot, each of which is read once.
  private struct Rows {
    let file: File
    let slot: UInt64
    let last: Hash256
    let union: Bloom
    private var known: [Int: [UInt64]] = [:]

    init(file: File, slot: UInt64, last: Hash256, union: Bloom) {
      self.file = file
      self.slot = slot
      self.last = last
      self.union = union
    }

    /// Which blocks may match; nil where a row is not what was written.
    mutating func blocks(matching query: BloomQuery) -> [UInt64]? {
      let none = [UInt64](repeating: 0, count: BloomSection.rowWords)
      if union.isEmpty { return none }
      guard var found = row(BloomSection.anyRow) else { return nil }
      for entries in query.alternatives where found != none {
        var some = none
        for entry in entries where union.mayContain(entry) {
          guard let first = row(Int(entry.first)), let second = row(Int(entry.second)),
            let third = row(Int(entry.third))
          else { return nil }
          for index in some.indices { some[index] |= first[index] & second[index] & third[index] }
        }
        for index in found.indices { found[index] &= some[index] }
      }
      return found
    }

    private mutating func row(_ number: Int) -> [UInt64]? {
      if let row = known[number] { return row }
      let row = withUnsafeTemporaryAllocation(byteCount: BloomIndex.rowSize, alignment: 8) {
        bytes -> [UInt64]? in
        let place = BloomIndex.place(of: number, in: slot)
        guard (try? file.read(into: bytes, at: place)) == BloomIndex.rowSize else { return nil }
        var reader = ByteReader(UnsafeRawBufferPointer(bytes))
        let row = (0..<BloomSection.rowWords).compactMap { _ in reader.integer(UInt64.self) }
        let written = BloomIndex.bytes(of: number, row[...], endingWith: last)
        return written.withBytes { $0.elementsEqual(bytes) } ? row : nil
      }
      known[number] = row
      return row
    }
  }

  /// A row as it is written.
  private static func bytes(
    of number: Int, _ row: ArraySlice<UInt64>, endingWith last: Hash256
  ) -> ByteBuffer {
    var checked = ByteBuffer(capacity: rowSize + 40)
    for word in row { checked.append(word) }
    checked.append(last)
    checked.append(UInt64(number))
    var buffer = ByteBuffer(capacity: rowSize)
    for word in row { buffer.append(word) }
    buffer.append(checked.checksum)
    return buffer
  }

  // MARK: - Writing

  /// Lets the caller make a section, unless it cannot be kept or somebody else makes it. `end` must follow.
  func begin(_ section: UInt64) -> Bool {
    guard slot(of: section) != nil else { return false }
    return state.withLock { $0.isWritable && $0.making.insert(section).inserted }
  }

  /// Lets others make a section that was begun.
  func end(_ section: UInt64) {
    state.withLock { _ = $0.making.remove(section) }
  }

  /// Keeps a section, which ends with the block `last`.
  func keep(_ content: BloomSection, of section: UInt64, endingWith last: Hash256) {
    guard let slot = slot(of: section) else { return }
    do throws(StoreError) {
      try Folder.checkRoom(Folder.parent(of: path), Self.spared)
      try write(content, of: section, endingWith: last, at: slot)
    } catch {
      // The index is a convenience: queries have their answers all the same.
      state.withLock { $0.isWritable = false }
    }
  }

  private func write(
    _ content: BloomSection, of section: UInt64, endingWith last: Hash256, at slot: UInt64
  ) throws(StoreError) {
    let file = try made()
    for row in content.keptRows {
      let bytes = Self.bytes(of: row, content.row(row), endingWith: last)
      try file.write(bytes, at: Self.place(of: row, in: slot))
    }
    var header = ByteBuffer(capacity: Self.headerSize)
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

  /// The file; nil where there is none that can be read.
  private func opened() -> File? {
    state.withLock { state in
      if state.file == nil, Folder.exists(path) {
        state.file = try? File(path, .write)
        if state.file == nil {
          state.file = try? File(path, .read)
          state.isWritable = false
        }
      }
      return state.file
    }
  }

  /// The file, which is made where there is none.
  private func made() throws(StoreError) -> File {
    if let file = opened() { return file }
    return try state.withLock { (state) throws(StoreError) in
      if let file = state.file { return file }
      let file = try File(path, .create)
      state.file = file
      return file
    }
  }
}
