// What is particular to BLS12-381 in the pairing: the hard part of the final exponentiation, and
// membership in G1 and G2.

extension BLS12381 {
  /// |x|, the magnitude of the curve's parameter.
  static var parameter: UInt64 { 0xd201_0000_0001_0000 }

  static func finishMillerLoop(_ f: inout Fp12<Self>, _ pair: inout MillerPair<Self>) {}

  /// f to three times the hard part, (x − 1)²(x + p)(x² + p² − 1) + 3 (Hayashida, Hayasaka, Teruya,
  /// "Efficient Final Exponentiation via Cyclotomic Structure", ePrint 2020/875).
  static func hardPart(_ f: Fp12<Self>) -> Fp12<Self> {
    let a = power(f) * f.conjugated()
    let b = power(a) * a.conjugated()
    let c = power(b) * b.frobenius()
    let d = power(power(c)) * c.frobeniusSquared() * c.conjugated()
    return d * f.cyclotomicSquared() * f
  }

  /// f^x; x is negative.
  private static func power(_ f: Fp12<Self>) -> Fp12<Self> {
    f.cyclotomicPower(loopCount).conjugated()
  }
}

extension AffinePoint<BLS12381.G1> {
  /// The endomorphism φ(x, y) = (βx, y), which multiplies by −x² in G1.
  @inline(__always)
  func endomorphism() -> Self {
    isInfinity ? self : Self(x * BLS12381.frobeniusSquared.1, y)
  }

  /// Whether a point of the curve has order r: φ(P) = −[x²]P (Scott, "A Note on Group Membership Tests
  /// for G1, G2 and GT on BLS Pairing-Friendly Curves", ePrint 2021/1130).
  var isInPrimeOrderSubgroup: Bool {
    if isInfinity { return true }
    let square = multiplied(by: BLS12381.parameter).multiplied(by: BLS12381.parameter)
    return -square == JacobianPoint(endomorphism())
  }
}

extension JacobianPoint<BLS12381.G1> {
  /// φ.
  @inline(__always)
  func endomorphism() -> Self { Self(x * BLS12381.frobeniusSquared.1, y, z) }
}

extension AffinePoint<BLS12381.G2> {
  /// Whether a point of the twist has order r: ψ(Q) = [x]Q (Scott, as above).
  var isInPrimeOrderSubgroup: Bool {
    if isInfinity { return true }
    return -multiplied(by: BLS12381.parameter) == JacobianPoint(frobenius())
  }
}
