// Squaring and powers in the cyclotomic subgroup, the elements with f^(p⁴ − p² + 1) = 1.

extension Fp12 {
  /// (x + y·s)² of Fp4 = Fp2[s]/(s² − ξ), as its two coefficients.
  @inline(__always)
  private static func squareQuartic(
    _ x: Fp2<Curve.Fp>, _ y: Fp2<Curve.Fp>
  ) -> (Fp2<Curve.Fp>, Fp2<Curve.Fp>) {
    let xx = x.squared()
    let yy = y.squared()
    let cross = (x + y).squared() - xx - yy
    return (xx + Curve.multipliedByNonResidue(yy), cross)
  }

  /// Granger–Scott squaring (ePrint 2009/565), nine squarings of Fp2.
  @inline(never)
  func cyclotomicSquared() -> Self {
    let (a0, a1) = Self.squareQuartic(c0.c0, c1.c1)
    let (b0, b1) = Self.squareQuartic(c1.c0, c0.c2)
    let (d0, d1) = Self.squareQuartic(c0.c1, c1.c2)
    let twisted = Curve.multipliedByNonResidue(d1)
    return Self(
      Fp6(
        (a0 - c0.c0).doubled() + a0,
        (b0 - c0.c1).doubled() + b0,
        (d0 - c0.c2).doubled() + d0),
      Fp6(
        (twisted + c1.c0).doubled() + twisted,
        (a1 + c1.c1).doubled() + a1,
        (b1 + c1.c2).doubled() + b1))
  }

  /// f^n for an element of the cyclotomic subgroup, where inversion is free.
  @inline(never)
  func cyclotomicPower(_ digits: SignedDigits) -> Self {
    let inverse = conjugated()
    var result = self
    for position in (0..<digits.top).reversed() {
      result = result.cyclotomicSquared()
      switch digits[position] {
      case 1: result = result * self
      case -1: result = result * inverse
      default: break
      }
    }
    return result
  }
}
