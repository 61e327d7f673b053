// Proof of work of published headers.

import Crypto
import Primitives
import Samples
import Testing

@testable import Ledger

@Suite struct HeaderSealTests {
  /// Block 13,217,637 of main network, which has London's rules.
  private func london() throws -> Header {
    let bloom = """
      c4a08fe3298a70a4d3c34afae80056002982026614184d92316126be0ea00892c08f314008c32130\
      00c0189a96946780639424403b43a8c26650cc348278924090c448968904812c59f31a2b60e0d021\
      2c2210e4116e708e18421cb2d20159410610408392274c013594d4505c8229d96a0e9a3824113d62\
      580d0595169a3219500987304660320407c3550885811a1420ac2491c14c0c29e4a604c2c0b0b206\
      835013c91345b0340a0944d7fa4815351aa024084044040817f036230528b8557f0428c219650042\
      0adc2aef40051c0e2d5988121402111c9f024082c3b9660ca0b431eb9964028784121280803a0284\
      54f0c0e8a041c06a511b30b860e2f3bf
      """
    return Header(
      parentHash: Hash256(
        0x8ef9_2cc7_8ca6_a48a_9d29_a6b0_ee03_7ba3_9575_fb67_2573_125b_8f19_bf96_ede8_90a2),
      coinbase: Address(truncating: 0xea67_4fdd_e714_fd97_9de3_edf0_f56a_a971_6b89_8ec8),
      stateRoot: Hash256(
        0x7516_d677_65d0_758a_387a_1372_69ff_6109_2445_89fc_9774_ca7c_ec7a_2c51_45af_826b),
      transactionsRoot: Hash256(
        0x4c18_7fe3_0706_7cd7_3136_e31f_016f_7988_2f12_2f98_0a37_f665_32cc_2494_eefb_3773),
      receiptsRoot: Hash256(
        0x9278_75f5_389b_6e94_52b5_33d7_f103_8f4f_c160_c050_7049_ad85_902b_8a07_89c4_6b56),
      logsBloom: try #require(Bloom(bytes: try Hex.decode(bloom))),
      difficulty: 0x1ee77dad40b25c, number: 13217637, gasLimit: 30000000, gasUsed: 29985362,
      timestamp: 1631539954, extraData: Array("ethermine-europe-west3".utf8),
      prevRandao: Hash256(
        0x745d_2161_b021_82df_6b1f_3e39_8104_560c_7efd_f453_6a33_9283_640c_6402_2e56_1838),
      nonce: 0x102f_482b_ffe6_69b7, baseFeePerGas: 0x13691f2863)
  }

  @Test func aHeaderWithABaseFeeHasItsSeal() throws {
    let header = try london()
    let hash = "0x2fe12d919e1584a607237232adee0cf936bdb8e6702c20c0fba6f909fcae87ce"
    #expect(header.hash == (try Hash256(hex: hash)))
    let caches = EthashCaches(capacity: 1)
    try header.verifySeal(caches: caches)
    var changed = header
    changed.baseFeePerGas = header.baseFeePerGas.map { $0 &+ UInt256.one }
    let error = #expect(throws: EthashError.self) { try changed.verifySeal(caches: caches) }
    guard case .mixMismatch = error else {
      Issue.record("refused for \(String(describing: error))")
      return
    }
  }

  @Test func theSealHashLeavesOutMixHashAndNonceOnly() throws {
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<100 {
      let header = generator.header()
      guard case .list(var fields) = try RLPItem.decode(header.encoded) else {
        Issue.record("a header is a list")
        return
      }
      fields.removeSubrange(13..<15)
      #expect(header.sealHash == Keccak256.hash(RLPItem.list(fields).encoded))
    }
  }
}
