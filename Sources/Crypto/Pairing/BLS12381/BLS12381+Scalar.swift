// Scalars of BLS12-381 in base |x|: each digit multiplies a power of an endomorphism.

extension BLS12381 {
  /// An integer of 256 bits, least significant word first.
  typealias Words = (UInt64, UInt64, UInt64, UInt64)

  /// The big-endian integer of 32 bytes.
  static func words(at bytes: UnsafeRawPointer) -> Words {
    (
      loadBigEndian(bytes + 24), loadBigEndian(bytes + 16), loadBigEndian(bytes + 8),
      loadBigEndian(bytes)
    )
  }

  /// An integer below 2²⁵⁶ modulo r, as its four digits in base |x|, least significant first.
  static func digits(of integer: Words) -> Words {
    var k = remainderByOrder(integer)
    let d0 = divide(&k)
    let d1 = divide(&k)
    let d2 = divide(&k)
    // r is below x⁴.
    return (d0, d1, d2, k.0)
  }

  /// k mod r; k is below 3r.
  private static func remainderByOrder(_ k: Words) -> Words {
    var k = k
    while true {
      var carry: UInt64 = 1
      let d0 = subtractCarry(k.0, 0xffff_ffff_0000_0001, &carry)
      let d1 = subtractCarry(k.1, 0x53bd_a402_fffe_5bfe, &carry)
      let d2 = subtractCarry(k.2, 0x3339_d808_09a1_d805, &carry)
      let d3 = subtractCarry(k.3, 0x73ed_a753_299d_7d48, &carry)
      if carry == 0 { return k }
      k = (d0, d1, d2, d3)
    }
  }

  /// Replaces k by the quotient by |x| and gives the remainder.
  private static func divide(_ k: inout Words) -> UInt64 {
    var remainder: UInt64 = 0
    (k.3, remainder) = parameter.dividingFullWidth((remainder, k.3))
    (k.2, remainder) = parameter.dividingFullWidth((remainder, k.2))
    (k.1, remainder) = parameter.dividingFullWidth((remainder, k.1))
    (k.0, remainder) = parameter.dividingFullWidth((remainder, k.0))
    return remainder
  }
}
