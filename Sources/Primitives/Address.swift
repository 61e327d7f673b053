// A 160-bit account address.

/// The address of an account: 160 bits.
///
/// Held as a number in limbs, lowest first, so that stack words convert without byte swaps.
@frozen
public struct Address: Sendable, Hashable, BitwiseCopyable {
  /// Bits 0 to 63 (the last eight bytes).
  public var l0: UInt64
  /// Bits 64 to 127.
  public var l1: UInt64
  /// Bits 128 to 159 (the first four bytes).
  public var l2: UInt32

  /// The address with these limbs.
  @inlinable @inline(__always)
  public init(l0: UInt64, l1: UInt64, l2: UInt32) {
    self.l0 = l0
    self.l1 = l1
    self.l2 = l2
  }

  /// The low 160 bits of a word, as the EVM reads addresses from its stack.
  @inlinable @inline(__always)
  public init(truncating word: UInt256) {
    self.init(l0: word.l0, l1: word.l1, l2: UInt32(truncatingIfNeeded: word.l2))
  }

  /// A small address, such as a precompile's.
  @inlinable @inline(__always)
  public init(_ number: UInt64) { self.init(l0: number, l1: 0, l2: 0) }

  /// The address whose 20 bytes stand at `pointer`.
  @inlinable @inline(__always)
  public init(bytesAt pointer: UnsafeRawPointer) {
    self.init(
      l0: UInt64(bigEndian: pointer.loadUnaligned(fromByteOffset: 12, as: UInt64.self)),
      l1: UInt64(bigEndian: pointer.loadUnaligned(fromByteOffset: 4, as: UInt64.self)),
      l2: UInt32(bigEndian: pointer.loadUnaligned(fromByteOffset: 0, as: UInt32.self)))
  }

  /// The address with these bytes, or nil unless there are exactly 20.
  @inlinable
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 20, let word = UInt256(bigEndian: bytes) else { return nil }
    self.init(truncating: word)
  }

  /// The zero address.
  @inlinable @inline(__always)
  public static var zero: Address { Address(0) }

  /// The address as a word, zero-extended.
  @inlinable @inline(__always)
  public var word: UInt256 { UInt256(l0: l0, l1: l1, l2: UInt64(l2), l3: 0) }

  /// Writes the 20 bytes at `pointer`.
  @inlinable @inline(__always)
  public func store(at pointer: UnsafeMutableRawPointer) {
    pointer.storeBytes(of: l2.bigEndian, toByteOffset: 0, as: UInt32.self)
    pointer.storeBytes(of: l1.bigEndian, toByteOffset: 4, as: UInt64.self)
    pointer.storeBytes(of: l0.bigEndian, toByteOffset: 12, as: UInt64.self)
  }

  /// The 20 bytes.
  @inlinable
  public var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
      store(at: UnsafeMutableRawPointer(buffer.baseAddress.unsafelyUnwrapped))
      count = 20
    }
  }

  /// Whether the addresses are the same.
  @inlinable @inline(__always)
  public static func == (a: Address, b: Address) -> Bool {
    ((a.l0 ^ b.l0) | (a.l1 ^ b.l1) | UInt64(a.l2 ^ b.l2)) == 0
  }
}

extension Address: Comparable {
  /// Order of the bytes.
  @inlinable
  public static func < (a: Address, b: Address) -> Bool { a.word < b.word }
}
