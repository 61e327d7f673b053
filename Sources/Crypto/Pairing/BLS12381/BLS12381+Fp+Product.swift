// Double-width products of the base field of BLS12-381 and their Montgomery reduction.

extension BLS12381.Fp {
  /// x·y + addend as a low limb and the limbs above it.
  @inline(__always)
  private static func row(_ x: Self, _ y: UInt64, _ addend: Self) -> (UInt64, Self) {
    var carry: UInt64 = 0
    let r0 = multiplyAdd(x.l0, y, addend.l0, &carry)
    let r1 = multiplyAdd(x.l1, y, addend.l1, &carry)
    let r2 = multiplyAdd(x.l2, y, addend.l2, &carry)
    let r3 = multiplyAdd(x.l3, y, addend.l3, &carry)
    let r4 = multiplyAdd(x.l4, y, addend.l4, &carry)
    let r5 = multiplyAdd(x.l5, y, addend.l5, &carry)
    return (r0, Self(r1, r2, r3, r4, r5, carry))
  }

  @inline(__always)
  static func product(_ x: Self, _ y: Self) -> Product {
    let (l0, t0) = row(x, y.l0, .zero)
    let (l1, t1) = row(x, y.l1, t0)
    let (l2, t2) = row(x, y.l2, t1)
    let (l3, t3) = row(x, y.l3, t2)
    let (l4, t4) = row(x, y.l4, t3)
    let (l5, t5) = row(x, y.l5, t4)
    return Product(low: Self(l0, l1, l2, l3, l4, l5), high: t5)
  }

  /// x² with each product of two different limbs computed once.
  @inline(__always)
  static func square(_ x: Self) -> Product {
    var carry: UInt64 = 0
    // Products of different limbs, row by row, above the diagonal.
    let l1 = multiplyAdd(x.l0, x.l1, 0, &carry)
    let l2 = multiplyAdd(x.l0, x.l2, 0, &carry)
    var l3 = multiplyAdd(x.l0, x.l3, 0, &carry)
    var l4 = multiplyAdd(x.l0, x.l4, 0, &carry)
    var l5 = multiplyAdd(x.l0, x.l5, 0, &carry)
    var l6 = carry
    carry = 0
    l3 = multiplyAdd(x.l1, x.l2, l3, &carry)
    l4 = multiplyAdd(x.l1, x.l3, l4, &carry)
    l5 = multiplyAdd(x.l1, x.l4, l5, &carry)
    l6 = multiplyAdd(x.l1, x.l5, l6, &carry)
    var l7 = carry
    carry = 0
    l5 = multiplyAdd(x.l2, x.l3, l5, &carry)
    l6 = multiplyAdd(x.l2, x.l4, l6, &carry)
    l7 = multiplyAdd(x.l2, x.l5, l7, &carry)
    var l8 = carry
    carry = 0
    l7 = multiplyAdd(x.l3, x.l4, l7, &carry)
    l8 = multiplyAdd(x.l3, x.l5, l8, &carry)
    var l9 = carry
    carry = 0
    l9 = multiplyAdd(x.l4, x.l5, l9, &carry)
    let l10 = carry
    // Twice that, and the squares of the limbs.
    let half = Product(low: Self(0, l1, l2, l3, l4, l5), high: Self(l6, l7, l8, l9, l10, 0))
    return add(add(half, half), diagonal(x))
  }

  @inline(__always)
  private static func diagonal(_ x: Self) -> Product {
    let s0 = UInt128(x.l0) &* UInt128(x.l0)
    let s1 = UInt128(x.l1) &* UInt128(x.l1)
    let s2 = UInt128(x.l2) &* UInt128(x.l2)
    let s3 = UInt128(x.l3) &* UInt128(x.l3)
    let s4 = UInt128(x.l4) &* UInt128(x.l4)
    let s5 = UInt128(x.l5) &* UInt128(x.l5)
    return Product(
      low: Self(
        lowLimb(s0), highLimb(s0), lowLimb(s1), highLimb(s1), lowLimb(s2), highLimb(s2)),
      high: Self(
        lowLimb(s3), highLimb(s3), lowLimb(s4), highLimb(s4), lowLimb(s5), highLimb(s5)))
  }

  /// Montgomery reduction: the lower half becomes at most p, the upper half is below p.
  @inline(__always)
  static func reduce(_ x: Product) -> Self {
    let low = dropLimb(dropLimb(dropLimb(dropLimb(dropLimb(dropLimb(x.low))))))
    return reduceOnce(lazySum(x.high, low))
  }

  /// (x + m·p)/2⁶⁴ for the m that makes it an integer. Six times in a row, written out: as a loop it
  /// stays one, and shuffles its limbs.
  @inline(__always)
  private static func dropLimb(_ x: Self) -> Self {
    row(modulus, x.l0 &* negativeInverse, x).1
  }

  @inline(__always)
  static func add(_ x: Product, _ y: Product) -> Product {
    var carry: UInt64 = 0
    let low = add(x.low, y.low, &carry)
    return Product(low: low, high: add(x.high, y.high, &carry))
  }

  @inline(__always)
  static func subtract(_ x: Product, _ y: Product) -> Product {
    var carry: UInt64 = 1
    let low = subtract(x.low, y.low, &carry)
    return Product(low: low, high: subtract(x.high, y.high, &carry))
  }

  @inline(__always)
  static func subtractModular(_ x: Product, _ y: Product) -> Product {
    var carry: UInt64 = 1
    let low = subtract(x.low, y.low, &carry)
    let high = subtract(x.high, y.high, &carry)
    return Product(low: low, high: lazySum(high, masked(modulus, carry &- 1)))
  }
}
