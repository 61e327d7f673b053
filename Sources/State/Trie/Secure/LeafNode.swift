// A leaf of a trie in memory.

internal import Primitives

/// A key with its value:
///
///     0   the key, 32 bytes
///     32  units of memory
///     33  bytes of the value; the highest bit says whether there is a storage link
///     34  the value
///         at the end, aligned, the storage link, where there is one
///
/// The value of a slot is its word without leading zeros; that of an account, an `AccountRecord`.
struct LeafNode: BitwiseCopyable {
  /// What an account's leaf knows of the account's storage: the top of its trie.
  struct StorageLink: BitwiseCopyable {
    var top = TrieChild.none
    /// Whether it changed since changes were taken.
    var isChanged = false
    /// Whether it was visited since eviction came by.
    var isUsed = true
  }

  private static let headerSize = 34
  private static let linkSize = 16
  private static let linkMark: UInt8 = 0x80

  let memory: UnsafeMutableRawPointer

  init(at memory: UnsafeMutableRawPointer) { self.memory = memory }

  /// Units of memory for a value of so many bytes.
  @inline(__always)
  static func size(valueCount: Int, hasLink: Bool) -> Int {
    let bytes = headerSize &+ valueCount &+ NodePool.unit &- 1
    return bytes / NodePool.unit &+ (hasLink ? linkSize / NodePool.unit : 0)
  }

  /// Makes it a leaf of `size` units; the value is for the caller to write.
  func initialize(key: Hash256, size: Int, valueCount: Int, hasLink: Bool) {
    self.key.pointee = key
    memory.storeBytes(of: UInt8(truncatingIfNeeded: size), toByteOffset: 32, as: UInt8.self)
    setValueCount(valueCount, hasLink: hasLink)
  }

  func setValueCount(_ count: Int, hasLink: Bool) {
    memory.storeBytes(
      of: UInt8(truncatingIfNeeded: count) | (hasLink ? Self.linkMark : 0), toByteOffset: 33,
      as: UInt8.self)
  }

  var key: UnsafeMutablePointer<Hash256> { memory.assumingMemoryBound(to: Hash256.self) }
  var size: Int { Int(memory.load(fromByteOffset: 32, as: UInt8.self)) }
  var valueCount: Int {
    Int(memory.load(fromByteOffset: 33, as: UInt8.self) & ~Self.linkMark)
  }
  var hasLink: Bool { memory.load(fromByteOffset: 33, as: UInt8.self) & Self.linkMark != 0 }
  var valueBytes: UnsafeMutableRawPointer { memory + Self.headerSize }
  var value: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: valueBytes, count: valueCount)
  }

  /// The storage link of an account that has one.
  var link: UnsafeMutablePointer<StorageLink> {
    (memory + (size &* NodePool.unit &- Self.linkSize))
      .assumingMemoryBound(to: StorageLink.self)
  }
}
