// Multi-scalar multiplication in G1 and G2: Straus for a few points, buckets for many.

extension BLS12381 {
  /// From this many points on, buckets need fewer additions than tables.
  private static let bucketThreshold = 24

  /// The sum over points of 128 bytes and scalars of 32; nil when a point is not in G1.
  static func multiScalarG1(_ bytes: UnsafeRawPointer, count: Int) -> JacobianPoint<G1>? {
    let stride = g1ByteCount + scalarByteCount
    return withUnsafeTemporaryAllocation(of: AffinePoint<G1>.self, capacity: count) { points in
      for i in 0..<count {
        guard let point = g1(at: bytes + i * stride), point.isInPrimeOrderSubgroup else {
          return nil
        }
        points.initializeElement(at: i, to: point)
      }
      return combination(UnsafeBufferPointer(points)) {
        words(at: bytes + $0 * stride + g1ByteCount)
      }
    }
  }

  /// The sum of points of G1, each multiplied by an integer.
  static func combination(
    _ points: UnsafeBufferPointer<AffinePoint<G1>>, _ scalar: (Int) -> Words
  ) -> JacobianPoint<G1> {
    // k = m + n·x², and −φ multiplies by x².
    func halves(_ i: Int) -> (m: UInt128, n: UInt128) {
      let d = digits(of: scalar(i))
      let base = UInt128(parameter)
      return (UInt128(d.0) + UInt128(d.1) * base, UInt128(d.2) + UInt128(d.3) * base)
    }
    let count = points.count
    if count < bucketThreshold {
      return withUnsafeTemporaryAllocation(of: SignedScalar.self, capacity: 2 * count) { scalars in
        for i in 0..<count {
          let (m, n) = halves(i)
          scalars.initializeElement(at: 2 * i, to: SignedScalar(magnitude: m))
          scalars.initializeElement(at: 2 * i + 1, to: SignedScalar(magnitude: n))
        }
        return interleavedSum(points, UnsafeBufferPointer(scalars), images: 2) {
          -$0.endomorphism()
        }
      }
    }
    return withUnsafeTemporaryAllocation(of: ScalarTerm<G1>.self, capacity: 2 * count) { terms in
      for i in 0..<count {
        let (m, n) = halves(i)
        terms.initializeElement(at: 2 * i, to: ScalarTerm(point: points[i], scalar: m))
        terms.initializeElement(
          at: 2 * i + 1, to: ScalarTerm(point: -points[i].endomorphism(), scalar: n))
      }
      return sum(of: terms, bitCount: 128)
    }
  }

  /// The sum over points of 256 bytes and scalars of 32; nil when a point is not in G2.
  static func multiScalarG2(_ bytes: UnsafeRawPointer, count: Int) -> JacobianPoint<G2>? {
    let stride = g2ByteCount + scalarByteCount
    return withUnsafeTemporaryAllocation(of: AffinePoint<G2>.self, capacity: count) { points in
      for i in 0..<count {
        guard let point = g2(at: bytes + i * stride), point.isInPrimeOrderSubgroup else {
          return nil
        }
        points.initializeElement(at: i, to: point)
      }
      // k = Σ dᵢ·|x|ⁱ, and −ψ multiplies by |x|.
      if count < bucketThreshold / 2 {
        return withUnsafeTemporaryAllocation(of: SignedScalar.self, capacity: 4 * count) {
          scalars in
          for i in 0..<count {
            let d = digits(of: words(at: bytes + i * stride + g2ByteCount))
            for (j, digit) in [d.0, d.1, d.2, d.3].enumerated() {
              scalars.initializeElement(at: 4 * i + j, to: SignedScalar(magnitude: UInt128(digit)))
            }
          }
          return interleavedSum(
            UnsafeBufferPointer(points), UnsafeBufferPointer(scalars), images: 4
          ) { -$0.frobenius() }
        }
      }
      return withUnsafeTemporaryAllocation(of: ScalarTerm<G2>.self, capacity: 4 * count) { terms in
        for i in 0..<count {
          let d = digits(of: words(at: bytes + i * stride + g2ByteCount))
          var image = points[i]
          for (j, digit) in [d.0, d.1, d.2, d.3].enumerated() {
            terms.initializeElement(
              at: 4 * i + j, to: ScalarTerm(point: image, scalar: UInt128(digit)))
            image = -image.frobenius()
          }
        }
        return sum(of: terms, bitCount: 64)
      }
    }
  }
}
