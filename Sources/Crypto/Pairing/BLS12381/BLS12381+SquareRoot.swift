// Square roots in the base field of BLS12-381.

extension BLS12381.Fp: SquareRootField {
  /// x^((p + 1)/4), since p ≡ 3 modulo 4.
  func squareRoot() -> Self? {
    let root = power([
      0xee7f_bfff_ffff_eaab, 0x07aa_ffff_ac54_ffff, 0xd9cc_34a8_3dac_3d89,
      0xd91d_d2e1_3ce1_44af, 0x92c6_e9ed_90d2_eb35, 0x0680_447a_8e5f_f9a6,
    ])
    return root.squared() == self ? root : nil
  }

  var isOdd: Bool { Self.reduce(Product(low: self, high: .zero)).l0 & 1 == 1 }
}
