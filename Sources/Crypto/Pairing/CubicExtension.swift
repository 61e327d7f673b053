// Fp6 = Fp2[v]/(v³ − ξ).

struct Fp6<Curve: PairingCurve>: Field {
  typealias Coefficient = Fp2<Curve.Fp>

  var c0: Coefficient
  var c1: Coefficient
  var c2: Coefficient

  @inline(__always)
  init(_ c0: Coefficient, _ c1: Coefficient, _ c2: Coefficient) {
    self.c0 = c0
    self.c1 = c1
    self.c2 = c2
  }

  @inline(__always) static var zero: Self { Self(.zero, .zero, .zero) }
  @inline(__always) static var one: Self { Self(.one, .zero, .zero) }
  @inline(__always) var isZero: Bool { c0.isZero && c1.isZero && c2.isZero }
}

extension Fp6 {
  @inline(__always)
  static func + (_ x: Self, _ y: Self) -> Self { Self(x.c0 + y.c0, x.c1 + y.c1, x.c2 + y.c2) }

  @inline(__always)
  static func - (_ x: Self, _ y: Self) -> Self { Self(x.c0 - y.c0, x.c1 - y.c1, x.c2 - y.c2) }

  @inline(__always)
  static prefix func - (_ x: Self) -> Self { Self(-x.c0, -x.c1, -x.c2) }

  @inline(__always)
  func doubled() -> Self { Self(c0.doubled(), c1.doubled(), c2.doubled()) }

  /// x·v.
  @inline(__always)
  func multipliedByV() -> Self { Self(Curve.multipliedByNonResidue(c2), c0, c1) }

  /// Karatsuba–Toom in six multiplications (Devegili et al., "Multiplication and Squaring on
  /// Pairing-Friendly Fields", section 4).
  @inline(never)
  static func * (_ x: Self, _ y: Self) -> Self {
    let p0 = x.c0 * y.c0
    let p1 = x.c1 * y.c1
    let p2 = x.c2 * y.c2
    let s12 = (x.c1 + x.c2) * (y.c1 + y.c2) - p1 - p2
    let s01 = (x.c0 + x.c1) * (y.c0 + y.c1) - p0 - p1
    let s02 = (x.c0 + x.c2) * (y.c0 + y.c2) - p0 - p2
    return Self(
      Curve.multipliedByNonResidue(s12) + p0,
      Curve.multipliedByNonResidue(p2) + s01,
      s02 + p1)
  }

  /// Chung–Hasan SQR2: two multiplications and three squarings.
  @inline(never)
  func squared() -> Self {
    let s0 = c0.squared()
    let s1 = (c0 * c1).doubled()
    let s2 = (c0 - c1 + c2).squared()
    let s3 = (c1 * c2).doubled()
    let s4 = c2.squared()
    return Self(
      Curve.multipliedByNonResidue(s3) + s0,
      Curve.multipliedByNonResidue(s4) + s1,
      s1 + s2 + s3 - s0 - s4)
  }

  /// x·(y0 + y1·v), five multiplications.
  @inline(never)
  func multiplied(by01 y0: Coefficient, _ y1: Coefficient) -> Self {
    let p0 = c0 * y0
    let p1 = c1 * y1
    let s12 = (c1 + c2) * y1 - p1
    let s02 = (c0 + c2) * y0 - p0
    let s01 = (c0 + c1) * (y0 + y1) - p0 - p1
    return Self(Curve.multipliedByNonResidue(s12) + p0, s01, s02 + p1)
  }

  /// x·y0.
  @inline(__always)
  func multiplied(by0 y0: Coefficient) -> Self { Self(c0 * y0, c1 * y0, c2 * y0) }

  /// x·y1·v.
  @inline(__always)
  func multiplied(by1 y1: Coefficient) -> Self {
    Self(Curve.multipliedByNonResidue(c2 * y1), c0 * y1, c1 * y1)
  }

  func inverse() -> Self {
    let t0 = c0.squared() - Curve.multipliedByNonResidue(c1 * c2)
    let t1 = Curve.multipliedByNonResidue(c2.squared()) - c0 * c1
    let t2 = c1.squared() - c0 * c2
    let norm = c0 * t0 + Curve.multipliedByNonResidue(c2 * t1 + c1 * t2)
    let scale = norm.inverse()
    return Self(t0 * scale, t1 * scale, t2 * scale)
  }
}
