// A 256-bit hash.

/// A 256-bit hash, such as Keccak-256 gives. Held as the number its 32 big-endian bytes spell.
@frozen
public struct Hash256: Sendable, Hashable, BitwiseCopyable {
  /// The hash as a word.
  public var word: UInt256

  /// The hash that `word` spells.
  @inlinable @inline(__always)
  public init(_ word: UInt256) { self.word = word }

  /// The hash whose 32 bytes stand at `pointer`.
  @inlinable @inline(__always)
  public init(bytesAt pointer: UnsafeRawPointer) { self.init(UInt256(bigEndianAt: pointer)) }

  /// The hash with these bytes, or nil unless there are exactly 32.
  @inlinable
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 32, let word = UInt256(bigEndian: bytes) else { return nil }
    self.init(word)
  }

  /// Thirty-two zero bytes.
  @inlinable @inline(__always)
  public static var zero: Hash256 { Hash256(.zero) }

  /// Writes the 32 bytes at `pointer`.
  @inlinable @inline(__always)
  public func store(at pointer: UnsafeMutableRawPointer) { word.storeBigEndian(at: pointer) }

  /// The 32 bytes.
  @inlinable
  public var bytes: [UInt8] { word.bigEndianBytes }
}

extension Hash256: Comparable {
  /// Order of the bytes.
  @inlinable @inline(__always)
  public static func < (a: Hash256, b: Hash256) -> Bool { a.word < b.word }
}
