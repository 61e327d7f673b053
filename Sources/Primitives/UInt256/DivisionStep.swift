// One step of Knuth's algorithm D for divisors of two, three and four limbs.
//
// The divisor `v` is normalised: its highest limb has its highest bit set. The remainder is always
// less than the divisor, so each step's quotient is one limb.

internal import CKernels

/// A guess at the quotient of three limbs by two, at most one too large; Knuth's steps D3.
@inline(__always)
private func estimate(
  _ u2: UInt64, _ u1: UInt64, _ u0: UInt64, _ v1: UInt64, _ v0: UInt64
) -> UInt64 {
  var guess: UInt64
  var rest: UInt64 = 0
  if u2 < v1 {
    guess = nt_divide_128_by_64(u2, u1, v1, &rest)
  } else {
    // u2 == v1: the quotient does not fit; start from the largest limb.
    guess = .max
    let (sum, overflow) = u1.addingReportingOverflow(v1)
    if overflow { return guess }
    rest = sum
  }
  while UInt128(guess) &* UInt128(v0) > UInt128(rest) &<< 64 | UInt128(u0) {
    guess &-= 1
    let (sum, overflow) = rest.addingReportingOverflow(v1)
    if overflow { break }
    rest = sum
  }
  return guess
}

/// A running remainder modulo a divisor of two limbs.
struct Remainder2 {
  var r0: UInt64
  var r1: UInt64

  @inline(__always)
  init(_ r0: UInt64, _ r1: UInt64) {
    self.r0 = r0
    self.r1 = r1
  }

  /// Brings down `next` and divides by the divisor in the low limbs of `v`.
  @inline(__always)
  mutating func step(_ next: UInt64, _ v: UInt256) -> UInt64 {
    let q = estimate(r1, r0, next, v.l1, v.l0)
    // With two limbs the guess has seen the whole divisor: it is exact.
    let rest =
      (UInt128(r0) &<< 64 | UInt128(next)) &- UInt128(q) &* (UInt128(v.l1) &<< 64 | UInt128(v.l0))
    r0 = UInt64(truncatingIfNeeded: rest)
    r1 = UInt64(truncatingIfNeeded: rest &>> 64)
    return q
  }
}

/// A running remainder modulo a divisor of three limbs.
struct Remainder3 {
  var r0: UInt64
  var r1: UInt64
  var r2: UInt64

  @inline(__always)
  init(_ r0: UInt64, _ r1: UInt64, _ r2: UInt64) {
    self.r0 = r0
    self.r1 = r1
    self.r2 = r2
  }

  /// Brings down `next` and divides by the divisor in the low limbs of `v`.
  @inline(__always)
  mutating func step(_ next: UInt64, _ v: UInt256) -> UInt64 {
    var q = estimate(r2, r1, r0, v.l2, v.l1)
    let divisor = UInt256(l0: v.l0, l1: v.l1, l2: v.l2, l3: 0)
    let whole = UInt256(l0: next, l1: r0, l2: r1, l3: r2)
    var rest = whole &- divisor.scaled(by: q, adding: .zero).low
    // The true difference is below 2^192; a negative one shows in the highest limb.
    if rest.isNegative {
      q &-= 1
      rest = rest &+ divisor
    }
    (r0, r1, r2) = (rest.l0, rest.l1, rest.l2)
    return q
  }
}

/// A running remainder modulo a divisor of four limbs.
struct Remainder4 {
  var r0: UInt64
  var r1: UInt64
  var r2: UInt64
  var r3: UInt64

  @inline(__always)
  init(_ r0: UInt64, _ r1: UInt64, _ r2: UInt64, _ r3: UInt64) {
    self.r0 = r0
    self.r1 = r1
    self.r2 = r2
    self.r3 = r3
  }

  /// Brings down `next` and divides by `v`.
  @inline(__always)
  mutating func step(_ next: UInt64, _ v: UInt256) -> UInt64 {
    var q = estimate(r3, r2, r1, v.l3, v.l2)
    let product = v.scaled(by: q, adding: .zero)
    let whole = UInt256(l0: next, l1: r0, l2: r1, l3: r2)
    let (difference, borrow) = whole.subtractingReportingOverflow(product.low)
    var rest = difference
    if r3 &- product.high &- (borrow ? 1 : 0) != 0 {
      q &-= 1
      rest = rest &+ v
    }
    (r0, r1, r2, r3) = (rest.l0, rest.l1, rest.l2, rest.l3)
    return q
  }
}
