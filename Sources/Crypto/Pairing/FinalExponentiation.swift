// The final exponentiation to (p¹² − 1)/r, common to the curves but for its hard part.

extension Fp12 {
  /// Maps a Miller value into the r-th roots of unity: the easy part (p⁶ − 1)(p² + 1) here, the hard
  /// part (p⁴ − p² + 1)/r, or a fixed multiple of it prime to r, by the curve.
  func finallyExponentiated() -> Self {
    let unitary = conjugated() * inverse()
    return Curve.hardPart(unitary.frobeniusSquared() * unitary)
  }
}
