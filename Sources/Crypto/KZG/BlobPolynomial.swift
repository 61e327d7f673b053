// The polynomial of a blob, given by its values at the roots of unity.

/// A polynomial of degree below 4096 by its values at the powers of the root of unity ω of order 4096,
/// the powers in bit-reversed order.
struct BlobPolynomial {
  typealias Fr = BLS12381.Fr

  let values: [Fr]

  /// The polynomial of a blob.
  init(_ blob: [UInt8]) throws(KZGError) {
    guard blob.count == KZG.blobSize else {
      throw .length(.blob, KZG.blobSize, found: blob.count)
    }
    values = try KZG.elements(blob, .blob)
  }

  /// The powers of ω in the order of the values.
  static let domain: [Fr] = RootsOfUnity.reversed(
    (0..<KZG.elementsPerBlob).map { RootsOfUnity.power($0, bits: KZG.blobBits) })

  /// The coefficients, constant first.
  var coefficients: [Fr] { RootsOfUnity.interpolated(RootsOfUnity.reversed(values)) }

  /// The value at z by the barycentric formula: (zⁿ − 1)/n · Σ vᵢ·ωᵢ/(z − ωᵢ).
  func value(at z: Fr) -> Fr {
    var inverses = Self.domain.map { z - $0 }
    if let place = inverses.firstIndex(of: .zero) { return values[place] }
    inverses.invert()
    var sum = Fr.zero
    for i in values.indices { sum = sum + values[i] * Self.domain[i] * inverses[i] }
    var power = z
    for _ in 0..<KZG.blobBits { power = power.squared() }
    let count = Fr(reducing: (UInt64(values.count), 0, 0, 0))
    return sum * (power - .one) * count.inverse()
  }

  /// The values of (p(X) − y)/(X − z), y = p(z).
  func quotient(at z: Fr, value y: Fr) -> [Fr] {
    var inverses = Self.domain.map { $0 - z }
    let place = inverses.firstIndex(of: .zero)
    inverses.invert()
    var quotient = values.indices.map { (values[$0] - y) * inverses[$0] }
    guard let place else { return quotient }
    // At z itself: Σ (vᵢ − y)·ωᵢ/(z·(z − ωᵢ)) over the others.
    var sum = Fr.zero
    for i in values.indices where i != place { sum = sum - quotient[i] * Self.domain[i] }
    quotient[place] = sum * z.inverse()
    return quotient
  }
}
