// UInt256: division, remainders, and arithmetic modulo a number.
//
// Knuth's algorithm D (TAOCP 4.3.1), one function for each length of the divisor, so that every limb
// stays in a register. The dividend enters limb by limb from the top, as in long division: `step`
// takes the running remainder, brings down one limb, and yields one limb of the quotient.

internal import CKernels

extension UInt256 {
  /// Quotient and remainder; traps when `divisor` is zero.
  public func quotientAndRemainder(
    dividingBy divisor: UInt256
  ) -> (quotient: UInt256, remainder: UInt256) {
    precondition(!divisor.isZero, "division by zero")
    if self < divisor { return (.zero, self) }
    return Self.divide(self, by: divisor)
  }

  /// The quotient, zero when `divisor` is (DIV).
  public func dividedOrZero(by divisor: UInt256) -> UInt256 {
    if self < divisor || divisor.isZero { return .zero }
    return Self.divide(self, by: divisor).quotient
  }

  /// The remainder, zero when `divisor` is (MOD).
  public func remainderOrZero(dividingBy divisor: UInt256) -> UInt256 {
    if divisor.isZero { return .zero }
    if self < divisor { return self }
    return Self.divide(self, by: divisor).remainder
  }

  /// The magnitude of the number read as two's complement; −2^255 gives 2^255.
  @inlinable @inline(__always)
  public var signedMagnitude: UInt256 { isNegative ? negated : self }

  /// The two's complement quotient, rounded towards zero; zero when `divisor` is (SDIV).
  public func signedDividedOrZero(by divisor: UInt256) -> UInt256 {
    let quotient = signedMagnitude.dividedOrZero(by: divisor.signedMagnitude)
    return isNegative != divisor.isNegative ? quotient.negated : quotient
  }

  /// The two's complement remainder with the sign of the dividend; zero when `divisor` is (SMOD).
  public func signedRemainderOrZero(dividingBy divisor: UInt256) -> UInt256 {
    let remainder = signedMagnitude.remainderOrZero(dividingBy: divisor.signedMagnitude)
    return isNegative ? remainder.negated : remainder
  }

  /// `(a + b) mod n`, computed without wrapping; zero when `n` is (ADDMOD).
  public static func addModulo(_ a: UInt256, _ b: UInt256, _ n: UInt256) -> UInt256 {
    if n.isZero { return .zero }
    if a < n && b < n {
      let (sum, overflow) = a.addingReportingOverflow(b)
      return overflow || sum >= n ? sum &- n : sum
    }
    let (sum, overflow) = a.addingReportingOverflow(b)
    if overflow { return remainder(high: .one, low: sum, dividingBy: n) }
    return sum.remainderOrZero(dividingBy: n)
  }

  /// `(a · b) mod n`, computed without wrapping; zero when `n` is (MULMOD).
  public static func multiplyModulo(_ a: UInt256, _ b: UInt256, _ n: UInt256) -> UInt256 {
    if n.isZero { return .zero }
    let (high, low) = a.multipliedFullWidth(by: b)
    if n.l0 & n.l1 & n.l2 & n.l3 == .max {
      // Contracts compute the high half of a product so: 2^256 is 1 modulo 2^256 − 1.
      let (sum, carry) = high.addingReportingOverflow(low)
      return carry ? sum &+ .one : sum == n ? .zero : sum
    }
    if high.isZero { return low.remainderOrZero(dividingBy: n) }
    return remainder(high: high, low: low, dividingBy: n)
  }

  /// The quotient; traps when `b` is zero.
  public static func / (a: UInt256, b: UInt256) -> UInt256 {
    a.quotientAndRemainder(dividingBy: b).quotient
  }

  /// The remainder; traps when `b` is zero.
  public static func % (a: UInt256, b: UInt256) -> UInt256 {
    a.quotientAndRemainder(dividingBy: b).remainder
  }
}

extension UInt256 {
  /// Quotient and remainder for `dividend >= divisor > 0`.
  private static func divide(
    _ dividend: UInt256, by divisor: UInt256
  ) -> (quotient: UInt256, remainder: UInt256) {
    if (divisor.l1 | divisor.l2 | divisor.l3) == 0 {
      return divide(dividend, byLimb: divisor.l0)
    }
    let shift = divisor.leadingZeroBitCount & 63
    let v = divisor.raised(shift).low
    let u = dividend.raised(shift)
    var q = UInt256.zero
    if divisor.l3 != 0 {
      var r = Remainder4(u.low.l1, u.low.l2, u.low.l3, u.high)
      q.l0 = r.step(u.low.l0, v)
      return (q, UInt256(l0: r.r0, l1: r.r1, l2: r.r2, l3: r.r3) &>> shift)
    }
    if divisor.l2 != 0 {
      var r = Remainder3(u.low.l2, u.low.l3, u.high)
      q.l1 = r.step(u.low.l1, v)
      q.l0 = r.step(u.low.l0, v)
      return (q, UInt256(l0: r.r0, l1: r.r1, l2: r.r2, l3: 0) &>> shift)
    }
    var r = Remainder2(u.low.l3, u.high)
    q.l2 = r.step(u.low.l2, v)
    q.l1 = r.step(u.low.l1, v)
    q.l0 = r.step(u.low.l0, v)
    return (q, UInt256(l0: r.r0, l1: r.r1, l2: 0, l3: 0) &>> shift)
  }

  /// Quotient and remainder by one limb that is not zero.
  private static func divide(
    _ u: UInt256, byLimb d: UInt64
  ) -> (quotient: UInt256, remainder: UInt256) {
    var r: UInt64 = 0
    var q = UInt256.zero
    if u.l3 != 0 { (q.l3, r) = u.l3.quotientAndRemainder(dividingBy: d) }
    if (u.l2 | r) != 0 { q.l2 = nt_divide_128_by_64(r, u.l2, d, &r) }
    if (u.l1 | r) != 0 { q.l1 = nt_divide_128_by_64(r, u.l1, d, &r) }
    q.l0 = nt_divide_128_by_64(r, u.l0, d, &r)
    return (q, UInt256(r))
  }

  /// The 512-bit number modulo `divisor`, which is not zero.
  static func remainder(
    high: UInt256, low: UInt256, dividingBy divisor: UInt256
  ) -> UInt256 {
    let shift = divisor.leadingZeroBitCount & 63
    let v = divisor.raised(shift).low
    let (lower, carry) = low.raised(shift)
    var (upper, top) = high.raised(shift)
    upper.l0 |= carry
    if divisor.l3 != 0 {
      var r = Remainder4(upper.l1, upper.l2, upper.l3, top)
      _ = r.step(upper.l0, v)
      _ = r.step(lower.l3, v)
      _ = r.step(lower.l2, v)
      _ = r.step(lower.l1, v)
      _ = r.step(lower.l0, v)
      return UInt256(l0: r.r0, l1: r.r1, l2: r.r2, l3: r.r3) &>> shift
    }
    if divisor.l2 != 0 {
      var r = Remainder3(upper.l2, upper.l3, top)
      _ = r.step(upper.l1, v)
      _ = r.step(upper.l0, v)
      _ = r.step(lower.l3, v)
      _ = r.step(lower.l2, v)
      _ = r.step(lower.l1, v)
      _ = r.step(lower.l0, v)
      return UInt256(l0: r.r0, l1: r.r1, l2: r.r2, l3: 0) &>> shift
    }
    if divisor.l1 != 0 {
      var r = Remainder2(upper.l3, top)
      _ = r.step(upper.l2, v)
      _ = r.step(upper.l1, v)
      _ = r.step(upper.l0, v)
      _ = r.step(lower.l3, v)
      _ = r.step(lower.l2, v)
      _ = r.step(lower.l1, v)
      _ = r.step(lower.l0, v)
      return UInt256(l0: r.r0, l1: r.r1, l2: 0, l3: 0) &>> shift
    }
    var r = high.l3 % divisor.l0
    _ = nt_divide_128_by_64(r, high.l2, divisor.l0, &r)
    _ = nt_divide_128_by_64(r, high.l1, divisor.l0, &r)
    _ = nt_divide_128_by_64(r, high.l0, divisor.l0, &r)
    _ = nt_divide_128_by_64(r, low.l3, divisor.l0, &r)
    _ = nt_divide_128_by_64(r, low.l2, divisor.l0, &r)
    _ = nt_divide_128_by_64(r, low.l1, divisor.l0, &r)
    _ = nt_divide_128_by_64(r, low.l0, divisor.l0, &r)
    return UInt256(r)
  }

  /// The number shifted left by fewer than 64 bits, with the bits that leave it.
  @inline(__always)
  private func raised(_ shift: Int) -> (low: UInt256, high: UInt64) {
    let bits = UInt64(truncatingIfNeeded: shift)
    let rest = 63 &- bits
    return (
      UInt256(
        l0: l0 &<< bits, l1: l1 &<< bits | (l0 &>> 1) &>> rest,
        l2: l2 &<< bits | (l1 &>> 1) &>> rest, l3: l3 &<< bits | (l2 &>> 1) &>> rest),
      (l3 &>> 1) &>> rest
    )
  }
}
