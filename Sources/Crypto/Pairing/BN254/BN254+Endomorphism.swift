// Multiplication in G1 by the endomorphism φ(x, y) = (βx, y), which multiplies by a cube root of unity.

/// Four limbs as a plain integer, for the integer product that the field offers.
private typealias Integer = BN254.Fp

extension BN254 {
  /// Splits k into m + n·λ modulo r with halves below 2¹²⁷ in magnitude, λ = 36x³ + 18x² + 6x + 1.
  ///
  /// The pairs with m + n·λ ≡ 0 are a lattice with the short basis (2x + 1, −6x² − 2x) and
  /// (6x² + 4x + 1, 2x + 1); k is rounded to it by the quotients k·(2x + 1)/r and k·(6x² + 2x)/r.
  static func decomposed(
    _ scalar: (UInt64, UInt64, UInt64, UInt64)
  ) -> (m: SignedScalar, n: SignedScalar) {
    let k = remainderByOrder(Integer(scalar.0, scalar.1, scalar.2, scalar.3))
    // 2²⁵⁶·(2x + 1)/r and 2²⁵⁶·(6x² + 2x)/r.
    let c = roundedHigh(k, Integer(0xd91d_232e_c7e0_b3d7, 2, 0, 0))
    let d = roundedHigh(k, Integer(0x7a7b_d9d4_391e_b18d, 0x4cce_f014_a773_d2cf, 2, 0))
    let short: UInt128 = 0x89d3_2568_94d2_13e3
    let long: UInt128 = 0x6f4d_8248_eeb8_59fc_8211_bbeb_7d4f_1128
    let longer: UInt128 = 0x6f4d_8248_eeb8_59fd_0be4_e154_1221_250b
    return (
      signed(wide(k.l0, k.l1) &- c &* short &- d &* longer),
      signed(c &* long &- d &* short)
    )
  }

  private static func signed(_ x: UInt128) -> SignedScalar {
    let value = Int128(truncatingIfNeeded: x)
    return SignedScalar(magnitude: value.magnitude, isNegative: value < 0)
  }

  /// k mod r; k is below 6r.
  private static func remainderByOrder(_ k: Integer) -> Integer {
    var k = k
    while true {
      var carry: UInt64 = 1
      let d0 = subtractCarry(k.l0, 0x43e1_f593_f000_0001, &carry)
      let d1 = subtractCarry(k.l1, 0x2833_e848_79b9_7091, &carry)
      let d2 = subtractCarry(k.l2, 0xb850_45b6_8181_585d, &carry)
      let d3 = subtractCarry(k.l3, 0x3064_4e72_e131_a029, &carry)
      if carry == 0 { return k }
      k = Integer(d0, d1, d2, d3)
    }
  }

  /// x·y/2²⁵⁶ to the nearest integer, for quotients below 2¹²⁸.
  private static func roundedHigh(_ x: Integer, _ y: Integer) -> UInt128 {
    let product = Integer.product(x, y)
    return wide(product.l4, product.l5) &+ UInt128(product.l3 &>> 63)
  }
}

extension JacobianPoint<BN254.G1> {
  /// φ, with β = ξ^(2(p² − 1)/3) = 18x³ + 18x² + 9x + 1.
  @inline(__always)
  func endomorphism() -> Self { Self(x * BN254.frobeniusSquared.3, y, z) }
}

extension AffinePoint<BN254.G1> {
  /// k·p for any k below 2²⁵⁶, in words, least significant first.
  func multiplied(by k: (UInt64, UInt64, UInt64, UInt64)) -> JacobianPoint<BN254.G1> {
    let (m, n) = BN254.decomposed(k)
    return withUnsafeTemporaryAllocation(of: SignedScalar.self, capacity: 2) { scalars in
      scalars.initializeElement(at: 0, to: m)
      scalars.initializeElement(at: 1, to: n)
      return withUnsafePointer(to: self) { point in
        interleavedSum(
          UnsafeBufferPointer(start: point, count: 1), UnsafeBufferPointer(scalars), images: 2
        ) { $0.endomorphism() }
      }
    }
  }
}
