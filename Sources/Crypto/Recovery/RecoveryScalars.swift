// The scalars of a recovery, as the lanes take them.

internal import CSecp256k1Lanes
internal import Primitives

/// The key of a signature is a·G + (b + c·λ)·R, where a = −hash/r, b + c·λ = s/r modulo the order, and λ
/// is the cube root of one by which points are multiplied at the price of multiplying x by β
/// (Gallant, Lambert, Vanstone, "Faster point multiplication on elliptic curves with efficient
/// endomorphisms", 2001).
///
/// All three are odd, so that each is a sum of ±2^i over all i below 130 or 270.
struct RecoveryScalars {
  /// Odd, below 2^257: the low 256 bits, and the top one.
  var a: UInt256
  var aTop: UInt64
  /// Odd, above −2^130 and below 2^130, as two's complements.
  var b: UInt256
  var c: UInt256

  /// For a signature with 0 < s < n, and R/r modulo the order n, in which R is 2^256.
  init(_ signature: RecoverableHash, inverseOfR: UInt256) {
    let order = MontgomeryModulus.order
    a = order.value &- order.product(signature.hash.word, inverseOfR)
    aTop = 0
    if a.l0 & 1 == 0 {
      let (sum, carry) = a.addingReportingOverflow(order.value)
      a = sum
      aTop = carry ? 1 : 0
    }
    (b, c) = Self.split(order.product(signature.s, inverseOfR))
  }

  // The numbers (x, y) with x + y·λ = 0 modulo n are the sums of multiples of
  // (short, −other) and (long, short).
  private static let short = UInt256(
    l0: 0xe86c_90e4_9284_eb15, l1: 0x3086_d221_a7d4_6bcd, l2: 0, l3: 0)
  private static let other = UInt256(
    l0: 0x6f54_7fa9_0abf_e4c3, l1: 0xe443_7ed6_010e_8828, l2: 0, l3: 0)
  private static let long = UInt256(
    l0: 0x57c1_108d_9d44_cfd8, l1: 0x14ca_50f7_a8e2_f3f6, l2: 1, l3: 0)
  /// 2^384·short/n and 2^384·other/n, rounded.
  private static let shortShare = UInt256(
    l0: 0xe893_209a_45db_b031, l1: 0x3daa_8a14_71e8_ca7f, l2: 0xe86c_90e4_9284_eb15,
    l3: 0x3086_d221_a7d4_6bcd)
  private static let otherShare = UInt256(
    l0: 0x1571_b4ae_8ac4_7f71, l1: 0x2212_08ac_9df5_06c6, l2: 0x6f54_7fa9_0abf_e4c4,
    l3: 0xe443_7ed6_010e_8828)

  /// Odd numbers (b, c) with b + c·λ = k modulo n: k less the multiples of the two pairs that are nearest
  /// below, then each pair again if needed to make both odd. Each is at most 2·(short + long) in size.
  static func split(_ k: UInt256) -> (b: UInt256, c: UInt256) {
    let first = highHalf(k.multipliedFullWidth(by: shortShare).high)
    let second = highHalf(k.multipliedFullWidth(by: otherShare).high)
    var b = k &- first &* short &- second &* long
    var c = first &* other &- second &* short
    if b.l0 & 1 == 0 {  // (odd, odd)
      b = b &+ short
      c = c &- other
    }
    if c.l0 & 1 == 0 {  // (even, odd)
      b = b &+ long
      c = c &+ short
    }
    return (b, c)
  }

  private static func highHalf(_ x: UInt256) -> UInt256 {
    UInt256(l0: x.l2, l1: x.l3, l2: 0, l3: 0)
  }

  /// The signs of an odd number as bits: (x + 2^130 − 1)/2.
  private static func signs(_ x: UInt256) -> (UInt64, UInt64, UInt64) {
    let sum = x &+ UInt256(l0: .max, l1: .max, l2: 3, l3: 0)
    return (
      sum.l0 &>> 1 | sum.l1 &<< 63, sum.l1 &>> 1 | sum.l2 &<< 63, sum.l2 &>> 1 | sum.l3 &<< 63
    )
  }

  /// What a lane takes, for a signature with this r and parity.
  func laneInput(_ signature: RecoverableHash) -> nt_lane_input {
    let r = signature.r
    // (a + 2^270 − 1)/2, where a is odd: taking one away borrows nothing.
    let top = aTop &+ 1 &<< 14
    return nt_lane_input(
      x: (r.l0, r.l1, r.l2, r.l3), b: Self.signs(b), c: Self.signs(c),
      a: (
        a.l0 &>> 1 | a.l1 &<< 63, a.l1 &>> 1 | a.l2 &<< 63, a.l2 &>> 1 | a.l3 &<< 63,
        a.l3 &>> 1 | top &<< 63, top &>> 1
      ),
      odd: UInt64(signature.yParity))
  }
}
