// The curve of the precompiles at 0x0b to 0x11 (EIP-2537).

/// The pairing-friendly curve BLS12-381 behind the seven precompiled contracts of EIP-2537.
///
/// The functions take and give the encodings of the precompiled contracts; nil means that the input is
/// invalid and the call fails.
public enum BLS12381 {
  /// BLS12_G1ADD: the sum of two points of the curve, 256 bytes. No subgroup check.
  public static func addG1(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
    guard let bytes = input.baseAddress, input.count == 2 * g1ByteCount,
      let p = g1(at: bytes), let q = g1(at: bytes + g1ByteCount)
    else { return nil }
    return encoded(p + q)
  }

  /// BLS12_G2ADD: the sum of two points of the twist, 512 bytes. No subgroup check.
  public static func addG2(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
    guard let bytes = input.baseAddress, input.count == 2 * g2ByteCount,
      let p = g2(at: bytes), let q = g2(at: bytes + g2ByteCount)
    else { return nil }
    return encoded(p + q)
  }

  /// BLS12_G1MSM: the sum of multiples of points of G1, 160 bytes each.
  public static func multiplyG1(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
    let stride = g1ByteCount + scalarByteCount
    guard let bytes = input.baseAddress, input.count > 0, input.count % stride == 0 else {
      return nil
    }
    return multiScalarG1(bytes, count: input.count / stride).map { encoded($0.affine()) }
  }

  /// BLS12_G2MSM: the sum of multiples of points of G2, 288 bytes each.
  public static func multiplyG2(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
    let stride = g2ByteCount + scalarByteCount
    guard let bytes = input.baseAddress, input.count > 0, input.count % stride == 0 else {
      return nil
    }
    return multiScalarG2(bytes, count: input.count / stride).map { encoded($0.affine()) }
  }

  /// BLS12_PAIRING_CHECK: whether the product of the pairings of (G1, G2) pairs, 384 bytes each, is one.
  public static func pairingCheck(_ input: UnsafeRawBufferPointer) -> Bool? {
    let stride = g1ByteCount + g2ByteCount
    guard let bytes = input.baseAddress, input.count > 0, input.count % stride == 0 else {
      return nil
    }
    let count = input.count / stride
    return withUnsafeTemporaryAllocation(of: MillerPair<Self>.self, capacity: count) { pairs in
      var used = 0
      for i in 0..<count {
        let pair = bytes + i * stride
        guard let p = g1(at: pair), let q = g2(at: pair + g1ByteCount) else { return nil }
        guard p.isInPrimeOrderSubgroup, q.isInPrimeOrderSubgroup else { return nil }
        if p.isInfinity || q.isInfinity { continue }
        pairs.initializeElement(at: used, to: MillerPair(p, q))
        used += 1
      }
      if used == 0 { return true }
      let value = millerLoop(UnsafeMutableBufferPointer(rebasing: pairs[..<used]))
      return value.finallyExponentiated() == .one
    }
  }

  /// Whether the product of the pairings of a few pairs of points of G1 and G2 is one.
  static func isOne(_ pairs: [(AffinePoint<G1>, AffinePoint<G2>)]) -> Bool {
    var used = pairs.filter { !$0.0.isInfinity && !$0.1.isInfinity }.map {
      MillerPair<Self>($0, $1)
    }
    if used.isEmpty { return true }
    return used.withUnsafeMutableBufferPointer { millerLoop($0) }.finallyExponentiated() == .one
  }
}
