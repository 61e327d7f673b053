// The compression function of BLAKE2b with a free number of rounds (RFC 7693, EIP-152).

/// BLAKE2b's compression function F.
///
/// The sixteen words v stand in four rows, so that a step mixes four columns at once:
///
///     a | v0  v1  v2  v3        For the diagonals the rows a, c and d turn against b, which is
///     b | v4  v5  v6  v7        left where it is because everything waits for it.
///     c | v8  v9  v10 v11
///     d | v12 v13 v14 v15
public enum Blake2f {
  private typealias Row = SIMD4<UInt64>

  /// Rows of message words that the ten different rounds take, four each.
  private static let rowCount = 40

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
    withUnsafeTemporaryAllocation(of: Row.self, capacity: rowCount) { rows in
      let first = rows.baseAddress.unsafelyUnwrapped
      for round in 0..<min(10, Int(rounds)) { order(message, of: round, into: first + 4 * round) }
      let h0 = Row(state[0], state[1], state[2], state[3])
      let h1 = Row(state[4], state[5], state[6], state[7])
      var a = h0
      var b = h1
      var c = Row(
        0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b,
        0xa54f_f53a_5f1d_36f1)
      var d = Row(
        0x510e_527f_ade6_82d1 ^ offset.0, 0x9b05_688c_2b3e_6c1f ^ offset.1,
        0x1f83_d9ab_fb41_bd6b ^ (isFinal ? .max : 0), 0x5be0_cd19_137e_2179)
      var words = first
      let end = first + rowCount
      for _ in 0..<rounds {
        mix(&a, &b, &c, &d, words[0], words[1])
        a = Row(a[3], a[0], a[1], a[2])
        c = Row(c[1], c[2], c[3], c[0])
        d = Row(d[2], d[3], d[0], d[1])
        mix(&a, &b, &c, &d, words[2], words[3])
        a = Row(a[1], a[2], a[3], a[0])
        c = Row(c[3], c[0], c[1], c[2])
        d = Row(d[2], d[3], d[0], d[1])
        words += 4
        if words == end { words = first }
      }
      let low = h0 ^ a ^ c
      let high = h1 ^ b ^ d
      for index in 0..<4 {
        state[index] = low[index]
        state[4 + index] = high[index]
      }
    }
  }

  /// The order of the message words in each of ten rounds, four bits a word, the first one lowest.
  private static let schedule: InlineArray<10, UInt64> = [
    0xfedc_ba98_7654_3210, 0x357b_20c1_6df9_84ae,
    0x4917_63ea_df25_0c8b, 0x8f04_a562_ebcd_1397,
    0xd386_cb1e_fa42_7509, 0x91ef_57d4_38b0_a6c2,
    0xb829_3670_a4de_f15c, 0xa268_4f05_931c_e7bd,
    0x5a41_7d2c_803b_9ef6, 0x0dc3_e9bf_5167_482a,
  ]

  /// Writes the message words of a round as the rows of its two steps: x and y of the columns, x and
  /// y of the diagonals.
  private static func order(
    _ message: UnsafePointer<UInt64>, of round: Int, into rows: UnsafeMutablePointer<Row>
  ) {
    let order = schedule[round]
    func word(_ place: UInt64) -> UInt64 {
      message[Int(truncatingIfNeeded: order &>> (4 &* place) & 15)]
    }
    rows[0] = Row(word(0), word(2), word(4), word(6))
    rows[1] = Row(word(1), word(3), word(5), word(7))
    rows[2] = Row(word(14), word(8), word(10), word(12))
    rows[3] = Row(word(15), word(9), word(11), word(13))
  }

  /// The mixing function G of four columns.
  @inline(__always)
  private static func mix(
    _ a: inout Row, _ b: inout Row, _ c: inout Row, _ d: inout Row, _ x: Row, _ y: Row
  ) {
    a = a &+ x &+ b
    d = rotatedRight32(d ^ a)
    c = c &+ d
    b = rotatedRight24(b ^ c)
    a = a &+ y &+ b
    d = rotatedRight16(d ^ a)
    c = c &+ d
    b = b ^ c
    b = b &>> 63 | (b &+ b)
  }

  // Rotations by whole bytes, written as shuffles: they are one instruction each.

  @inline(__always)
  private static func rotatedRight32(_ row: Row) -> Row {
    let v = unsafeBitCast(row, to: SIMD8<UInt32>.self)
    return unsafeBitCast(
      SIMD8<UInt32>(v[1], v[0], v[3], v[2], v[5], v[4], v[7], v[6]), to: Row.self)
  }

  @inline(__always)
  private static func rotatedRight24(_ row: Row) -> Row {
    let v = unsafeBitCast(row, to: SIMD32<UInt8>.self)
    return unsafeBitCast(
      SIMD32<UInt8>(
        v[3], v[4], v[5], v[6], v[7], v[0], v[1], v[2],
        v[11], v[12], v[13], v[14], v[15], v[8], v[9], v[10],
        v[19], v[20], v[21], v[22], v[23], v[16], v[17], v[18],
        v[27], v[28], v[29], v[30], v[31], v[24], v[25], v[26]), to: Row.self)
  }

  @inline(__always)
  private static func rotatedRight16(_ row: Row) -> Row {
    let v = unsafeBitCast(row, to: SIMD16<UInt16>.self)
    return unsafeBitCast(
      SIMD16<UInt16>(
        v[1], v[2], v[3], v[0], v[5], v[6], v[7], v[4],
        v[9], v[10], v[11], v[8], v[13], v[14], v[15], v[12]), to: Row.self)
  }
}
