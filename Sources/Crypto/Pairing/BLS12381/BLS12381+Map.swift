// Mapping field elements to points (RFC 9380, section 6.6.3, suites of section 8.8): simplified SWU onto
// an isogenous curve, the isogeny, and the clearing of the cofactor.

extension BLS12381 {
  /// y² = x³ + A′x + B′ over Fp, 11-isogenous to the curve.
  enum IsogenousG1: IsogenousCurve {
    static var a: Fp {
      Fp(
        0x2f65_aa0e_9af5_aa51, 0x8646_4c2d_1e84_16c3, 0xb85c_e591_b7bd_31e2,
        0x27e1_1c91_b5f2_4e7c, 0x2837_6eda_6bfc_1835, 0x1554_55c3_e507_1d85)
    }
    static var b: Fp {
      Fp(
        0xfb99_6971_fe22_a1e0, 0x9aa9_3eb3_5b74_2d6f, 0x8c47_6013_de99_c5c4,
        0x873e_27c3_a221_e571, 0xca72_b5e4_5a52_d888, 0x0682_4061_418a_386b)
    }
    /// 11.
    static var z: Fp {
      Fp(
        0x886c_0000_0023_ffdc, 0x0f70_008d_3090_001d, 0x7767_2417_ed58_28c3,
        0x9dac_23e9_43dc_1740, 0x5055_3f1b_9c13_1521, 0x078c_712f_be0a_b6e8)
    }
  }

  /// y² = x³ + 240u·x + 1012(1 + u) over Fp2, 3-isogenous to the twist.
  enum IsogenousG2: IsogenousCurve {
    static var a: Fp2<Fp> {
      Fp2(
        Fp(
          0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
          0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000),
        Fp(
          0xe53a_0000_0313_5242, 0x0108_0c0f_def8_0285, 0xe788_9edb_e340_f6bd,
          0x0b51_3751_2631_0601, 0x02d6_9857_17c7_44ab, 0x1220_b4e9_79ea_5467))
    }
    static var b: Fp2<Fp> {
      Fp2(
        Fp(
          0x22ea_0000_0cf8_9db2, 0x6ec8_32df_7138_0aa4, 0x6e1b_9440_3db5_a66e,
          0x75bf_3c53_a794_73ba, 0x3dd3_a569_412c_0a34, 0x125c_db5e_74dc_4fd1),
        Fp(
          0x22ea_0000_0cf8_9db2, 0x6ec8_32df_7138_0aa4, 0x6e1b_9440_3db5_a66e,
          0x75bf_3c53_a794_73ba, 0x3dd3_a569_412c_0a34, 0x125c_db5e_74dc_4fd1))
    }
    /// −(2 + u).
    static var z: Fp2<Fp> {
      Fp2(
        Fp(
          0x87eb_ffff_fff9_555c, 0x656f_ffe5_da8f_fffa, 0x0fd0_7493_45d3_3ad2,
          0xd951_e663_0665_76f4, 0xde29_1a3d_41e9_80d3, 0x0815_664c_7dfe_040d),
        Fp(
          0x43f5_ffff_fffc_aaae, 0x32b7_fff2_ed47_fffd, 0x07e8_3a49_a2e9_9d69,
          0xeca8_f331_8332_bb7a, 0xef14_8d1e_a0f4_c069, 0x040a_b326_3eff_0206))
    }
  }
}

extension BLS12381 {
  /// BLS12_MAP_FP_TO_G1: a point of G1 from a field element of 64 bytes.
  public static func mapToG1(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
    guard let bytes = input.baseAddress, input.count == elementByteCount,
      let u = element(at: bytes)
    else { return nil }
    let p = AffinePoint<G1>(IsogenousG1.map(u))
    // The effective cofactor 1 − x.
    return encoded(p.multiplied(by: parameter + 1).affine())
  }

  /// BLS12_MAP_FP2_TO_G2: a point of G2 from an element of Fp2 of 128 bytes.
  public static func mapToG2(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
    guard let bytes = input.baseAddress, input.count == 2 * elementByteCount,
      let u = quadraticElement(at: bytes)
    else { return nil }
    return encoded(AffinePoint<G2>(IsogenousG2.map(u)).clearedOfCofactor().affine())
  }
}

extension AffinePoint<BLS12381.G2> {
  /// [x² − x − 1]Q + [x − 1]ψ(Q) + ψ²([2]Q) (Budroni, Pintore, "Efficient Hash Maps to G2 on BLS
  /// Curves", ePrint 2017/419).
  func clearedOfCofactor() -> JacobianPoint<BLS12381.G2> {
    let q = JacobianPoint(self)
    let image = q.frobenius()
    // x is negative.
    let first = -multiplied(by: BLS12381.parameter)
    let inner = -(first + image).multiplied(by: BLS12381.parameter)
    return inner + -first + -q + -image + q.doubled().frobenius().frobenius()
  }
}
