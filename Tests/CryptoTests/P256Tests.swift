// Verification over P-256.

import Crypto
import Primitives
import Testing

@Suite struct P256Tests {
  /// A good signature from the test vectors of EIP-7951.
  let hash = Hash256(
    0x4cee_90eb_86ea_a050_0361_47a1_2d49_004b_6b9c_72bd_725d_39d4_7850_11fe_190f_0b4d)
  let r: UInt256 = 0xa73b_d490_3f0c_e3b6_39bb_bf6e_8e80_d169_31ff_4bcf_5993_d584_68e8_fb19_086e_8cac
  let s: UInt256 = 0x36db_cd03_009d_f8c5_9286_b162_af3b_d7fc_c045_0c9a_a81b_e5d1_0d31_2af6_c66b_1d60
  let x: UInt256 = 0x4aeb_d309_9c61_8202_fcfe_16ae_7770_b0c4_9ab5_eadf_74b7_5420_4a3b_b606_0e44_eff3
  let y: UInt256 = 0x7618_b065_f983_2de4_ca6c_a971_a7a1_adc8_26d0_f7c0_0181_a5fb_2ddf_79ae_00b4_e10e

  @Test func aGoodSignatureIsGood() {
    #expect(P256.verify(hash: hash, r: r, s: s, x: x, y: y))
    // So is its mirror image: low values of s are not asked for.
    #expect(P256.verify(hash: hash, r: r, s: P256.order &- s, x: x, y: y))
  }

  @Test func anyChangeSpoilsIt() {
    for bit in stride(from: 0, to: 256, by: 5) {
      let flip = UInt256.one &<< bit
      #expect(!P256.verify(hash: Hash256(hash.word ^ flip), r: r, s: s, x: x, y: y))
      #expect(!P256.verify(hash: hash, r: r ^ flip, s: s, x: x, y: y))
      #expect(!P256.verify(hash: hash, r: r, s: s ^ flip, x: x, y: y))
      #expect(!P256.verify(hash: hash, r: r, s: s, x: x ^ flip, y: y))
      #expect(!P256.verify(hash: hash, r: r, s: s, x: x, y: y ^ flip))
    }
    #expect(!P256.verify(hash: hash, r: r, s: s, x: x, y: P256.prime &- y))
  }

  @Test func numbersOutOfRangeAreRefused() {
    for bad in [UInt256.zero, P256.order, P256.order &+ r, .max] {
      #expect(!P256.verify(hash: hash, r: bad, s: s, x: x, y: y))
      #expect(!P256.verify(hash: hash, r: r, s: bad, x: x, y: y))
    }
    for bad in [P256.prime, .max] {
      #expect(!P256.verify(hash: hash, r: r, s: s, x: bad, y: y))
      #expect(!P256.verify(hash: hash, r: r, s: s, x: x, y: bad))
    }
    #expect(!P256.verify(hash: hash, r: r, s: s, x: .zero, y: .zero))
  }
}
