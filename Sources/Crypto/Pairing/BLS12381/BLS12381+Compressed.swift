// The compressed encoding of points: the abscissa with three flags in its highest bits, as ZCash laid
// it down and the consensus layer uses it.

extension BLS12381 {
  static let compressedG1ByteCount = 48
  static let compressedG2ByteCount = 96

  /// The flags of a compressed point.
  private enum Flag {
    static let compressed: UInt8 = 0x80
    static let infinity: UInt8 = 0x40
    /// The ordinate is the larger of the two.
    static let larger: UInt8 = 0x20
  }

  /// The point of the curve that 48 bytes encode, which may lie outside of G1; nil when they encode
  /// none.
  static func compressedG1(at bytes: UnsafeRawPointer) -> AffinePoint<G1>? {
    compressed(at: bytes, count: compressedG1ByteCount) { Fp(bigEndian: $0) }
  }

  /// The point of the twist that 96 bytes encode, which may lie outside of G2; nil when they encode
  /// none.
  static func compressedG2(at bytes: UnsafeRawPointer) -> AffinePoint<G2>? {
    compressed(at: bytes, count: compressedG2ByteCount) {
      guard let c1 = Fp(bigEndian: $0), let c0 = Fp(bigEndian: $0 + Fp.byteCount) else {
        return nil
      }
      return Fp2(c0, c1)
    }
  }

  private static func compressed<Group: CurveGroup>(
    at bytes: UnsafeRawPointer, count: Int, _ abscissa: (UnsafeRawPointer) -> Group.Coordinate?
  ) -> AffinePoint<Group>? where Group.Coordinate: SquareRootField & OrderedOrdinate {
    withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { copy in
      guard let start = copy.baseAddress else { return nil }
      copy.copyMemory(from: UnsafeRawBufferPointer(start: bytes, count: count))
      let flags = copy[0] & 0xe0
      copy[0] &= 0x1f
      guard flags & Flag.compressed != 0 else { return nil }
      if flags & Flag.infinity != 0 {
        return flags & Flag.larger == 0 && copy.allSatisfy { $0 == 0 } ? .infinity : nil
      }
      guard let x = abscissa(start), let y = (x.squared() * x + Group.b).squareRoot() else {
        return nil
      }
      return AffinePoint(x, y.isLarger == (flags & Flag.larger != 0) ? y : -y)
    }
  }

  /// The 48 bytes of a point.
  static func compressed(_ point: AffinePoint<G1>) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: compressedG1ByteCount)
    guard !point.isInfinity else {
      bytes[0] = Flag.compressed | Flag.infinity
      return bytes
    }
    bytes.withUnsafeMutableBytes {
      if let start = $0.baseAddress { point.x.store(bigEndian: start) }
    }
    bytes[0] |= Flag.compressed | (point.y.isLarger ? Flag.larger : 0)
    return bytes
  }
}

/// A field with an order of y and −y.
protocol OrderedOrdinate: Field {
  /// Whether this is larger than its negative, as integers.
  var isLarger: Bool { get }
}

extension BLS12381.Fp: OrderedOrdinate {
  var isLarger: Bool {
    let canonical = Self.reduce(Product(low: self, high: .zero))
    var carry: UInt64 = 1
    // (p − 1)/2 minus the integer.
    _ = Self.subtract(Self.halfModulus, canonical, &carry)
    return carry == 0
  }

  private static var halfModulus: Self {
    let p = modulus
    return Self(
      p.l0 &>> 1 | p.l1 &<< 63, p.l1 &>> 1 | p.l2 &<< 63, p.l2 &>> 1 | p.l3 &<< 63,
      p.l3 &>> 1 | p.l4 &<< 63, p.l4 &>> 1 | p.l5 &<< 63, p.l5 &>> 1)
  }
}

extension Fp2: OrderedOrdinate where Fp: OrderedOrdinate {
  var isLarger: Bool { c1.isZero ? c0.isLarger : c1.isLarger }
}
