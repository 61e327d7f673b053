// Fp2 = Fp[u]/(u² + 1), the field of the twists of both curves.

struct Fp2<Fp: PrimeField>: Field {
  var c0: Fp
  var c1: Fp

  @inline(__always)
  init(_ c0: Fp, _ c1: Fp) {
    self.c0 = c0
    self.c1 = c1
  }

  @inline(__always) static var zero: Self { Self(.zero, .zero) }
  @inline(__always) static var one: Self { Self(.one, .zero) }
  @inline(__always) var isZero: Bool { c0.isZero && c1.isZero }
}

extension Fp2 {
  @inline(__always)
  static func + (_ x: Self, _ y: Self) -> Self { Self(x.c0 + y.c0, x.c1 + y.c1) }

  @inline(__always)
  static func - (_ x: Self, _ y: Self) -> Self { Self(x.c0 - y.c0, x.c1 - y.c1) }

  @inline(__always)
  static prefix func - (_ x: Self) -> Self { Self(-x.c0, -x.c1) }

  @inline(__always)
  func doubled() -> Self { Self(c0.doubled(), c1.doubled()) }

  @inline(__always)
  func halved() -> Self { Self(c0.halved(), c1.halved()) }

  @inline(__always)
  func conjugated() -> Self { Self(c0, -c1) }

  /// x·s of a scalar of the prime field.
  @inline(__always)
  static func * (_ x: Self, _ s: Fp) -> Self { Self(x.c0 * s, x.c1 * s) }

  /// Karatsuba on unreduced products: three multiplications and two reductions (Aranha et al.,
  /// "Faster Explicit Formulas for Computing Pairings over Ordinary Curves", section 5.2).
  @inline(never)
  static func * (_ x: Self, _ y: Self) -> Self {
    let low = Fp.product(x.c0, y.c0)
    let high = Fp.product(x.c1, y.c1)
    let cross = Fp.product(Fp.lazySum(x.c0, x.c1), Fp.lazySum(y.c0, y.c1))
    return Self(
      Fp.reduce(Fp.subtractModular(low, high)),
      Fp.reduce(Fp.subtract(Fp.subtract(cross, low), high)))
  }

  /// (c0 + c1)(c0 − c1) + 2·c0·c1·u.
  @inline(never)
  func squared() -> Self {
    Self(
      Fp.reduce(Fp.product(Fp.lazySum(c0, c1), c0 - c1)),
      Fp.reduce(Fp.product(Fp.lazySum(c0, c0), c1)))
  }

  func inverse() -> Self {
    let scale = (c0.squared() + c1.squared()).inverse()
    return Self(c0 * scale, -(c1 * scale))
  }
}
