// The curve alt_bn128 of the precompiles at 0x06, 0x07 and 0x08 (EIP-196, EIP-197).

/// The pairing-friendly curve BN254 (alt_bn128) behind ECADD, ECMUL and ECPAIRING.
///
/// The functions take and give the big-endian encodings of the precompiled contracts; nil means that
/// the input is invalid and the call fails.
public enum BN254 {
  /// The sum of two points of G1 (EIP-196): 128 bytes, zero-extended or truncated.
  public static func add(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
    withPadded(input, byteCount: 128) { bytes in
      guard let p = g1(at: bytes), let q = g1(at: bytes + 64) else { return nil }
      return encoded(p + q)
    }
  }

  /// A multiple of a point of G1 (EIP-196): 96 bytes, zero-extended or truncated.
  public static func multiply(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
    withPadded(input, byteCount: 96) { bytes in
      guard let p = g1(at: bytes) else { return nil }
      let scalar = (
        loadBigEndian(bytes + 88), loadBigEndian(bytes + 80),
        loadBigEndian(bytes + 72), loadBigEndian(bytes + 64)
      )
      return encoded(p.multiplied(by: scalar).affine())
    }
  }

  /// Whether the product of the pairings of (G1, G2) pairs of 192 bytes is one (EIP-197).
  public static func pairingCheck(_ input: UnsafeRawBufferPointer) -> Bool? {
    guard input.count % pairByteCount == 0 else { return nil }
    guard let bytes = input.baseAddress, input.count > 0 else { return true }
    let count = input.count / pairByteCount
    return withUnsafeTemporaryAllocation(of: MillerPair<Self>.self, capacity: count) { pairs in
      var used = 0
      for i in 0..<count {
        let pair = bytes + i * pairByteCount
        guard let p = g1(at: pair), let q = g2(at: pair + 64) else { return nil }
        guard q.isInPrimeOrderSubgroup else { return nil }
        if p.isInfinity || q.isInfinity { continue }
        pairs.initializeElement(at: used, to: MillerPair(p, q))
        used += 1
      }
      if used == 0 { return true }
      let value = millerLoop(UnsafeMutableBufferPointer(rebasing: pairs[..<used]))
      return value.finallyExponentiated() == .one
    }
  }

  private static let pairByteCount = 192
}

extension BN254 {
  /// Runs the body on exactly `byteCount` bytes of the input, zero-extended where it is shorter.
  private static func withPadded(
    _ input: UnsafeRawBufferPointer, byteCount: Int, _ body: (UnsafeRawPointer) -> [UInt8]?
  ) -> [UInt8]? {
    if let bytes = input.baseAddress, input.count >= byteCount { return body(bytes) }
    return withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 8) { padded in
      padded.initializeMemory(as: UInt8.self, repeating: 0)
      padded.copyMemory(from: input)
      guard let bytes = padded.baseAddress else { return nil }
      return body(UnsafeRawPointer(bytes))
    }
  }

  /// A point of G1; (0, 0) is infinity. nil when a coordinate is not below p or it is not on the curve.
  private static func g1(at bytes: UnsafeRawPointer) -> AffinePoint<G1>? {
    guard let x = Fp(bigEndian: bytes), let y = Fp(bigEndian: bytes + 32) else { return nil }
    if x.isZero && y.isZero { return .infinity }
    let point = AffinePoint<G1>(x, y)
    return point.isOnCurve ? point : nil
  }

  /// A point of the twist, imaginary parts first; it may lie outside of G2.
  private static func g2(at bytes: UnsafeRawPointer) -> AffinePoint<G2>? {
    guard let x1 = Fp(bigEndian: bytes), let x0 = Fp(bigEndian: bytes + 32),
      let y1 = Fp(bigEndian: bytes + 64), let y0 = Fp(bigEndian: bytes + 96)
    else { return nil }
    let x = Fp2(x0, x1)
    let y = Fp2(y0, y1)
    if x.isZero && y.isZero { return .infinity }
    let point = AffinePoint<G2>(x, y)
    return point.isOnCurve ? point : nil
  }

  private static func encoded(_ point: AffinePoint<G1>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
      guard let bytes = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
      let (x, y) = point.isInfinity ? (Fp.zero, Fp.zero) : (point.x, point.y)
      x.store(bigEndian: bytes)
      y.store(bigEndian: bytes + 32)
      count = 64
    }
  }
}
