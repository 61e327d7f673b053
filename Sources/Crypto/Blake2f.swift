// The compression function of BLAKE2b with a free number of rounds (RFC 7693, EIP-152).

/// BLAKE2b's compression function F.
public enum Blake2f {
  /// Compresses one block into `state`.
  ///
  /// - Parameters:
  ///   - rounds: How many rounds; BLAKE2b itself has 12.
  ///   - state: The eight words h, replaced.
  ///   - message: The sixteen words m.
  ///   - offset: How many bytes came before and in this block, t, low word first.
  ///   - isFinal: Whether this is the last block.
  public static func compress(
    rounds: UInt32, state: UnsafeMutablePointer<UInt64>, message: UnsafePointer<UInt64>,
    offset: (UInt64, UInt64), isFinal: Bool
  ) {
    var v0 = state[0]
    var v1 = state[1]
    var v2 = state[2]
    var v3 = state[3]
    var v4 = state[4]
    var v5 = state[5]
    var v6 = state[6]
    var v7 = state[7]
    var v8: UInt64 = 0x6a09_e667_f3bc_c908
    var v9: UInt64 = 0xbb67_ae85_84ca_a73b
    var v10: UInt64 = 0x3c6e_f372_fe94_f82b
    var v11: UInt64 = 0xa54f_f53a_5f1d_36f1
    var v12: UInt64 = 0x510e_527f_ade6_82d1 ^ offset.0
    var v13: UInt64 = 0x9b05_688c_2b3e_6c1f ^ offset.1
    var v14: UInt64 = 0x1f83_d9ab_fb41_bd6b ^ (isFinal ? .max : 0)
    var v15: UInt64 = 0x5be0_cd19_137e_2179
    var row = 0
    for _ in 0..<rounds {
      let order = schedule[row]
      row = row == 9 ? 0 : row &+ 1
      mix(&v0, &v4, &v8, &v12, message[word(order, 0)], message[word(order, 1)])
      mix(&v1, &v5, &v9, &v13, message[word(order, 2)], message[word(order, 3)])
      mix(&v2, &v6, &v10, &v14, message[word(order, 4)], message[word(order, 5)])
      mix(&v3, &v7, &v11, &v15, message[word(order, 6)], message[word(order, 7)])
      mix(&v0, &v5, &v10, &v15, message[word(order, 8)], message[word(order, 9)])
      mix(&v1, &v6, &v11, &v12, message[word(order, 10)], message[word(order, 11)])
      mix(&v2, &v7, &v8, &v13, message[word(order, 12)], message[word(order, 13)])
      mix(&v3, &v4, &v9, &v14, message[word(order, 14)], message[word(order, 15)])
    }
    state[0] ^= v0 ^ v8
    state[1] ^= v1 ^ v9
    state[2] ^= v2 ^ v10
    state[3] ^= v3 ^ v11
    state[4] ^= v4 ^ v12
    state[5] ^= v5 ^ v13
    state[6] ^= v6 ^ v14
    state[7] ^= v7 ^ v15
  }

  /// The order of the message words in each of ten rounds, four bits a word, the first one lowest.
  private static let schedule: InlineArray<10, UInt64> = [
    0xfedc_ba98_7654_3210, 0x357b_20c1_6df9_84ae,
    0x4917_63ea_df25_0c8b, 0x8f04_a562_ebcd_1397,
    0xd386_cb1e_fa42_7509, 0x91ef_57d4_38b0_a6c2,
    0xb829_3670_a4de_f15c, 0xa268_4f05_931c_e7bd,
    0x5a41_7d2c_803b_9ef6, 0x0dc3_e9bf_5167_482a,
  ]

  @inline(__always)
  private static func word(_ order: UInt64, _ place: UInt64) -> Int {
    Int(truncatingIfNeeded: order &>> (4 &* place) & 15)
  }

  /// The mixing function G.
  @inline(__always)
  private static func mix(
    _ a: inout UInt64, _ b: inout UInt64, _ c: inout UInt64, _ d: inout UInt64,
    _ x: UInt64, _ y: UInt64
  ) {
    a = a &+ b &+ x
    d = rotatedRight(d ^ a, 32)
    c = c &+ d
    b = rotatedRight(b ^ c, 24)
    a = a &+ b &+ y
    d = rotatedRight(d ^ a, 16)
    c = c &+ d
    b = rotatedRight(b ^ c, 63)
  }

  @inline(__always)
  private static func rotatedRight(_ word: UInt64, _ count: UInt64) -> UInt64 {
    word &>> count | word &<< (64 &- count)
  }
}
