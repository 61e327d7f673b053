// UInt256: logic, shifts, counting, and the EVM's bit instructions.

extension UInt256 {
  /// Bitwise and.
  @inlinable @inline(__always)
  public static func & (a: UInt256, b: UInt256) -> UInt256 {
    UInt256(l0: a.l0 & b.l0, l1: a.l1 & b.l1, l2: a.l2 & b.l2, l3: a.l3 & b.l3)
  }

  /// Bitwise or.
  @inlinable @inline(__always)
  public static func | (a: UInt256, b: UInt256) -> UInt256 {
    UInt256(l0: a.l0 | b.l0, l1: a.l1 | b.l1, l2: a.l2 | b.l2, l3: a.l3 | b.l3)
  }

  /// Bitwise exclusive or.
  @inlinable @inline(__always)
  public static func ^ (a: UInt256, b: UInt256) -> UInt256 {
    UInt256(l0: a.l0 ^ b.l0, l1: a.l1 ^ b.l1, l2: a.l2 ^ b.l2, l3: a.l3 ^ b.l3)
  }

  /// Bitwise complement.
  @inlinable @inline(__always)
  public static prefix func ~ (a: UInt256) -> UInt256 {
    UInt256(l0: ~a.l0, l1: ~a.l1, l2: ~a.l2, l3: ~a.l3)
  }

  // The shifts are disfavoured: `1 << 20` of literals must stay an `Int` where this module is imported.

  /// The number shifted left; zero when `count` is not in 0 ..< 256.
  @inlinable @inline(__always) @_disfavoredOverload
  public static func &<< (a: UInt256, count: Int) -> UInt256 {
    guard UInt(bitPattern: count) < 256 else { return .zero }
    let bits = UInt64(truncatingIfNeeded: count & 63)
    let rest = 63 &- bits  // l &>> 1 &>> (63 − bits) is l >> (64 − bits), also for no bits
    let r0 = a.l0 &<< bits
    let r1 = a.l1 &<< bits | (a.l0 &>> 1) &>> rest
    let r2 = a.l2 &<< bits | (a.l1 &>> 1) &>> rest
    let r3 = a.l3 &<< bits | (a.l2 &>> 1) &>> rest
    switch count &>> 6 {
    case 0: return UInt256(l0: r0, l1: r1, l2: r2, l3: r3)
    case 1: return UInt256(l0: 0, l1: r0, l2: r1, l3: r2)
    case 2: return UInt256(l0: 0, l1: 0, l2: r0, l3: r1)
    default: return UInt256(l0: 0, l1: 0, l2: 0, l3: r0)
    }
  }

  /// The number shifted right; zero when `count` is not in 0 ..< 256.
  @inlinable @inline(__always) @_disfavoredOverload
  public static func &>> (a: UInt256, count: Int) -> UInt256 {
    guard UInt(bitPattern: count) < 256 else { return .zero }
    return shiftedRight(a, count, filling: 0)
  }

  /// Shifts right by fewer than 256 bits; what comes in from the left is `fill`, 0 or all ones.
  @inlinable @inline(__always)
  static func shiftedRight(_ a: UInt256, _ count: Int, filling fill: UInt64) -> UInt256 {
    let bits = UInt64(truncatingIfNeeded: count & 63)
    let rest = 63 &- bits
    let r0 = a.l0 &>> bits | (a.l1 &<< 1) &<< rest
    let r1 = a.l1 &>> bits | (a.l2 &<< 1) &<< rest
    let r2 = a.l2 &>> bits | (a.l3 &<< 1) &<< rest
    let r3 = a.l3 &>> bits | (fill &<< 1) &<< rest
    switch count &>> 6 {
    case 0: return UInt256(l0: r0, l1: r1, l2: r2, l3: r3)
    case 1: return UInt256(l0: r1, l1: r2, l2: r3, l3: fill)
    case 2: return UInt256(l0: r2, l1: r3, l2: fill, l3: fill)
    default: return UInt256(l0: r3, l1: fill, l2: fill, l3: fill)
    }
  }

  /// The shift count that `self` asks for, 256 for every larger number.
  @inlinable @inline(__always)
  var shiftCount: Int {
    (l1 | l2 | l3) == 0 && l0 < 256 ? Int(truncatingIfNeeded: l0) : 256
  }

  /// The number shifted left; zero from 256 bits on (SHL).
  @inlinable @inline(__always) @_disfavoredOverload
  public static func << (a: UInt256, count: UInt256) -> UInt256 { a &<< count.shiftCount }

  /// The number shifted right; zero from 256 bits on (SHR).
  @inlinable @inline(__always) @_disfavoredOverload
  public static func >> (a: UInt256, count: UInt256) -> UInt256 { a &>> count.shiftCount }

  /// The two's complement number shifted right, keeping its sign (SAR).
  @inlinable @inline(__always)
  public func arithmeticShiftRight(by count: UInt256) -> UInt256 {
    let fill = UInt64(bitPattern: Int64(bitPattern: l3) >> 63)
    let count = count.shiftCount
    guard count < 256 else { return UInt256(l0: fill, l1: fill, l2: fill, l3: fill) }
    return Self.shiftedRight(self, count, filling: fill)
  }

  /// How many zero bits stand before the first one; 256 for zero (CLZ, EIP-7939).
  @inlinable
  public var leadingZeroBitCount: Int {
    if l3 != 0 { return l3.leadingZeroBitCount }
    if l2 != 0 { return 64 + l2.leadingZeroBitCount }
    if l1 != 0 { return 128 + l1.leadingZeroBitCount }
    return 192 + l0.leadingZeroBitCount
  }

  /// How many zero bits stand after the last one; 256 for zero.
  @inlinable
  public var trailingZeroBitCount: Int {
    if l0 != 0 { return l0.trailingZeroBitCount }
    if l1 != 0 { return 64 + l1.trailingZeroBitCount }
    if l2 != 0 { return 128 + l2.trailingZeroBitCount }
    return 192 + l3.trailingZeroBitCount
  }

  /// How many bits are set.
  @inlinable
  public var nonzeroBitCount: Int {
    l0.nonzeroBitCount + l1.nonzeroBitCount + l2.nonzeroBitCount + l3.nonzeroBitCount
  }

  /// How many bits the number needs; 0 for zero.
  @inlinable
  public var bitWidth: Int { 256 - leadingZeroBitCount }

  /// How many bytes the number needs; 0 for zero.
  @inlinable
  public var byteCount: Int { (bitWidth + 7) / 8 }

  /// Whether bit `index` is set, counted from the lowest; `index` is in 0 ..< 256.
  @inlinable @inline(__always)
  public func bit(_ index: Int) -> Bool {
    let limb =
      index & 128 == 0 ? (index & 64 == 0 ? l0 : l1) : (index & 64 == 0 ? l2 : l3)
    return limb &>> UInt64(truncatingIfNeeded: index & 63) & 1 != 0
  }

  /// The byte at `index`, counted from the highest; zero from 32 on (BYTE).
  @inlinable @inline(__always)
  public func byte(_ index: UInt256) -> UInt256 {
    guard (index.l1 | index.l2 | index.l3) == 0, index.l0 < 32 else { return .zero }
    let place = 31 &- index.l0
    let limb = place & 16 == 0 ? (place & 8 == 0 ? l0 : l1) : (place & 8 == 0 ? l2 : l3)
    return UInt256(limb &>> ((place & 7) &<< 3) & 0xff)
  }

  /// Extends the sign of the two's complement number that ends with byte `index`, counted from the
  /// lowest (SIGNEXTEND).
  @inlinable @inline(__always)
  public func signExtended(fromByte index: UInt256) -> UInt256 {
    guard (index.l1 | index.l2 | index.l3) == 0, index.l0 < 31 else { return self }
    // Selections, not branches: the limb with the sign is extended, those above it are filled.
    let limb = index.l0 &>> 3
    let drop = 56 &- (index.l0 & 7) &* 8
    let signed = limb & 2 == 0 ? (limb & 1 == 0 ? l0 : l1) : (limb & 1 == 0 ? l2 : l3)
    let shifted = Int64(bitPattern: signed &<< drop) &>> Int64(bitPattern: drop)
    let extended = UInt64(bitPattern: shifted)
    let fill = UInt64(bitPattern: shifted &>> 63)
    return UInt256(
      l0: limb == 0 ? extended : l0,
      l1: limb < 1 ? fill : limb == 1 ? extended : l1,
      l2: limb < 2 ? fill : limb == 2 ? extended : l2,
      l3: limb < 3 ? fill : extended)
  }

  /// Whether the number is less than `other`, both read as two's complement (SLT).
  @inlinable @inline(__always)
  public func isSignedLess(than other: UInt256) -> Bool {
    let signBit: UInt64 = 1 &<< 63
    return UInt256(l0: l0, l1: l1, l2: l2, l3: l3 ^ signBit)
      < UInt256(l0: other.l0, l1: other.l1, l2: other.l2, l3: other.l3 ^ signBit)
  }
}
