// The base field of BN254.

extension BN254 {
  /// Integers modulo p.
  typealias Fp = FourLimbField<BasePrime>

  /// p = 36x⁴ + 36x³ + 24x² + 6x + 1, x = 4965661367192848881; 254 bits.
  enum BasePrime: ShortFourLimbPrime {
    @inline(__always) static var modulus: Limbs {
      (0x3c20_8c16_d87c_fd47, 0x9781_6a91_6871_ca8d, 0xb850_45b6_8181_585d, 0x3064_4e72_e131_a029)
    }
    @inline(__always) static var negativeInverse: UInt64 { 0x87d2_0782_e486_6389 }
    @inline(__always) static var one: Limbs {
      (0xd35d_438d_c58f_0d9d, 0x0a78_eb28_f5c7_0b3d, 0x666e_a36f_7879_462c, 0x0e0a_77c1_9a07_df2f)
    }
    @inline(__always) static var rSquared: Limbs {
      (0xf32c_fc5b_538a_fa89, 0xb5e7_1911_d445_01fb, 0x47ab_1eff_0a41_7ff6, 0x06d8_9f71_cab8_351f)
    }
    @inline(__always) static var rCubed: Limbs {
      (0xb1cd_6daf_da15_30df, 0x62f2_10e6_a728_3db6, 0xef7f_0b0c_0ada_0afb, 0x20fd_6e90_2d59_2544)
    }
  }
}
