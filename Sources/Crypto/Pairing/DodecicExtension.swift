// Fp12 = Fp6[w]/(w² − v), the target field of the pairing.

struct Fp12<Curve: PairingCurve>: Field {
  typealias Coefficient = Fp6<Curve>

  var c0: Coefficient
  var c1: Coefficient

  @inline(__always)
  init(_ c0: Coefficient, _ c1: Coefficient) {
    self.c0 = c0
    self.c1 = c1
  }

  @inline(__always) static var zero: Self { Self(.zero, .zero) }
  @inline(__always) static var one: Self { Self(.one, .zero) }
  @inline(__always) var isZero: Bool { c0.isZero && c1.isZero }
}

extension Fp12 {
  static func + (_ x: Self, _ y: Self) -> Self { Self(x.c0 + y.c0, x.c1 + y.c1) }
  static func - (_ x: Self, _ y: Self) -> Self { Self(x.c0 - y.c0, x.c1 - y.c1) }
  static prefix func - (_ x: Self) -> Self { Self(-x.c0, -x.c1) }
  func doubled() -> Self { Self(c0.doubled(), c1.doubled()) }

  /// The p⁶-power Frobenius; the inverse of an element of the cyclotomic subgroup.
  @inline(__always)
  func conjugated() -> Self { Self(c0, -c1) }

  @inline(never)
  static func * (_ x: Self, _ y: Self) -> Self {
    let p0 = x.c0 * y.c0
    let p1 = x.c1 * y.c1
    let cross = (x.c0 + x.c1) * (y.c0 + y.c1)
    return Self(p0 + p1.multipliedByV(), cross - p0 - p1)
  }

  /// Complex squaring, two multiplications of Fp6.
  @inline(never)
  func squared() -> Self {
    let product = c0 * c1
    let square = (c0 + c1) * (c0 + c1.multipliedByV())
    return Self(square - product - product.multipliedByV(), product.doubled())
  }

  func inverse() -> Self {
    let scale = (c0.squared() - c1.squared().multipliedByV()).inverse()
    return Self(c0 * scale, -(c1 * scale))
  }

  /// The p-power Frobenius: conjugate each coefficient of w^k and multiply it by ξ^(k(p−1)/6).
  func frobenius() -> Self {
    let g = Curve.frobenius
    return Self(
      Fp6(c0.c0.conjugated(), c0.c1.conjugated() * g.1, c0.c2.conjugated() * g.3),
      Fp6(c1.c0.conjugated() * g.0, c1.c1.conjugated() * g.2, c1.c2.conjugated() * g.4))
  }

  /// The p²-power Frobenius.
  func frobeniusSquared() -> Self {
    let g = Curve.frobeniusSquared
    return Self(
      Fp6(c0.c0, c0.c1 * g.1, c0.c2 * g.3),
      Fp6(c1.c0 * g.0, c1.c1 * g.2, c1.c2 * g.4))
  }
}
