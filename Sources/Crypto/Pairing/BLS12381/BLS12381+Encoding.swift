// The encodings of EIP-2537: field elements of 64 bytes, the upper 16 of them zero; points as their
// coordinates, infinity as zeros.

extension BLS12381 {
  static let elementByteCount = 64
  static let g1ByteCount = 128
  static let g2ByteCount = 256
  static let scalarByteCount = 32

  static func element(at bytes: UnsafeRawPointer) -> Fp? {
    guard loadBigEndian(bytes) | loadBigEndian(bytes + 8) == 0 else { return nil }
    return Fp(bigEndian: bytes + 16)
  }

  static func quadraticElement(at bytes: UnsafeRawPointer) -> Fp2<Fp>? {
    guard let c0 = element(at: bytes), let c1 = element(at: bytes + elementByteCount) else {
      return nil
    }
    return Fp2(c0, c1)
  }

  /// A point of the curve, which may lie outside of G1.
  static func g1(at bytes: UnsafeRawPointer) -> AffinePoint<G1>? {
    guard let x = element(at: bytes), let y = element(at: bytes + elementByteCount) else {
      return nil
    }
    return onCurve(x, y)
  }

  /// A point of the twist, which may lie outside of G2.
  static func g2(at bytes: UnsafeRawPointer) -> AffinePoint<G2>? {
    guard let x = quadraticElement(at: bytes), let y = quadraticElement(at: bytes + g1ByteCount)
    else { return nil }
    return onCurve(x, y)
  }

  private static func onCurve<Group>(
    _ x: Group.Coordinate, _ y: Group.Coordinate
  ) -> AffinePoint<Group>? {
    if x.isZero && y.isZero { return .infinity }
    let point = AffinePoint<Group>(x, y)
    return point.isOnCurve ? point : nil
  }

  static func encoded(_ point: AffinePoint<G1>) -> [UInt8] {
    encoded(byteCount: g1ByteCount, point.isInfinity ? [] : [point.x, point.y])
  }

  static func encoded(_ point: AffinePoint<G2>) -> [UInt8] {
    encoded(
      byteCount: g2ByteCount,
      point.isInfinity ? [] : [point.x.c0, point.x.c1, point.y.c0, point.y.c1])
  }

  private static func encoded(byteCount: Int, _ elements: [Fp]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    bytes.withUnsafeMutableBytes { buffer in
      guard let start = buffer.baseAddress else { return }
      for (i, element) in elements.enumerated() {
        element.store(bigEndian: start + i * elementByteCount + 16)
      }
    }
    return bytes
  }
}
