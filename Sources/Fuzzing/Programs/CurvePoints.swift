// The generators of the curves, as their contracts read them.

internal import Primitives

/// Points and orders that the curves' definitions name: EIP-196, EIP-197, EIP-2537.
enum CurvePoints {
  static let bn254Order: UInt256 =
    21_888_242_871_839_275_222_246_405_745_257_275_088_548_364_400_416_034_343_698_204_186_575_808_495_617

  static let bls12381Order: UInt256 =
    0x73ed_a753_299d_7d48_3339_d808_09a1_d805_53bd_a402_fffe_5bfe_ffff_ffff_0000_0001

  static let bn254G1 = UInt256(1 as UInt64).bigEndianBytes + UInt256(2 as UInt64).bigEndianBytes

  /// x and y, the imaginary part first.
  static let bn254G2: [UInt8] =
    [
      0x198e_9393_920d_483a_7260_bfb7_31fb_5d25_f1aa_4933_35a9_e712_97e4_85b7_aef3_12c2,
      0x1800_deef_121f_1e76_426a_0066_5e5c_4479_6743_22d4_f75e_dadd_46de_bd5c_d992_f6ed,
      0x0906_89d0_585f_f075_ec9e_99ad_690c_3395_bc4b_3133_70b3_8ef3_55ac_dadc_d122_975b,
      0x12c8_5ea5_db8c_6deb_4aab_7180_8dcb_408f_e3d1_e769_0c43_d37b_4ce6_cc01_66fa_7daa,
    ].flatMap { (word: UInt256) in word.bigEndianBytes }

  static let bls12381G1: [UInt8] = coordinates([
    (
      0x17f1_d3a7_3197_d794_2695_638c_4fa9_ac0f,
      0xc368_8c4f_9774_b905_a14e_3a3f_171b_ac58_6c55_e83f_f97a_1aef_fb3a_f00a_db22_c6bb
    ),
    (
      0x08b3_f481_e3aa_a0f1_a09e_30ed_741d_8ae4,
      0xfcf5_e095_d5d0_0af6_00db_18cb_2c04_b3ed_d03c_c744_a288_8ae4_0caa_2329_46c5_e7e1
    ),
  ])

  /// x and y, the real part first.
  static let bls12381G2: [UInt8] = coordinates([
    (
      0x024a_a2b2_f08f_0a91_2608_0527_2dc5_1051,
      0xc6e4_7ad4_fa40_3b02_b451_0b64_7ae3_d177_0bac_0326_a805_bbef_d480_56c8_c121_bdb8
    ),
    (
      0x13e0_2b60_5271_9f60_7dac_d3a0_8827_4f65,
      0x596b_d0d0_9920_b61a_b5da_61bb_dc7f_5049_334c_f112_1394_5d57_e5ac_7d05_5d04_2b7e
    ),
    (
      0x0ce5_d527_727d_6e11_8cc9_cdc6_da2e_351a,
      0xadfd_9baa_8cbd_d3a7_6d42_9a69_5160_d12c_923a_c9cc_3bac_a289_e193_5486_08b8_2801
    ),
    (
      0x0606_c4a0_2ea7_34cc_32ac_d2b0_2bc2_8b99,
      0xcb3e_287e_85a7_63af_2674_92ab_572e_99ab_3f37_0d27_5cec_1da1_aaa9_075f_f05f_79be
    ),
  ])

  /// Field elements of 64 bytes each, from their upper and lower 32.
  private static func coordinates(_ halves: [(UInt256, UInt256)]) -> [UInt8] {
    halves.flatMap { $0.bigEndianBytes + $1.bigEndianBytes }
  }
}
