// Prime fields of four limbs in Montgomery form, R = 2²⁵⁶.

/// A prime below 2²⁵⁵, with the constants of Montgomery's multiplication. Limbs are least significant
/// first.
protocol FourLimbPrime: Sendable {
  typealias Limbs = (UInt64, UInt64, UInt64, UInt64)

  /// p.
  static var modulus: Limbs { get }
  /// −1/p mod 2⁶⁴.
  static var negativeInverse: UInt64 { get }
  /// R mod p, the Montgomery form of one.
  static var one: Limbs { get }
  /// R² mod p, which takes an integer into Montgomery form.
  static var rSquared: Limbs { get }
  /// R³ mod p, which takes the inverse of a Montgomery form into Montgomery form.
  static var rCubed: Limbs { get }
}

/// A prime below 2²⁵⁴, which leaves room for a sum as a factor.
protocol ShortFourLimbPrime: FourLimbPrime {}

/// Integers modulo a prime of four limbs.
struct FourLimbField<Prime: FourLimbPrime>: Field {
  var l0: UInt64
  var l1: UInt64
  var l2: UInt64
  var l3: UInt64

  /// The limbs of a Montgomery form, least significant first.
  @inline(__always)
  init(_ l0: UInt64, _ l1: UInt64, _ l2: UInt64, _ l3: UInt64) {
    self.l0 = l0
    self.l1 = l1
    self.l2 = l2
    self.l3 = l3
  }

  @inline(__always)
  private init(_ limbs: Prime.Limbs) { self.init(limbs.0, limbs.1, limbs.2, limbs.3) }

  /// Eight limbs, least significant first.
  struct Product: BitwiseCopyable {
    var l0, l1, l2, l3, l4, l5, l6, l7: UInt64
  }

  @inline(__always) static var zero: Self { Self(0, 0, 0, 0) }
  @inline(__always) static var one: Self { Self(Prime.one) }
  /// p itself, not an element.
  @inline(__always) static var modulus: Self { Self(Prime.modulus) }
  @inline(__always) static var rSquared: Self { Self(Prime.rSquared) }

  static var byteCount: Int { 32 }

  @inline(__always) var isZero: Bool { l0 | l1 | l2 | l3 == 0 }

  @inline(__always)
  static func == (_ x: Self, _ y: Self) -> Bool {
    (x.l0 ^ y.l0) | (x.l1 ^ y.l1) | (x.l2 ^ y.l2) | (x.l3 ^ y.l3) == 0
  }
}

extension FourLimbField: PrimeField where Prime: ShortFourLimbPrime {}

extension FourLimbField {
  /// x − p if that is not negative, for x < 2p. Subtracts in halves and adds p back under a mask: the
  /// spelling that compiles to two carry chains without a branch.
  @inline(__always)
  private static func reduceOnce(_ x: Self) -> Self {
    let p = modulus
    let (low, under) = wide(x.l0, x.l1).subtractingReportingOverflow(wide(p.l0, p.l1))
    let high = wide(x.l2, x.l3) &- wide(p.l2, p.l3) &- (under ? 1 : 0)
    let mask = signMask(high)
    return lazySum(
      Self(lowLimb(low), highLimb(low), lowLimb(high), highLimb(high)),
      Self(p.l0 & mask, p.l1 & mask, p.l2 & mask, p.l3 & mask))
  }

  @inline(__always)
  static func lazySum(_ x: Self, _ y: Self) -> Self {
    var carry: UInt64 = 0
    let s0 = addCarry(x.l0, y.l0, &carry)
    let s1 = addCarry(x.l1, y.l1, &carry)
    let s2 = addCarry(x.l2, y.l2, &carry)
    let s3 = addCarry(x.l3, y.l3, &carry)
    return Self(s0, s1, s2, s3)
  }

  @inline(__always)
  static func + (_ x: Self, _ y: Self) -> Self { reduceOnce(lazySum(x, y)) }

  @inline(__always)
  static func - (_ x: Self, _ y: Self) -> Self {
    let p = modulus
    var carry: UInt64 = 1
    let d0 = subtractCarry(x.l0, y.l0, &carry)
    let d1 = subtractCarry(x.l1, y.l1, &carry)
    let d2 = subtractCarry(x.l2, y.l2, &carry)
    let d3 = subtractCarry(x.l3, y.l3, &carry)
    let mask = carry &- 1
    carry = 0
    let s0 = addCarry(d0, p.l0 & mask, &carry)
    let s1 = addCarry(d1, p.l1 & mask, &carry)
    let s2 = addCarry(d2, p.l2 & mask, &carry)
    let s3 = addCarry(d3, p.l3 & mask, &carry)
    return Self(s0, s1, s2, s3)
  }

  @inline(__always)
  static prefix func - (_ x: Self) -> Self { zero - x }

  @inline(__always)
  func doubled() -> Self { self + self }

  @inline(__always)
  func halved() -> Self {
    let p = Self.modulus
    let mask = 0 &- (l0 & 1)
    let even = Self.lazySum(self, Self(p.l0 & mask, p.l1 & mask, p.l2 & mask, p.l3 & mask))
    return Self(
      even.l0 &>> 1 | even.l1 &<< 63, even.l1 &>> 1 | even.l2 &<< 63,
      even.l2 &>> 1 | even.l3 &<< 63, even.l3 &>> 1)
  }

  @inline(__always)
  static func * (_ x: Self, _ y: Self) -> Self { reduce(product(x, y)) }

  @inline(__always)
  func squared() -> Self { self * self }

  @inline(never)
  func inverse() -> Self {
    var p = Self.modulus
    var x = self
    withUnsafeMutableBytes(of: &x) { x in
      withUnsafeMutableBytes(of: &p) { p in
        guard let x = x.baseAddress, let p = p.baseAddress else { return }
        invert(
          x.assumingMemoryBound(to: UInt64.self), modulo: p.assumingMemoryBound(to: UInt64.self),
          inverseOfP: 0 &- Prime.negativeInverse, wordCount: 4, limbCount: 5)
      }
    }
    // 1/(a·R) becomes R/a.
    return x * Self(Prime.rCubed)
  }
}

extension FourLimbField {
  @inline(__always)
  static func product(_ x: Self, _ y: Self) -> Product {
    var carry: UInt64 = 0
    let l0 = multiplyAdd(x.l0, y.l0, 0, &carry)
    var t1 = multiplyAdd(x.l1, y.l0, 0, &carry)
    var t2 = multiplyAdd(x.l2, y.l0, 0, &carry)
    var t3 = multiplyAdd(x.l3, y.l0, 0, &carry)
    var t4 = carry
    carry = 0
    let l1 = multiplyAdd(x.l0, y.l1, t1, &carry)
    t1 = multiplyAdd(x.l1, y.l1, t2, &carry)
    t2 = multiplyAdd(x.l2, y.l1, t3, &carry)
    t3 = multiplyAdd(x.l3, y.l1, t4, &carry)
    t4 = carry
    carry = 0
    let l2 = multiplyAdd(x.l0, y.l2, t1, &carry)
    t1 = multiplyAdd(x.l1, y.l2, t2, &carry)
    t2 = multiplyAdd(x.l2, y.l2, t3, &carry)
    t3 = multiplyAdd(x.l3, y.l2, t4, &carry)
    t4 = carry
    carry = 0
    let l3 = multiplyAdd(x.l0, y.l3, t1, &carry)
    let l4 = multiplyAdd(x.l1, y.l3, t2, &carry)
    let l5 = multiplyAdd(x.l2, y.l3, t3, &carry)
    let l6 = multiplyAdd(x.l3, y.l3, t4, &carry)
    return Product(l0: l0, l1: l1, l2: l2, l3: l3, l4: l4, l5: l5, l6: l6, l7: carry)
  }

  @inline(__always)
  static func add(_ x: Product, _ y: Product) -> Product {
    var carry: UInt64 = 0
    let l0 = addCarry(x.l0, y.l0, &carry)
    let l1 = addCarry(x.l1, y.l1, &carry)
    let l2 = addCarry(x.l2, y.l2, &carry)
    let l3 = addCarry(x.l3, y.l3, &carry)
    let l4 = addCarry(x.l4, y.l4, &carry)
    let l5 = addCarry(x.l5, y.l5, &carry)
    let l6 = addCarry(x.l6, y.l6, &carry)
    let l7 = addCarry(x.l7, y.l7, &carry)
    return Product(l0: l0, l1: l1, l2: l2, l3: l3, l4: l4, l5: l5, l6: l6, l7: l7)
  }

  @inline(__always)
  private static func subtract(
    _ x: Product, _ y: Product, _ carry: inout UInt64
  ) -> Product {
    let l0 = subtractCarry(x.l0, y.l0, &carry)
    let l1 = subtractCarry(x.l1, y.l1, &carry)
    let l2 = subtractCarry(x.l2, y.l2, &carry)
    let l3 = subtractCarry(x.l3, y.l3, &carry)
    let l4 = subtractCarry(x.l4, y.l4, &carry)
    let l5 = subtractCarry(x.l5, y.l5, &carry)
    let l6 = subtractCarry(x.l6, y.l6, &carry)
    let l7 = subtractCarry(x.l7, y.l7, &carry)
    return Product(l0: l0, l1: l1, l2: l2, l3: l3, l4: l4, l5: l5, l6: l6, l7: l7)
  }

  @inline(__always)
  static func subtract(_ x: Product, _ y: Product) -> Product {
    var carry: UInt64 = 1
    return subtract(x, y, &carry)
  }

  @inline(__always)
  static func subtractModular(_ x: Product, _ y: Product) -> Product {
    let p = modulus
    var carry: UInt64 = 1
    var difference = subtract(x, y, &carry)
    let mask = carry &- 1
    carry = 0
    difference.l4 = addCarry(difference.l4, p.l0 & mask, &carry)
    difference.l5 = addCarry(difference.l5, p.l1 & mask, &carry)
    difference.l6 = addCarry(difference.l6, p.l2 & mask, &carry)
    difference.l7 = addCarry(difference.l7, p.l3 & mask, &carry)
    return difference
  }

  /// Montgomery reduction: the lower half becomes at most p, the upper half is below p.
  @inline(__always)
  static func reduce(_ x: Product) -> Self {
    let low = divideByR(Self(x.l0, x.l1, x.l2, x.l3))
    return reduceOnce(lazySum(Self(x.l4, x.l5, x.l6, x.l7), low))
  }

  /// (x + m·p)/R for the m that makes it an integer; at most p.
  @inline(__always)
  private static func divideByR(_ x: Self) -> Self {
    var (t0, t1, t2, t3) = (x.l0, x.l1, x.l2, x.l3)
    for _ in 0..<4 {
      let m = t0 &* Prime.negativeInverse
      var carry: UInt64 = 0
      _ = multiplyAdd(m, modulus.l0, t0, &carry)
      t0 = multiplyAdd(m, modulus.l1, t1, &carry)
      t1 = multiplyAdd(m, modulus.l2, t2, &carry)
      t2 = multiplyAdd(m, modulus.l3, t3, &carry)
      t3 = carry
    }
    return Self(t0, t1, t2, t3)
  }
}

extension FourLimbField {
  init?(bigEndian bytes: UnsafeRawPointer) {
    let x = Self(
      loadBigEndian(bytes + 24), loadBigEndian(bytes + 16),
      loadBigEndian(bytes + 8), loadBigEndian(bytes))
    var carry: UInt64 = 1
    _ = subtractCarry(x.l0, Self.modulus.l0, &carry)
    _ = subtractCarry(x.l1, Self.modulus.l1, &carry)
    _ = subtractCarry(x.l2, Self.modulus.l2, &carry)
    _ = subtractCarry(x.l3, Self.modulus.l3, &carry)
    guard carry == 0 else { return nil }
    self = x * Self.rSquared
  }

  /// The integer of 256 bits modulo p.
  init(reducing integer: Prime.Limbs) {
    // The product is below p·R, whatever the integer is.
    self = Self(integer) * Self.rSquared
  }

  /// The canonical integer.
  var integer: Prime.Limbs {
    let x = Self.reduce(Product(l0: l0, l1: l1, l2: l2, l3: l3, l4: 0, l5: 0, l6: 0, l7: 0))
    return (x.l0, x.l1, x.l2, x.l3)
  }

  func store(bigEndian bytes: UnsafeMutableRawPointer) {
    let x = integer
    storeBigEndian(x.3, bytes)
    storeBigEndian(x.2, bytes + 8)
    storeBigEndian(x.1, bytes + 16)
    storeBigEndian(x.0, bytes + 24)
  }
}
