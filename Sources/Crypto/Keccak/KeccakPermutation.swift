// The permutation Keccak-f[1600].

/// Keccak-f[1600] (FIPS 202, section 3): 24 rounds over 25 lanes, all of them in local variables.
///
/// Lane `aXY` stands in column X and row Y, at index X + 5·Y of the state.
enum KeccakPermutation {
  private static let roundConstants: InlineArray<24, UInt64> = [
    0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808a, 0x8000_0000_8000_8000,
    0x0000_0000_0000_808b, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
    0x0000_0000_0000_008a, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000a,
    0x0000_0000_8000_808b, 0x8000_0000_0000_008b, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
    0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800a, 0x8000_0000_8000_000a,
    0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
  ]

  @inline(__always)
  private static func rotate(_ lane: UInt64, _ count: UInt64) -> UInt64 {
    lane &<< count | lane &>> (64 &- count)
  }

  /// Permutes the 25 lanes at `state`.
  static func apply(to state: UnsafeMutablePointer<UInt64>) {
    var a00 = state[0]
    var a10 = state[1]
    var a20 = state[2]
    var a30 = state[3]
    var a40 = state[4]
    var a01 = state[5]
    var a11 = state[6]
    var a21 = state[7]
    var a31 = state[8]
    var a41 = state[9]
    var a02 = state[10]
    var a12 = state[11]
    var a22 = state[12]
    var a32 = state[13]
    var a42 = state[14]
    var a03 = state[15]
    var a13 = state[16]
    var a23 = state[17]
    var a33 = state[18]
    var a43 = state[19]
    var a04 = state[20]
    var a14 = state[21]
    var a24 = state[22]
    var a34 = state[23]
    var a44 = state[24]
    for round in 0..<24 {
      // Theta.
      let c0 = a00 ^ a01 ^ a02 ^ a03 ^ a04
      let c1 = a10 ^ a11 ^ a12 ^ a13 ^ a14
      let c2 = a20 ^ a21 ^ a22 ^ a23 ^ a24
      let c3 = a30 ^ a31 ^ a32 ^ a33 ^ a34
      let c4 = a40 ^ a41 ^ a42 ^ a43 ^ a44
      let d0 = c4 ^ rotate(c1, 1)
      let d1 = c0 ^ rotate(c2, 1)
      let d2 = c1 ^ rotate(c3, 1)
      let d3 = c2 ^ rotate(c4, 1)
      let d4 = c3 ^ rotate(c0, 1)
      // Rho and pi: lane (x, y) goes to (y, 2x + 3y).
      let b00 = a00 ^ d0
      let b10 = rotate(a11 ^ d1, 44)
      let b20 = rotate(a22 ^ d2, 43)
      let b30 = rotate(a33 ^ d3, 21)
      let b40 = rotate(a44 ^ d4, 14)
      let b01 = rotate(a30 ^ d3, 28)
      let b11 = rotate(a41 ^ d4, 20)
      let b21 = rotate(a02 ^ d0, 3)
      let b31 = rotate(a13 ^ d1, 45)
      let b41 = rotate(a24 ^ d2, 61)
      let b02 = rotate(a10 ^ d1, 1)
      let b12 = rotate(a21 ^ d2, 6)
      let b22 = rotate(a32 ^ d3, 25)
      let b32 = rotate(a43 ^ d4, 8)
      let b42 = rotate(a04 ^ d0, 18)
      let b03 = rotate(a40 ^ d4, 27)
      let b13 = rotate(a01 ^ d0, 36)
      let b23 = rotate(a12 ^ d1, 10)
      let b33 = rotate(a23 ^ d2, 15)
      let b43 = rotate(a34 ^ d3, 56)
      let b04 = rotate(a20 ^ d2, 62)
      let b14 = rotate(a31 ^ d3, 55)
      let b24 = rotate(a42 ^ d4, 39)
      let b34 = rotate(a03 ^ d0, 41)
      let b44 = rotate(a14 ^ d1, 2)
      // Chi, and iota on the first lane.
      a00 = b00 ^ (~b10 & b20) ^ roundConstants[round]
      a10 = b10 ^ (~b20 & b30)
      a20 = b20 ^ (~b30 & b40)
      a30 = b30 ^ (~b40 & b00)
      a40 = b40 ^ (~b00 & b10)
      a01 = b01 ^ (~b11 & b21)
      a11 = b11 ^ (~b21 & b31)
      a21 = b21 ^ (~b31 & b41)
      a31 = b31 ^ (~b41 & b01)
      a41 = b41 ^ (~b01 & b11)
      a02 = b02 ^ (~b12 & b22)
      a12 = b12 ^ (~b22 & b32)
      a22 = b22 ^ (~b32 & b42)
      a32 = b32 ^ (~b42 & b02)
      a42 = b42 ^ (~b02 & b12)
      a03 = b03 ^ (~b13 & b23)
      a13 = b13 ^ (~b23 & b33)
      a23 = b23 ^ (~b33 & b43)
      a33 = b33 ^ (~b43 & b03)
      a43 = b43 ^ (~b03 & b13)
      a04 = b04 ^ (~b14 & b24)
      a14 = b14 ^ (~b24 & b34)
      a24 = b24 ^ (~b34 & b44)
      a34 = b34 ^ (~b44 & b04)
      a44 = b44 ^ (~b04 & b14)
    }
    state[0] = a00
    state[1] = a10
    state[2] = a20
    state[3] = a30
    state[4] = a40
    state[5] = a01
    state[6] = a11
    state[7] = a21
    state[8] = a31
    state[9] = a41
    state[10] = a02
    state[11] = a12
    state[12] = a22
    state[13] = a32
    state[14] = a42
    state[15] = a03
    state[16] = a13
    state[17] = a23
    state[18] = a33
    state[19] = a43
    state[20] = a04
    state[21] = a14
    state[22] = a24
    state[23] = a34
    state[24] = a44
  }
}
