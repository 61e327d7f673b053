// The EVM's word: an unsigned 256-bit integer in four 64-bit limbs.

public import CKernels

/// An unsigned 256-bit integer, the word of the Ethereum Virtual Machine.
///
/// Stored as four limbs, lowest first. Operators with `&` wrap modulo 2^256, as the EVM's do.
@frozen
public struct UInt256: Sendable, Hashable, BitwiseCopyable {
  /// Bits 0 to 63.
  public var l0: UInt64
  /// Bits 64 to 127.
  public var l1: UInt64
  /// Bits 128 to 191.
  public var l2: UInt64
  /// Bits 192 to 255.
  public var l3: UInt64

  /// The number `l0 + l1·2^64 + l2·2^128 + l3·2^192`.
  @inlinable @inline(__always)
  public init(l0: UInt64, l1: UInt64, l2: UInt64, l3: UInt64) {
    self.l0 = l0
    self.l1 = l1
    self.l2 = l2
    self.l3 = l3
  }

  /// The number `value`.
  @inlinable @inline(__always)
  public init(_ value: UInt64) { self.init(l0: value, l1: 0, l2: 0, l3: 0) }

  /// The number `value`; traps when it is negative.
  @inlinable @inline(__always)
  public init(_ value: Int) { self.init(UInt64(value)) }

  /// One for `true`, zero for `false`: what the EVM's comparisons push.
  @inlinable @inline(__always)
  public init(_ condition: Bool) { self.init(condition ? 1 as UInt64 : 0) }

  /// 0
  @inlinable @inline(__always)
  public static var zero: UInt256 { UInt256(0 as UInt64) }
  /// 1
  @inlinable @inline(__always)
  public static var one: UInt256 { UInt256(1 as UInt64) }
  /// 2^256 − 1
  @inlinable @inline(__always)
  public static var max: UInt256 { UInt256(l0: .max, l1: .max, l2: .max, l3: .max) }

  /// Whether the number is zero.
  @inlinable @inline(__always)
  public var isZero: Bool { (l0 | l1 | l2 | l3) == 0 }

  /// Whether bit 255 is set: the number is negative when read as two's complement.
  @inlinable @inline(__always)
  public var isNegative: Bool { Int64(bitPattern: l3) < 0 }

  /// The number as a 64-bit one, or nil when it does not fit.
  @inlinable @inline(__always)
  public var asUInt64: UInt64? { (l1 | l2 | l3) == 0 ? l0 : nil }

  /// The number as a 64-bit one, or `UInt64.max` when it does not fit.
  @inlinable @inline(__always)
  public var clampedToUInt64: UInt64 { (l1 | l2 | l3) == 0 ? l0 : .max }

  /// Whether the numbers are equal.
  @inlinable @inline(__always)
  public static func == (a: UInt256, b: UInt256) -> Bool {
    ((a.l0 ^ b.l0) | (a.l1 ^ b.l1) | (a.l2 ^ b.l2) | (a.l3 ^ b.l3)) == 0
  }
}

extension UInt256: Comparable {
  /// Whether `a` is less than `b`, both unsigned.
  @inlinable @inline(__always)
  public static func < (a: UInt256, b: UInt256) -> Bool {
    nt_less_than_256(a.l0, a.l1, a.l2, a.l3, b.l0, b.l1, b.l2, b.l3)
  }

  /// Whether `a` is greater than `b`.
  @inlinable @inline(__always)
  public static func > (a: UInt256, b: UInt256) -> Bool { b < a }

  /// Whether `a` is at most `b`.
  @inlinable @inline(__always)
  public static func <= (a: UInt256, b: UInt256) -> Bool { !(b < a) }

  /// Whether `a` is at least `b`.
  @inlinable @inline(__always)
  public static func >= (a: UInt256, b: UInt256) -> Bool { !(a < b) }
}

extension UInt256: ExpressibleByIntegerLiteral {
  /// A literal of any size up to 256 bits; a larger or negative one traps.
  @inlinable
  public init(integerLiteral value: StaticBigInt) {
    precondition(value.signum() >= 0 && value.bitWidth <= 257, "literal is no 256-bit integer")
    self.init(
      l0: UInt64(value[0]), l1: UInt64(value[1]), l2: UInt64(value[2]), l3: UInt64(value[3]))
  }
}
