// Writes canonical RLP.

/// Builds an RLP encoding, item after item.
public struct RLPEncoder: Sendable {
  /// What is encoded so far.
  public private(set) var bytes: [UInt8] = []

  /// An encoder that has written nothing.
  public init() {}

  /// An encoder that has written nothing, with room for `capacity` bytes.
  public init(reservingCapacity capacity: Int) { bytes.reserveCapacity(capacity) }

  /// Forgets what is encoded, keeping the room.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Writes a byte string.
  public mutating func encode(_ content: [UInt8]) {
    content.withUnsafeBytes { encode($0) }
  }

  /// Writes a byte string.
  public mutating func encode(_ content: ArraySlice<UInt8>) {
    content.withUnsafeBytes { encode($0) }
  }

  /// Writes a byte string.
  public mutating func encode(_ content: UnsafeRawBufferPointer) {
    if content.count == 1 && content[0] < 0x80 {
      bytes.append(content[0])
    } else {
      appendHeader(0x80, count: content.count)
      bytes.append(contentsOf: content)
    }
  }

  /// Writes an integer: big-endian, without leading zeros, zero as no bytes.
  public mutating func encode(_ value: UInt64) {
    if value < 0x80 {
      bytes.append(value == 0 ? 0x80 : UInt8(truncatingIfNeeded: value))
      return
    }
    let count = 8 - value.leadingZeroBitCount / 8
    bytes.append(0x80 + UInt8(count))
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0[(8 - count)...]) }
  }

  /// Writes an integer: big-endian, without leading zeros, zero as no bytes.
  public mutating func encode(_ value: UInt256) {
    if let small = value.asUInt64 { return encode(small) }
    let count = value.byteCount
    bytes.append(0x80 + UInt8(count))
    withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { buffer in
      value.storeBigEndian(at: buffer.baseAddress.unsafelyUnwrapped)
      bytes.append(contentsOf: buffer[(32 - count)...])
    }
  }

  /// Writes 1 for true, nothing (the integer 0) for false.
  public mutating func encode(_ value: Bool) { bytes.append(value ? 1 : 0x80) }

  /// Writes an address, 20 bytes.
  public mutating func encode(_ address: Address) {
    withUnsafeTemporaryAllocation(byteCount: 21, alignment: 8) { buffer in
      buffer[0] = 0x80 + 20
      address.store(at: buffer.baseAddress.unsafelyUnwrapped + 1)
      bytes.append(contentsOf: buffer)
    }
  }

  /// Writes an address, or no bytes for nil, as a transaction that creates a contract does.
  public mutating func encode(_ address: Address?) {
    if let address { encode(address) } else { bytes.append(0x80) }
  }

  /// Writes a hash, 32 bytes.
  public mutating func encode(_ hash: Hash256) {
    withUnsafeTemporaryAllocation(byteCount: 33, alignment: 8) { buffer in
      buffer[0] = 0x80 + 32
      hash.store(at: buffer.baseAddress.unsafelyUnwrapped + 1)
      bytes.append(contentsOf: buffer)
    }
  }

  /// Writes a list of the items that `body` writes.
  public mutating func list<Failure: Error>(
    _ body: (inout RLPEncoder) throws(Failure) -> Void
  ) throws(Failure) {
    // One byte is kept for the header; the rare longer header moves the items.
    let start = bytes.count
    bytes.append(0xc0)
    try body(&self)
    let count = bytes.count - start - 1
    if count < 56 {
      bytes[start] = 0xc0 + UInt8(count)
    } else {
      writeLongHeader(at: start, count: count)
    }
  }

  /// Writes the header of a list whose `count` bytes stand behind one place for it, and moves them to
  /// make room for the rest of it.
  private mutating func writeLongHeader(at start: Int, count: Int) {
    let width = 8 - count.leadingZeroBitCount / 8
    for _ in 0..<width { bytes.append(0) }
    bytes.withUnsafeMutableBytes { bytes in
      let items = bytes.baseAddress.unsafelyUnwrapped + start + 1
      (items + width).copyMemory(from: items, byteCount: count)
      bytes[start] = 0xf7 + UInt8(width)
      for place in 0..<width {
        bytes[start + width - place] = UInt8(truncatingIfNeeded: count >> (8 * place))
      }
    }
  }

  /// Writes bytes that are an encoding already.
  public mutating func appendRaw(_ encoding: [UInt8]) { bytes.append(contentsOf: encoding) }

  /// Writes bytes that are an encoding already.
  public mutating func appendRaw(_ encoding: ArraySlice<UInt8>) {
    bytes.append(contentsOf: encoding)
  }

  /// Writes bytes that are an encoding already.
  public mutating func appendRaw(_ encoding: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: encoding)
  }

  /// Writes the header of a byte string (0x80) or list (0xc0) of `count` bytes.
  private mutating func appendHeader(_ base: UInt8, count: Int) {
    if count < 56 {
      bytes.append(base + UInt8(count))
      return
    }
    let width = 8 - count.leadingZeroBitCount / 8
    bytes.append(base + 55 + UInt8(width))
    for place in (0..<width).reversed() {
      bytes.append(UInt8(truncatingIfNeeded: count >> (8 * place)))
    }
  }
}
