// Reads what a ByteBuffer wrote, without trusting it.

internal import Primitives

/// A cursor over bytes from disk. What is not there is nil, and nothing traps.
struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0

  init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  var isAtEnd: Bool { offset == bytes.count }

  /// The next `count` bytes.
  @inline(__always)
  mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
    guard count >= 0, offset >= 0, offset <= bytes.count, bytes.count &- offset >= count else {
      return nil
    }
    defer { offset &+= count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset &+ count])
  }

  mutating func byte() -> UInt8? { take(1)?[0] }

  mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(_: Value.Type) -> Value? {
    take(MemoryLayout<Value>.size).map { Value(littleEndian: $0.loadUnaligned(as: Value.self)) }
  }

  mutating func hash() -> Hash256? {
    take(32).flatMap(\.baseAddress).map { Hash256(bytesAt: $0) }
  }

  mutating func address() -> Address? {
    take(20).flatMap(\.baseAddress).map { Address(bytesAt: $0) }
  }

  /// A word of `count` bytes, big-endian.
  mutating func word(count: Int) -> UInt256? {
    guard count <= 32 else { return nil }
    return take(count).flatMap { UInt256(bigEndian: $0) }
  }

  mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = byte() else { return nil }
      if shift == 63 && byte > 1 { return nil }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }

  /// A number that something is counted by: never more than there are bytes.
  mutating func count() -> Int? {
    varint().flatMap { $0 <= UInt64(bytes.count) ? Int($0) : nil }
  }
}
