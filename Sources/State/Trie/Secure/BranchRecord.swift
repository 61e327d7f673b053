// A branch as a store keeps it.

internal import Primitives

/// The record of a branch with many leaves below:
///
///     0  choices that have a child, 16 bits; choices whose child's encoding stands instead of its hash
///     4  half byte of the key it chooses by
///     5  half bytes after the parent's choice up to there, two a byte, the last one perhaps alone
///        number of leaves below each child, 32 bits
///        hash of each child, 32 bytes; a shorter encoding in its place has zeros behind it
///
/// Numbers are little-endian.
enum BranchRecord {
  /// No record is longer.
  static let maximumSize = 5 + 32 + 16 * 36

  private static func extensionSize(start: Int, end: Int) -> Int { (end - start + 1) / 2 }

  /// Writes the record of a branch; answers its length.
  static func write(_ branch: BranchNode, at memory: UnsafeMutableRawPointer) -> Int {
    let (start, end) = (branch.start, branch.end)
    memory.storeBytes(of: branch.present.littleEndian, as: UInt16.self)
    memory.storeBytes(of: branch.embedded.littleEndian, toByteOffset: 2, as: UInt16.self)
    memory.storeBytes(of: UInt8(end), toByteOffset: 4, as: UInt8.self)
    var place = memory + 5
    for nibble in stride(from: start, to: end, by: 2) {
      let low = nibble + 1 < end ? branch.prefix.nibble(nibble + 1) : 0
      place.storeBytes(of: UInt8(branch.prefix.nibble(nibble) << 4 | low), as: UInt8.self)
      place += 1
    }
    for choice in branch.choices {
      place.storeBytes(of: branch.child(choice).leafCount.littleEndian, as: UInt32.self)
      place += 4
    }
    for choice in branch.choices {
      let isEmbedded = branch.embedded & BranchNode.bit(choice) != 0
      let hash = branch.hash(choice)
      let size = isEmbedded ? NodeEncoder.embeddedSize(hash) : BranchNode.hashSize
      place.initializeMemory(as: UInt8.self, repeating: 0, count: BranchNode.hashSize)
      place.copyMemory(from: hash, byteCount: size)
      place += BranchNode.hashSize
    }
    return place - memory
  }

  /// Whether `bytes` could be the record of a branch that begins at half byte `start`.
  static func isRecord(_ bytes: UnsafeRawBufferPointer, start: Int) -> Bool {
    guard bytes.count >= 5 else { return false }
    let children = present(bytes).nonzeroBitCount
    let end = Int(bytes[4])
    guard children > 1, embedded(bytes) & ~present(bytes) == 0, (start..<64).contains(end) else {
      return false
    }
    return bytes.count == 5 + extensionSize(start: start, end: end) + 36 * children
  }

  static func present(_ bytes: UnsafeRawBufferPointer) -> UInt16 {
    UInt16(littleEndian: bytes.loadUnaligned(as: UInt16.self))
  }

  static func embedded(_ bytes: UnsafeRawBufferPointer) -> UInt16 {
    UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
  }

  static func end(_ bytes: UnsafeRawBufferPointer) -> Int { Int(bytes[4]) }

  /// Fills the branch at `path`, which has room, with what a record says.
  static func read(_ bytes: UnsafeRawBufferPointer, at path: NibblePath, into branch: BranchNode) {
    let end = end(bytes)
    branch.present = present(bytes)
    branch.embedded = embedded(bytes)
    branch.marks.insert(.recorded)
    if branch.hasExtension {
      var prefix = path.key
      for nibble in path.count..<end {
        let byte = Int(bytes[5 + (nibble - path.count) / 2])
        let value = (nibble - path.count) % 2 == 0 ? byte >> 4 : byte & 15
        prefix = prefix.prefix(nibbles: nibble, then: value)
      }
      branch.prefix = prefix
    }
    var place = 5 + extensionSize(start: path.count, end: end)
    for choice in branch.choices {
      let count = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)
      branch.set(
        choice, to: TrieChild(kind: .absent, leafCount: UInt32(littleEndian: count)))
      place += 4
    }
    for choice in branch.choices {
      guard let base = bytes.baseAddress else { return }
      branch.hash(choice).copyMemory(from: base + place, byteCount: BranchNode.hashSize)
      place += BranchNode.hashSize
    }
  }
}
