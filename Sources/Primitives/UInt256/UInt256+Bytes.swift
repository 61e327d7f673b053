// UInt256 and its 32 big-endian bytes.

extension UInt256 {
  /// The number whose 32 big-endian bytes stand at `pointer`.
  @inlinable @inline(__always)
  public init(bigEndianAt pointer: UnsafeRawPointer) {
    self.init(
      l0: UInt64(bigEndian: pointer.loadUnaligned(fromByteOffset: 24, as: UInt64.self)),
      l1: UInt64(bigEndian: pointer.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
      l2: UInt64(bigEndian: pointer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
      l3: UInt64(bigEndian: pointer.loadUnaligned(fromByteOffset: 0, as: UInt64.self)))
  }

  /// Writes the number as 32 big-endian bytes at `pointer`.
  @inlinable @inline(__always)
  public func storeBigEndian(at pointer: UnsafeMutableRawPointer) {
    pointer.storeBytes(of: l3.bigEndian, toByteOffset: 0, as: UInt64.self)
    pointer.storeBytes(of: l2.bigEndian, toByteOffset: 8, as: UInt64.self)
    pointer.storeBytes(of: l1.bigEndian, toByteOffset: 16, as: UInt64.self)
    pointer.storeBytes(of: l0.bigEndian, toByteOffset: 24, as: UInt64.self)
  }

  /// The number whose big-endian bytes are `bytes`, or nil when there are more than 32.
  @inlinable
  public init?(bigEndian bytes: some Collection<UInt8>) {
    let count = bytes.count
    guard count <= 32 else { return nil }
    self = withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { buffer in
      buffer.initializeMemory(as: UInt8.self, repeating: 0)
      UnsafeMutableRawBufferPointer(rebasing: buffer[(32 - count)...]).copyBytes(from: bytes)
      return UInt256(bigEndianAt: buffer.baseAddress.unsafelyUnwrapped)
    }
  }

  /// The 32 big-endian bytes.
  @inlinable
  public var bigEndianBytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      storeBigEndian(at: UnsafeMutableRawPointer(buffer.baseAddress.unsafelyUnwrapped))
      count = 32
    }
  }

  /// The big-endian bytes without leading zeros; none for zero. RLP's form of an integer.
  @inlinable
  public var minimalBigEndianBytes: [UInt8] { Array(bigEndianBytes.drop { $0 == 0 }) }
}
