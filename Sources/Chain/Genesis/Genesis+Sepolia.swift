// The first block of Sepolia, which is small enough to be part of the program.
//
// Addresses and amounts: https://github.com/eth-clients/sepolia, metadata/genesis.json.

internal import Ledger
internal import Primitives
internal import State

extension Genesis {
  /// Sepolia's first block, of October 2021.
  public static var sepolia: Genesis {
    let header = Header(
      difficulty: UInt256(0x20000 as UInt64), number: 0, gasLimit: 30_000_000,
      timestamp: 0x6159_af19, extraData: Array("Sepolia, Athens, Attica, Greece!".utf8),
      baseFeePerGas: initialBaseFee)
    let lone = AccountAllocation(
      address: Address(truncating: 0x799d_329e_5f58_3419_167c_d722_9624_8592_6e33_8f4a),
      balance: ether)
    return Genesis(
      withStateRootFor: header, rules: .sepolia,
      allocations: allocations(inMillions: sepoliaAccounts) + [lone])
  }

  private static let sepoliaAccounts: [(millions: UInt64, accounts: [UInt256])] = [
    (
      1,
      [
        0xa2a6_d934_3914_4ffe_4d27_c9e0_88dc_d8b7_8394_6263,
        0xbc11_2959_36aa_79d5_9413_9de1_b2e1_2629_414f_3bdb,
        0x7cf5_b79b_fe29_1a67_ab02_b393_e456_ccc4_c266_f753,
        0xaaec_8639_4441_f915_bce3_e6ab_3999_77e9_906f_3b69,
        0xf47c_ae1c_f79c_a675_8bfc_787d_bd21_e6bd_be71_12b8,
        0xd7ed_db78_ed29_5b3c_9629_240e_8924_fb8d_8874_ddd8,
        0x8b7f_0977_bb4f_0fbe_7076_fa22_bc24_aca0_4358_3f5e,
        0xe2e2_6590_2814_3784_d557_bcec_6ff3_a072_1048_880a,
        0xd9a5_179f_091d_8505_1d3c_9827_85ef_d145_5cec_8699,
        0xbeef_32ca_5b9a_198d_27b4_e02f_4c70_439f_e603_56cf,
      ]
    ),
    (10, [0x0000_0069_16a8_7b82_333f_4245_0466_23b2_3794_c65c]),
    (
      100,
      [
        0xb21c_33de_1fab_3fa1_5499_c62b_59fe_0cc3_2500_20d1,
        0x10f5_d458_54e0_3807_1485_ac9e_4023_08cf_80d2_d2fe,
        0xd7d7_6c58_b3a5_19e9_fa6c_c4d2_2dc0_1725_9bc4_9f1e,
      ]
    ),
  ]
}
