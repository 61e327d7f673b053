// The 2048-bit filter over the events of a block.

internal import Primitives

/// A set of 2048 bits that tells which addresses and topics may occur among logs (Yellow Paper, M3:2048).
///
/// Held as the number its 256 big-endian bytes spell, lowest word first, without heap memory.
public struct Bloom: Sendable {
  /// The words, lowest first.
  public private(set) var words: InlineArray<32, UInt64>

  /// A filter without entries.
  public init() { words = InlineArray(repeating: 0) }

  /// The filter whose 256 bytes stand at `pointer`.
  public init(bytesAt pointer: UnsafeRawPointer) {
    self.init()
    for index in 0..<32 {
      words[index] = UInt64(
        bigEndian: pointer.loadUnaligned(fromByteOffset: 248 - 8 * index, as: UInt64.self))
    }
  }

  /// The filter with these bytes, or nil unless there are exactly 256.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 256 else { return nil }
    self = Array(bytes).withUnsafeBytes { Bloom(bytesAt: $0.baseAddress.unsafelyUnwrapped) }
  }

  /// The 256 bytes.
  public var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
      store(at: UnsafeMutableRawPointer(buffer.baseAddress.unsafelyUnwrapped))
      count = 256
    }
  }

  /// Writes the 256 bytes at `pointer`.
  public func store(at pointer: UnsafeMutableRawPointer) {
    for index in 0..<32 {
      pointer.storeBytes(
        of: words[index].bigEndian, toByteOffset: 248 - 8 * index, as: UInt64.self)
    }
  }

  /// Whether no bit is set.
  public var isEmpty: Bool {
    var union: UInt64 = 0
    for index in 0..<32 { union |= words[index] }
    return union == 0
  }

  /// Adds every entry of `other`.
  public mutating func formUnion(_ other: Bloom) {
    withUnsafeMutableBytes(of: &words) { bytes in
      withUnsafeBytes(of: other.words) { others in
        for offset in stride(from: 0, to: 256, by: 32) {
          let sum =
            bytes.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
            | others.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
          bytes.storeBytes(of: sum, toByteOffset: offset, as: SIMD4<UInt64>.self)
        }
      }
    }
  }

  /// Sets the three bits of an entry.
  public mutating func insert(_ entry: BloomEntry) {
    setBit(entry.first)
    setBit(entry.second)
    setBit(entry.third)
  }

  /// Whether the three bits of an entry are set.
  public func mayContain(_ entry: BloomEntry) -> Bool {
    hasBit(entry.first) && hasBit(entry.second) && hasBit(entry.third)
  }

  private mutating func setBit(_ number: UInt16) {
    words[Int(number &>> 6)] |= 1 &<< UInt64(number & 63)
  }

  private func hasBit(_ number: UInt16) -> Bool {
    words[Int(number &>> 6)] & 1 &<< UInt64(number & 63) != 0
  }
}

extension Bloom: Hashable {
  /// Whether the same bits are set.
  public static func == (a: Bloom, b: Bloom) -> Bool {
    var difference: UInt64 = 0
    for index in 0..<32 { difference |= a.words[index] ^ b.words[index] }
    return difference == 0
  }

  /// Feeds the words to `hasher`.
  public func hash(into hasher: inout Hasher) {
    for index in 0..<32 { hasher.combine(words[index]) }
  }
}
