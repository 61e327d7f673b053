// The fixed part of a record.

internal import Primitives

/// What a record is, with the lengths and checksums of its sections.
///
///     0    "NTRECORD"            96   where the parent's record stands: segment (4), 0 (4), offset (8)
///     8    length of the record  112  sections: length (8), checksum (8) each
///     16   kind (4), flags (4)   208  zeros
///     24   number                248  checksum of bytes 0 ..< 248
///     32   hash, parent hash
///
/// Flags: 1 all records before were synced, 2 the changes are gone. Sections follow, each padded to 8
/// bytes; the record is padded to 64.
struct RecordHeader: Equatable {
  enum Kind: UInt32 {
    /// The block that follows the head, which it is from here on.
    case block = 1
    /// The head is the block with this number and hash, whose record stands where the header says the parent's
    /// does: an earlier block of the chain, or one of another branch.
    case head = 2
    /// A block of another branch, which is not in the chain unless a later record makes its branch the chain.
    case aside = 3
  }

  struct Section: Equatable {
    var length: UInt64 = 0
    var checksum: UInt64 = 0
  }

  static let size = 256
  static let alignment = 64
  private static let magic: UInt64 = 0x4452_4f43_4552_544e

  var kind: Kind
  /// Whether all records before were on disk when this one was written.
  var followsSynced: Bool
  /// Whether the changes, the last section, were dropped; length and checksum of what was there stay.
  var isPruned = false
  /// The bytes of the record as it was written first.
  var length: UInt64 = 0
  var block: BlockIdentity
  var parentHash: Hash256
  /// Where the parent's record stands, or that of the block which is the head; meaningless for the first
  /// block.
  var parent: Place
  var sections = [Section](repeating: Section(), count: RecordSection.allCases.count)

  init(kind: Kind, followsSynced: Bool, block: BlockIdentity, parentHash: Hash256, parent: Place) {
    self.kind = kind
    self.followsSynced = followsSynced
    self.block = block
    self.parentHash = parentHash
    self.parent = parent
  }

  /// Reads a header; nil where `bytes` hold none that is whole.
  init?(_ bytes: UnsafeRawBufferPointer) {
    var reader = ByteReader(bytes)
    guard bytes.count >= Self.size, reader.integer(UInt64.self) == Self.magic,
      let length = reader.integer(UInt64.self),
      let kind = reader.integer(UInt32.self).flatMap(Kind.init),
      let flags = reader.integer(UInt32.self), let number = reader.integer(UInt64.self),
      let hash = reader.hash(), let parentHash = reader.hash(),
      let parentSegment = reader.integer(UInt32.self), reader.integer(UInt32.self) != nil,
      let parentOffset = reader.integer(UInt64.self)
    else { return nil }
    self.init(
      kind: kind, followsSynced: flags & 1 != 0, block: BlockIdentity(number: number, hash: hash),
      parentHash: parentHash, parent: Place(segment: parentSegment, offset: parentOffset))
    self.length = length
    isPruned = flags & 2 != 0
    for index in sections.indices {
      guard let length = reader.integer(UInt64.self), let checksum = reader.integer(UInt64.self)
      else { return nil }
      sections[index] = Section(length: length, checksum: checksum)
    }
    var last = ByteReader(bytes, at: Self.size - 8)
    let covered = UnsafeRawBufferPointer(rebasing: bytes[..<(Self.size - 8)])
    guard last.integer(UInt64.self) == Checksum.of(covered), self.length == fittingLength else {
      return nil
    }
  }

  /// Whether a header may begin at a position of `bytes`.
  static func mayBegin(_ bytes: UnsafeMutableRawBufferPointer, at position: Int) -> Bool {
    position + 8 <= bytes.count
      && UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        == magic
  }

  /// Writes the header over the first bytes of `buffer`.
  func write(to buffer: inout ByteBuffer) {
    var fields = ByteBuffer(capacity: Self.size)
    fields.append(Self.magic)
    fields.append(length)
    fields.append(kind.rawValue)
    fields.append(UInt32((followsSynced ? 1 : 0) | (isPruned ? 2 : 0)))
    fields.append(block.number)
    fields.append(block.hash)
    fields.append(parentHash)
    fields.append(parent.segment)
    fields.append(UInt32(0))
    fields.append(parent.offset)
    for section in sections {
      fields.append(section.length)
      fields.append(section.checksum)
    }
    let rest = Self.size - 8 - fields.count
    fields.extend(by: rest).initializeMemory(as: UInt8.self, repeating: 0, count: rest)
    fields.append(fields.checksum)
    fields.withBytes { buffer.overwrite(with: $0) }
  }

  /// Where a section begins, from the start of the record.
  func offset(of section: RecordSection) -> UInt64 {
    var offset = UInt64(Self.size)
    for index in 0..<section.rawValue { offset += Self.padded(sections[index].length, to: 8) }
    return offset
  }

  /// The bytes of the record as it stands on disk.
  var storedLength: UInt64 {
    isPruned ? Self.padded(offset(of: .changes), to: UInt64(Self.alignment)) : length
  }

  /// The length that the sections make; nil where they are too long to be true.
  private var fittingLength: UInt64? {
    var sum = UInt64(Self.size)
    for section in sections {
      if section.length > 1 << 40 { return nil }
      sum += Self.padded(section.length, to: 8)
    }
    return Self.padded(sum, to: UInt64(Self.alignment))
  }

  private static func padded(_ length: UInt64, to alignment: UInt64) -> UInt64 {
    (length + alignment - 1) / alignment * alignment
  }
}

/// The sections of a block's record, in their order.
enum RecordSection: Int, CaseIterable {
  case header
  case transactions
  case ommers
  case withdrawals
  case receipts
  case changes

  /// What is said of one that was damaged.
  var damage: String {
    self == .header
      ? "its header is not what was written" : "its \(self) are not what was written"
  }
}
