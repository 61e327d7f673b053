// UInt256: addition, subtraction, multiplication, powers.
//
// The shapes matter. Addition widens to UInt128 limb by limb, subtraction works on UInt128 halves:
// these are the forms that compile to chains of adc and sbb.

extension UInt256 {
  /// The low 128 bits.
  @inlinable @inline(__always)
  var lowHalf: UInt128 { UInt128(l1) &<< 64 | UInt128(l0) }

  /// The high 128 bits.
  @inlinable @inline(__always)
  var highHalf: UInt128 { UInt128(l3) &<< 64 | UInt128(l2) }

  /// The number `low + high·2^128`.
  @inlinable @inline(__always)
  init(low: UInt128, high: UInt128) {
    self.init(
      l0: UInt64(truncatingIfNeeded: low), l1: UInt64(truncatingIfNeeded: low &>> 64),
      l2: UInt64(truncatingIfNeeded: high), l3: UInt64(truncatingIfNeeded: high &>> 64))
  }

  /// The sum modulo 2^256, and whether it wrapped.
  @inlinable @inline(__always)
  public func addingReportingOverflow(_ other: UInt256) -> (partialValue: UInt256, overflow: Bool) {
    var t = UInt128(l0) &+ UInt128(other.l0)
    let r0 = UInt64(truncatingIfNeeded: t)
    t = UInt128(l1) &+ UInt128(other.l1) &+ (t &>> 64)
    let r1 = UInt64(truncatingIfNeeded: t)
    t = UInt128(l2) &+ UInt128(other.l2) &+ (t &>> 64)
    let r2 = UInt64(truncatingIfNeeded: t)
    t = UInt128(l3) &+ UInt128(other.l3) &+ (t &>> 64)
    let r3 = UInt64(truncatingIfNeeded: t)
    return (UInt256(l0: r0, l1: r1, l2: r2, l3: r3), (t &>> 64) != 0)
  }

  /// The difference modulo 2^256, and whether it wrapped.
  @inlinable @inline(__always)
  public func subtractingReportingOverflow(
    _ other: UInt256
  ) -> (partialValue: UInt256, overflow: Bool) {
    let (low, borrow) = lowHalf.subtractingReportingOverflow(other.lowHalf)
    let (middle, first) = highHalf.subtractingReportingOverflow(other.highHalf)
    let (high, second) = middle.subtractingReportingOverflow(borrow ? 1 : 0)
    return (UInt256(low: low, high: high), first || second)
  }

  /// The product modulo 2^256, and whether it wrapped.
  @inlinable
  public func multipliedReportingOverflow(
    by other: UInt256
  ) -> (partialValue: UInt256, overflow: Bool) {
    let (high, low) = multipliedFullWidth(by: other)
    return (low, !high.isZero)
  }

  /// The sum modulo 2^256.
  @inlinable @inline(__always)
  public static func &+ (a: UInt256, b: UInt256) -> UInt256 {
    a.addingReportingOverflow(b).partialValue
  }

  /// The difference modulo 2^256.
  @inlinable @inline(__always)
  public static func &- (a: UInt256, b: UInt256) -> UInt256 {
    let (low, borrow) = a.lowHalf.subtractingReportingOverflow(b.lowHalf)
    return UInt256(low: low, high: a.highHalf &- b.highHalf &- (borrow ? 1 : 0))
  }

  /// The product modulo 2^256.
  @inlinable @inline(__always)
  public static func &* (a: UInt256, b: UInt256) -> UInt256 {
    var t = UInt128(a.l0) &* UInt128(b.l0)
    let r0 = UInt64(truncatingIfNeeded: t)
    t = UInt128(a.l0) &* UInt128(b.l1) &+ (t &>> 64)
    var r1 = UInt64(truncatingIfNeeded: t)
    t = UInt128(a.l0) &* UInt128(b.l2) &+ (t &>> 64)
    var r2 = UInt64(truncatingIfNeeded: t)
    var r3 = a.l0 &* b.l3 &+ UInt64(truncatingIfNeeded: t &>> 64)

    t = UInt128(a.l1) &* UInt128(b.l0) &+ UInt128(r1)
    r1 = UInt64(truncatingIfNeeded: t)
    t = UInt128(a.l1) &* UInt128(b.l1) &+ UInt128(r2) &+ (t &>> 64)
    r2 = UInt64(truncatingIfNeeded: t)
    r3 = r3 &+ a.l1 &* b.l2 &+ UInt64(truncatingIfNeeded: t &>> 64)

    t = UInt128(a.l2) &* UInt128(b.l0) &+ UInt128(r2)
    r2 = UInt64(truncatingIfNeeded: t)
    r3 = r3 &+ a.l2 &* b.l1 &+ UInt64(truncatingIfNeeded: t &>> 64)

    r3 = r3 &+ a.l3 &* b.l0
    return UInt256(l0: r0, l1: r1, l2: r2, l3: r3)
  }

  /// The whole product, 512 bits.
  @inlinable
  public func multipliedFullWidth(by other: UInt256) -> (high: UInt256, low: UInt256) {
    let (p0, h0) = other.scaled(by: l0, adding: .zero)
    let (p1, h1) = other.scaled(by: l1, adding: UInt256(l0: p0.l1, l1: p0.l2, l2: p0.l3, l3: h0))
    let (p2, h2) = other.scaled(by: l2, adding: UInt256(l0: p1.l1, l1: p1.l2, l2: p1.l3, l3: h1))
    let (p3, h3) = other.scaled(by: l3, adding: UInt256(l0: p2.l1, l1: p2.l2, l2: p2.l3, l3: h2))
    return (
      high: UInt256(l0: p3.l1, l1: p3.l2, l2: p3.l3, l3: h3),
      low: UInt256(l0: p0.l0, l1: p1.l0, l2: p2.l0, l3: p3.l0)
    )
  }

  /// `self · factor + addend`, 320 bits: the low four limbs and the fifth.
  @inlinable @inline(__always)
  func scaled(by factor: UInt64, adding addend: UInt256) -> (low: UInt256, high: UInt64) {
    let f = UInt128(factor)
    var t = UInt128(l0) &* f &+ UInt128(addend.l0)
    let r0 = UInt64(truncatingIfNeeded: t)
    t = UInt128(l1) &* f &+ UInt128(addend.l1) &+ (t &>> 64)
    let r1 = UInt64(truncatingIfNeeded: t)
    t = UInt128(l2) &* f &+ UInt128(addend.l2) &+ (t &>> 64)
    let r2 = UInt64(truncatingIfNeeded: t)
    t = UInt128(l3) &* f &+ UInt128(addend.l3) &+ (t &>> 64)
    let r3 = UInt64(truncatingIfNeeded: t)
    return (UInt256(l0: r0, l1: r1, l2: r2, l3: r3), UInt64(truncatingIfNeeded: t &>> 64))
  }

  /// The sum; traps when it does not fit.
  @inlinable
  public static func + (a: UInt256, b: UInt256) -> UInt256 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    precondition(!overflow, "sum exceeds 256 bits")
    return sum
  }

  /// The difference; traps when it is negative.
  @inlinable
  public static func - (a: UInt256, b: UInt256) -> UInt256 {
    precondition(a >= b, "difference is negative")
    return a &- b
  }

  /// The product; traps when it does not fit.
  @inlinable
  public static func * (a: UInt256, b: UInt256) -> UInt256 {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    precondition(!overflow, "product exceeds 256 bits")
    return product
  }

  /// Adds; traps when the sum does not fit.
  @inlinable
  public static func += (a: inout UInt256, b: UInt256) { a = a + b }

  /// Subtracts; traps when the difference is negative.
  @inlinable
  public static func -= (a: inout UInt256, b: UInt256) { a = a - b }

  /// Multiplies; traps when the product does not fit.
  @inlinable
  public static func *= (a: inout UInt256, b: UInt256) { a = a * b }

  /// Minus the number, modulo 2^256 (two's complement).
  @inlinable @inline(__always)
  public var negated: UInt256 { .zero &- self }

  /// The number raised to `exponent`, modulo 2^256 (EXP).
  public func power(_ exponent: UInt256) -> UInt256 {
    if l0 & 1 == 0 && exponent.shiftCount == 256 {
      return .zero  // at least 256 factors of two
    }
    if nonzeroBitCount == 1 {
      return .one &<< (trailingZeroBitCount * Int(exponent.l0 & 0xffff))
    }
    var result = UInt256.one
    var bit = exponent.bitWidth
    while bit > 0 {
      bit -= 1
      result = result &* result
      if exponent.bit(bit) { result = result &* self }
    }
    return result
  }
}
