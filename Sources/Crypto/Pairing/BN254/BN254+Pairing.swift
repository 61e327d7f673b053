// What is particular to BN254 in the pairing: the end of the Miller loop, the hard part of the final
// exponentiation, and membership in G2.

extension BN254 {
  /// The curve's parameter, x = 4965661367192848881, in signed digits.
  private static var parameter: SignedDigits {
    SignedDigits(plus: 0x450a_1404_4a89_0a01, minus: 0x0020_8150_0020_0010)
  }

  /// The lines through π(Q) and −π²(Q) (Vercauteren, "Optimal Pairings").
  static func finishMillerLoop(_ f: inout Fp12<Self>, _ pair: inout MillerPair<Self>) {
    let first = pair.q.frobenius()
    let second = -first.frobenius()
    f.multiply(by: pair.t.add(first), at: pair.p)
    f.multiply(by: pair.t.add(second), at: pair.p)
  }

  /// f to 2x(6x² + 3x + 1) times the hard part (Fuentes-Castañeda, Knapp, Rodríguez-Henríquez, "Faster
  /// Hashing to G2", section 5), as λ0 + λ1·p + λ2·p² + λ3·p³.
  static func hardPart(_ f: Fp12<Self>) -> Fp12<Self> {
    let fx2 = f.cyclotomicPower(parameter).cyclotomicSquared()
    let fx6 = fx2.cyclotomicSquared() * fx2
    let fxx6 = fx6.cyclotomicPower(parameter)
    let fxxx12 = fxx6.cyclotomicSquared().cyclotomicPower(parameter)
    let a = fxxx12 * fxx6 * fx6
    let b = a * fx2.conjugated()
    let low = a * fxx6 * f * b.frobenius()
    let high = a.frobeniusSquared() * (b * f.conjugated()).frobeniusSquared().frobenius()
    return low * high
  }
}

extension AffinePoint<BN254.G2> {
  /// Whether a point of the twist has order r: [x + 1]Q + ψ([x]Q) + ψ²([x]Q) = ψ³([2x]Q) (El Housni,
  /// Guillevic, Piellard, "Co-factor Clearing and Subgroup Membership Testing", ePrint 2022/352).
  var isInPrimeOrderSubgroup: Bool {
    if isInfinity { return true }
    let multiple = multiplied(by: 4_965_661_367_192_848_881)
    let first = multiple.frobenius()
    let second = first.frobenius()
    return multiple + self + first + second == second.frobenius().doubled()
  }
}
