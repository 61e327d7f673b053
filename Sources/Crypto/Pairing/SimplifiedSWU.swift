// The simplified Shallue–van de Woestijne–Ulas map for curves with AB = 0 (RFC 9380, section 6.6.3).

/// A field with square roots and the sign of RFC 9380.
protocol SquareRootField: Field {
  /// A root, or nil for a non-square.
  func squareRoot() -> Self?
  /// sgn0 of RFC 9380, section 4.1: the parity of the first non-zero coordinate.
  var isOdd: Bool { get }
}

extension Fp2: SquareRootField where Fp: SquareRootField {
  /// The complex method: with n a root of the norm, one of (c0 ± n)/2 is the square of a root's real
  /// part.
  func squareRoot() -> Self? {
    if c1.isZero {
      if let root = c0.squareRoot() { return Self(root, .zero) }
      return (-c0).squareRoot().map { Self(.zero, $0) }
    }
    guard let norm = (c0.squared() + c1.squared()).squareRoot() else { return nil }
    let plus = (c0 + norm).halved()
    guard let real = plus.squareRoot() ?? (plus - norm).squareRoot() else { return nil }
    return Self(real, c1 * real.doubled().inverse())
  }

  var isOdd: Bool { c0.isZero ? c1.isOdd : c0.isOdd }
}

/// A curve y² = x³ + Ax + B with AB ≠ 0 and a rational isogeny onto the curve that matters.
protocol IsogenousCurve {
  associatedtype Coordinate: SquareRootField
  static var a: Coordinate { get }
  static var b: Coordinate { get }
  /// The non-square Z of the map.
  static var z: Coordinate { get }
  /// The isogeny (x, y) ↦ (xNumerator/xDenominator, y·yNumerator/yDenominator), constant terms first.
  static var xNumerator: [Coordinate] { get }
  static var xDenominator: [Coordinate] { get }
  static var yNumerator: [Coordinate] { get }
  static var yDenominator: [Coordinate] { get }
}

extension IsogenousCurve {
  /// The image under the isogeny of the point that u maps to; nil is infinity.
  static func map(_ u: Coordinate) -> (x: Coordinate, y: Coordinate)? {
    let (x, y) = simplifiedSWU(u)
    let xBottom = evaluate(xDenominator, x)
    let yBottom = evaluate(yDenominator, x)
    let bottom = (xBottom * yBottom).inverse()
    if bottom.isZero { return nil }
    return (
      evaluate(xNumerator, x) * yBottom * bottom,
      y * evaluate(yNumerator, x) * xBottom * bottom
    )
  }

  /// A point of the isogenous curve.
  static func simplifiedSWU(_ u: Coordinate) -> (x: Coordinate, y: Coordinate) {
    let zuu = z * u.squared()
    let denominator = zuu.squared() + zuu
    // −B/A·(1 + 1/(Z²u⁴ + Zu²)), or B/(ZA) where that divides by zero.
    let x1 =
      denominator.isZero
      ? b * (z * a).inverse()
      : -b * (.one + denominator) * (a * denominator).inverse()
    let x: Coordinate
    var y: Coordinate
    if let root = right(x1).squareRoot() {
      (x, y) = (x1, root)
    } else {
      x = zuu * x1
      // One of g(x1) and g(Zu²·x1) is a square.
      y = right(x).squareRoot() ?? .zero
    }
    if y.isOdd != u.isOdd { y = -y }
    return (x, y)
  }

  /// x³ + Ax + B.
  private static func right(_ x: Coordinate) -> Coordinate { (x.squared() + a) * x + b }

  private static func evaluate(_ polynomial: [Coordinate], _ x: Coordinate) -> Coordinate {
    polynomial.reversed().reduce(Coordinate.zero) { $0 * x + $1 }
  }
}

extension AffinePoint {
  /// A point from its coordinates; nil is infinity.
  init(_ coordinates: (x: Coordinate, y: Coordinate)?) {
    if let coordinates {
      self.init(coordinates.x, coordinates.y)
    } else {
      self = .infinity
    }
  }
}
