// The public test networks, and how a chain is found by its id.
//
// Times of activation: EIP-7569 and EIP-7600 (Dencun, Pectra), EIP-7607 and EIP-7892 (Fusaka and the
// changes of blob parameters after it), and the networks' own descriptions under
// https://github.com/eth-clients.

import Primitives

extension ChainRules {
  /// Sepolia, since 2021.
  public static let sepolia = ChainRules(
    chainID: 11_155_111,
    activations: [
      .london: .block(0),
      .paris: .block(1_450_409),
      .shanghai: .timestamp(1_677_557_088),
      .cancun: .timestamp(1_706_655_072),
      .prague: .timestamp(1_741_159_776),
      .osaka: .timestamp(1_760_427_360),
    ],
    blobSchedule: fusakaBlobs(1_761_017_184, 1_761_607_008),
    depositContract: Address(
      truncating: 0x7f02_c3e3_c98b_1330_55b8_b348_b2ac_6256_69ed_295d))

  /// Holesky, from 2023 to 2025.
  public static let holesky = ChainRules(
    chainID: 17_000,
    activations: [
      .paris: .block(0),
      .shanghai: .timestamp(1_696_000_704),
      .cancun: .timestamp(1_707_305_664),
      .prague: .timestamp(1_740_434_112),
      .osaka: .timestamp(1_759_308_480),
    ],
    blobSchedule: fusakaBlobs(1_759_800_000, 1_760_389_824),
    depositContract: Address(
      truncating: 0x4242_4242_4242_4242_4242_4242_4242_4242_4242_4242))

  /// Hoodi, since 2025.
  public static let hoodi = ChainRules(
    chainID: 560_048,
    activations: [
      .cancun: .block(0),
      .prague: .timestamp(1_742_999_832),
      .osaka: .timestamp(1_761_677_592),
    ],
    blobSchedule: fusakaBlobs(1_762_365_720, 1_762_955_544))

  /// The public network with this chain id, if it is one of those above or the main network.
  public static func publicNetwork(chainID: UInt64) -> ChainRules? {
    [mainnet, sepolia, holesky, hoodi].first { $0.chainID == chainID }
  }

  /// The two changes of blob parameters that followed Osaka everywhere, from these times on.
  private static func fusakaBlobs(_ first: UInt64, _ second: UInt64) -> [UInt64: BlobParameters] {
    [first: .bpo1, second: .bpo2]
  }
}
