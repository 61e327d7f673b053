// The parameters of BLS12-381: groups, tower, Frobenius constants, optimal ate pairing.

extension BLS12381 {
  /// The subgroup of order r of y² = x³ + 4 over Fp.
  enum G1: CurveGroup {
    @inline(__always) static var b: Fp {
      Fp(
        0xaa27_0000_000c_fff3, 0x53cc_0032_fc34_000a, 0x478f_e97a_6b0a_807f,
        0xb1d3_7ebe_e6ba_24d7, 0x8ec9_733b_bf78_ab2f, 0x09d6_4551_3d83_de7e)
    }
  }

  /// The subgroup of order r of the twist y² = x³ + 4(1 + u) over Fp2.
  enum G2: TwistGroup {
    @inline(__always) static var b: Fp2<Fp> { Fp2(G1.b, G1.b) }

    /// 1/ξ^((p−1)/3) and 1/ξ^((p−1)/2).
    @inline(__always) static var frobenius: (x: Fp2<Fp>, y: Fp2<Fp>) {
      (
        Fp2(
          Fp(
            0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
            0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000),
          Fp(
            0x890d_c9e4_8675_45c3, 0x2af3_2253_3285_a5d5, 0x5088_0866_309b_7e2c,
            0xa20d_1b8c_7e88_1024, 0x14e4_f04f_e2db_9068, 0x14e5_6d3f_1564_853a)),
        Fp2(
          Fp(
            0x3e2f_585d_a55c_9ad1, 0x4294_213d_86c1_8183, 0x3828_44c8_8b62_3732,
            0x92ad_2afd_1910_3e18, 0x1d79_4e4f_ac7c_f0b9, 0x0bd5_92fc_7d82_5ec8),
          Fp(
            0x7bcf_a7a2_5aa3_0fda, 0xdc17_dec1_2a92_7e7c, 0x2f08_8dd8_6b4e_bef1,
            0xd1ca_2087_da74_d4a7, 0x2da2_5966_96ce_bc1d, 0x0e2b_7eed_bbfd_87d2))
      )
    }
  }
}

extension BLS12381: PairingCurve {
  /// x·ξ with ξ = 1 + u.
  @inline(__always)
  static func multipliedByNonResidue(_ x: Fp2<Fp>) -> Fp2<Fp> {
    Fp2(x.c0 - x.c1, x.c0 + x.c1)
  }

  static var twist: Twist { .multiplicative }

  /// |x|, the magnitude of the curve's parameter.
  static var loopCount: SignedDigits { SignedDigits(plus: 0xd201_0000_0001_0000, minus: 0) }

  static var parameterIsNegative: Bool { true }

  @inline(__always)
  static var frobenius: (Fp2<Fp>, Fp2<Fp>, Fp2<Fp>, Fp2<Fp>, Fp2<Fp>) {
    (
      Fp2(
        Fp(
          0x0708_9552_b319_d465, 0xc669_5f92_b50a_8313, 0x97e8_3ccc_d117_228f,
          0xa35b_aeca_b2dc_29ee, 0x1ce3_93ea_5daa_ce4d, 0x08f2_220f_b0fb_66eb),
        Fp(
          0xb2f6_6aad_4ce5_d646, 0x5842_a06b_fc49_7cec, 0xcf48_95d4_2599_d394,
          0xc11b_9cba_40a8_e8d0, 0x2e38_13cb_e5a0_de89, 0x110e_efda_8884_7faf)),
      Fp2(
        Fp(
          0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
          0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000),
        Fp(
          0xcd03_c9e4_8671_f071, 0x5dab_2246_1fcd_a5d2, 0x5870_42af_d385_1b95,
          0x8eb6_0ebe_01ba_cb9e, 0x03f9_7d6e_83d0_50d2, 0x18f0_2065_5463_8741)),
      Fp2(
        Fp(
          0x7bcf_a7a2_5aa3_0fda, 0xdc17_dec1_2a92_7e7c, 0x2f08_8dd8_6b4e_bef1,
          0xd1ca_2087_da74_d4a7, 0x2da2_5966_96ce_bc1d, 0x0e2b_7eed_bbfd_87d2),
        Fp(
          0x7bcf_a7a2_5aa3_0fda, 0xdc17_dec1_2a92_7e7c, 0x2f08_8dd8_6b4e_bef1,
          0xd1ca_2087_da74_d4a7, 0x2da2_5966_96ce_bc1d, 0x0e2b_7eed_bbfd_87d2)),
      Fp2(
        Fp(
          0x890d_c9e4_8675_45c3, 0x2af3_2253_3285_a5d5, 0x5088_0866_309b_7e2c,
          0xa20d_1b8c_7e88_1024, 0x14e4_f04f_e2db_9068, 0x14e5_6d3f_1564_853a),
        Fp(
          0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000,
          0x0000_0000_0000_0000, 0x0000_0000_0000_0000, 0x0000_0000_0000_0000)),
      Fp2(
        Fp(
          0x82d8_3cf5_0dbc_e43f, 0xa281_3e53_df9d_018f, 0xc6f0_caa5_3c65_e181,
          0x7525_cf52_8d50_fe95, 0x4a85_ed50_f479_8a6b, 0x171d_a0fd_6cf8_eebd),
        Fp(
          0x3726_c30a_f242_c66c, 0x7c2a_c1aa_d1b6_fe70, 0xa040_07fb_ba4b_14a2,
          0xef51_7c32_6634_1429, 0x0095_ba65_4ed2_226b, 0x02e3_70ec_cc86_f7dd))
    )
  }

  @inline(__always)
  static var frobeniusSquared: (Fp, Fp, Fp, Fp, Fp) {
    (
      Fp(
        0xecfb_361b_798d_ba3a, 0xc100_ddb8_9186_5a2c, 0x0ec0_8ff1_232b_da8e,
        0xd5c1_3cc6_f1ca_4721, 0x4722_2a47_bf7b_5c04, 0x0110_f184_e51c_5f59),
      Fp(
        0x30f1_361b_798a_64e8, 0xf3b8_ddab_7ece_5a2a, 0x16a8_ca3a_c615_77f7,
        0xc26a_2ff8_74fd_029b, 0x3636_b766_6070_1c6e, 0x051b_a4ab_241b_6160),
      Fp(
        0x43f5_ffff_fffc_aaae, 0x32b7_fff2_ed47_fffd, 0x07e8_3a49_a2e9_9d69,
        0xeca8_f331_8332_bb7a, 0xef14_8d1e_a0f4_c069, 0x040a_b326_3eff_0206),
      Fp(
        0xcd03_c9e4_8671_f071, 0x5dab_2246_1fcd_a5d2, 0x5870_42af_d385_1b95,
        0x8eb6_0ebe_01ba_cb9e, 0x03f9_7d6e_83d0_50d2, 0x18f0_2065_5463_8741),
      Fp(
        0x890d_c9e4_8675_45c3, 0x2af3_2253_3285_a5d5, 0x5088_0866_309b_7e2c,
        0xa20d_1b8c_7e88_1024, 0x14e4_f04f_e2db_9068, 0x14e5_6d3f_1564_853a)
    )
  }
}
