// The first block of Hoodi, whose accounts are part of the program.
//
// Addresses and amounts: https://github.com/eth-clients/hoodi, metadata/genesis.json (MIT).

internal import Execution
internal import Ledger
internal import Primitives
internal import State

extension Genesis {
  /// Hoodi's first block, of March 2025.
  public static var hoodi: Genesis {
    var header = Header(
      difficulty: UInt256(1), number: 0, gasLimit: 36_000_000, timestamp: 1_742_212_800,
      nonce: 0x1234, baseFeePerGas: initialBaseFee)
    header.withdrawalsRoot = Header.emptyTrieRoot
    (header.blobGasUsed, header.excessBlobGas) = (0, 0)
    header.parentBeaconBlockRoot = .zero
    return Genesis(
      withStateRootFor: header, rules: .hoodi,
      allocations: hoodiPrecompiles + hoodiContracts + allocations(inMillions: hoodiAccounts))
  }

  /// A wei for every address that is or may become a precompiled contract.
  private static var hoodiPrecompiles: [AccountAllocation] {
    (0..<256 as Range<UInt64>).map {
      AccountAllocation(address: Address(truncating: UInt256($0)), balance: UInt256(1))
    }
  }

  /// The contracts that blocks call, and that of deposits. Requests wait until Prague: the excess that
  /// both queues begin with forbids them (EIP-7002, EIP-7251).
  private static var hoodiContracts: [AccountAllocation] {
    SystemContracts.allocations.map { allocation in
      var allocation = allocation
      if [SystemCalls.withdrawalRequests, SystemCalls.consolidationRequests].contains(
        allocation.address)
      {
        allocation.storage = [.zero: .max]
      }
      return allocation
    } + [DepositContract.allocation]
  }

  private static let hoodiAccounts: [(millions: UInt64, accounts: [UInt256])] = [
    (
      1,
      [
        0x0c35_317b_7a96_c454_e2cb_3d1a_255d_775a_b112_ccc8,
        0x0d73_1cfa_bc55_7432_9823_f26d_4884_1645_1d2e_a376,
        0x0e79_065b_5f11_b5bd_1e62_b935_a600_976f_ff37_54b9,
        0x1050_8392_9bf9_bb22_c26c_b177_7ec9_2661_170d_4285,
        0x11ec_b032_9908_0fc8_d5c1_b2fe_0c0c_d348_90d5_e1b5,
        0x1268_ad18_9526_ac0b_386f_af06_effc_4677_9c34_0ee6,
        0x12cb_a59f_5a74_db81_a12f_f63c_349b_d82c_bf60_07c2,
        0x15e7_19b6_acaf_1e44_11bf_0f95_76cb_1d0d_b161_ddfc,
        0x164e_38a3_7524_7a78_4a81_d420_201a_a8fe_4e51_3921,
        0x2222_2222_2222_cf64_a76a_e3d3_6859_958c_864f_da2c,
        0x2281_9830_d4fe_783d_6588_4193_9ad6_d75b_00a2_b78c,
        0x26ec_c088_5bab_76eb_6028_88df_8415_bdf3_2d0f_62bd,
        0x341c_40b9_4bf2_afbf_a425_73cb_78f1_6ee1_5a05_6238,
        0x346d_827a_75f9_8f0a_7a32_4ff8_0b7c_3f90_252e_8bac,
        0x34f8_4577_3d43_6499_9f2f_bc7a_a26a_bdee_902c_bb46,
        0x3c75_5941_81e0_3e8e_cd84_68a0_037f_058a_9daf_ad79,
        0x404f_fd9d_d654_28e0_96d9_a7b8_3792_4263_ef40_fb31,
        0x45dc_a074_6fc5_6b40_0b29_1f5d_9657_a794_64e8_f152,
        0x49df_3cca_2670_eb0d_5911_46b1_6359_fe33_6e47_6f29,
        0x4d0b_04b4_05c6_b62c_7cfc_3ae5_4759_747e_2c0b_4662,
        0x5180_db02_3729_1a64_49dd_a9ed_33ad_90a3_8787_621c,
        0x5273_0f34_7def_6ba0_9adf_f62e_ac60_d5fe_e820_5bc4,
        0x5eac_0fbd_3dfe_f8ae_3efa_3c5d_c1aa_193b_c603_3dfd,
        0x762c_a62c_a254_9ad8_0676_3b3a_a1ea_317c_429b_dbda,
        0x767f_7576_944d_3213_7492_1df1_3858_9a30_e3c5_030d,
        0x834d_bf5a_03e2_9c25_bc55_459c_ce9c_021e_ebe6_76ad,
        0x875d_25ee_4bc6_04c7_1baf_6236_a848_8f22_399b_ed4b,
        0x8df7_878d_3571_bef5_e5a7_44f9_6287_c8d2_0386_d75a,
        0x9029_c772_dde8_4762_2df1_553e_d9d9_bdb7_812e_4f93,
        0x9b38_3f8e_4cd5_d3dd_5f90_06b6_a508_960a_1e73_0375,
        0x9b49_1f04_3189_af6d_31d3_d4b1_a7ca_1cf7_2f40_c52a,
        0x9e41_5a09_6ff7_7650_dc92_5dea_5465_85b4_adb3_22b6,
        0xa076_6b65_a4f7_b1da_79a1_af79_ac69_5456_efa2_8644,
        0xa29b_144a_449e_414a_472c_60c7_aaf1_aaff_e329_021d,
        0xa553_9556_6b0b_5439_5b32_46f9_6a0b_dc4b_8a48_3df9,
        0xac9b_a72f_b61a_a7c3_1a95_df0a_8b6e_ba6f_41ef_875e,
        0xb049_8c15_879d_b2ee_5471_d492_6c5f_aa25_c9a0_9683,
        0xb04a_ef2a_3d2d_86b0_1006_ccd4_339a_2e94_3d9c_6480,
        0xc21c_b9c9_9c31_6d18_6314_2f7d_d86d_d549_6d81_a8d6,
        0xc473_d412_dc52_e349_8622_0992_4c89_81b2_ee42_0768,
        0xc48e_23c5_f6e1_ea0b_aef6_5307_34ed_c396_8f79_af2e,
        0xc9ca_2ba9_a27d_e1db_589d_8c33_ab8e_dfa2_111b_31fb,
        0xd1f7_7e4c_1c45_186e_8653_c489_f90e_008a_7359_7296,
        0xd4bb_555d_3b0d_7ff1_7c60_6161_b44e_3726_89c1_4f4b,
        0xdca6_e9b4_8ea8_6aeb_fdf9_9299_4912_4042_296b_6e34,
        0xe495_5e10_7ea5_30b4_c2db_8a32_3df0_a143_d8a8_2b9c,
        0xea28_d002_042f_d989_8d0d_b016_be97_58ee_afe3_5c1e,
        0xeb74_2e43_956e_0ea8_9a2d_b6bf_6237_c79e_e464_5981,
        0xefa7_454f_1116_8079_75a4_750b_4669_5e96_7850_de5d,
      ]
    ),
    (
      10,
      [
        0x0be9_4992_8ff1_99c9_eba9_e110_db21_0aa5_c94e_fad0,
        0xc564_af15_4621_ee8d_0589_758d_5355_11ae_c8f6_7b40,
        0xda29_bb71_669f_46f2_a779_b4b6_2f03_644a_84ee_3479,
        0xdbf6_40de_a047_fa7e_e746_d01a_3178_2386_f827_cfc1,
      ]
    ),
    (
      100,
      [
        0x0000_0069_16a8_7b82_333f_4245_0466_23b2_3794_c65c,
        0x03b1_f066_1258_9783_4e46_abd7_dc64_15d8_759f_8372,
        0x0c10_0000_006d_7b5e_23a1_eaee_637f_28ca_32cd_5b31,
        0x10f5_d458_54e0_3807_1485_ac9e_4023_08cf_80d2_d2fe,
        0x1b7a_a440_88a0_ea95_bdc6_5fef_6e50_71e9_46bf_7d8f,
        0x2f14_5829_47e2_92a2_ecd2_0c43_0b46_f2d2_7cfe_213c,
        0x2f2c_75b5_dd5d_2461_9481_2b00_eeb3_b09c_2c66_e2ee,
        0x4d49_6ccc_2805_8b1d_74b7_a195_4166_3e21_154f_9c84,
        0x509a_7667_ac8d_0320_e361_72c1_9250_6a61_88aa_84f6,
        0x5f10_da9b_68f0_6c76_f3c6_24f8_b2ee_3b2a_2698_351b,
        0x6a7a_a9b8_82d5_0bb7_bc5d_a1a2_4471_9c99_f12f_06a3,
        0x6cc9_397c_3b38_739d_acbf_aa68_ead5_f5d7_7ba5_f455,
        0x73b2_e0e5_4510_239e_22cc_936f_0b4a_6de1_acf0_abde,
        0x778f_5f13_c4be_78a3_a4d7_141b_cb26_9997_02f4_07cf,
        0xb19f_b4c1_f280_327e_60ed_37b1_dc6e_e775_3353_9314,
        0xc6e2_4599_91bf_e27c_ca6d_8672_2f35_da23_a1e4_cb97,
        0xfbfd_6fa9_f73a_c6a0_58e0_1259_034c_2800_1bef_8247,
        0xfc7a_f49b_80ac_f041_7443_66b0_2272_0197_23c9_4f9c,
      ]
    ),
    (
      200,
      [
        0x4623_96e6_9dbf_a455_f405_f4dd_82f3_014a_f800_3b72,
        0x6108_66c6_0897_68da_9552_4bcc_4ce7_db61_eda3_931c,
      ]
    ),
    (
      500,
      [
        0x9a27_d0c7_15d3_f2af_2fac_39a4_1c49_ed35_004a_3bcf
      ]
    ),
  ]
}
