// Points of y² = x³ + b over any field of the tower: affine and Jacobian.

/// A group of points on y² = x³ + b.
protocol CurveGroup: Sendable {
  associatedtype Coordinate: Field
  static var b: Coordinate { get }
}

/// A point in affine coordinates, or the point at infinity.
struct AffinePoint<Group: CurveGroup>: Equatable, BitwiseCopyable, Sendable {
  typealias Coordinate = Group.Coordinate

  var x: Coordinate
  var y: Coordinate
  var isInfinity: Bool

  @inline(__always)
  init(_ x: Coordinate, _ y: Coordinate) {
    self.x = x
    self.y = y
    isInfinity = false
  }

  @inline(__always)
  private init() {
    x = .zero
    y = .zero
    isInfinity = true
  }

  @inline(__always) static var infinity: Self { Self() }

  @inline(__always)
  static prefix func - (_ p: Self) -> Self {
    var negative = p
    negative.y = -p.y
    return negative
  }

  var isOnCurve: Bool { isInfinity || y.squared() == x.squared() * x + Group.b }

  /// The sum by the chord and tangent rule; one inversion.
  static func + (_ p: Self, _ q: Self) -> Self {
    if p.isInfinity { return q }
    if q.isInfinity { return p }
    let slope: Coordinate
    if p.x == q.x {
      if p.y != q.y || p.y.isZero { return .infinity }
      let square = p.x.squared()
      slope = (square.doubled() + square) * p.y.doubled().inverse()
    } else {
      slope = (q.y - p.y) * (q.x - p.x).inverse()
    }
    let x = slope.squared() - p.x - q.x
    return Self(x, slope * (p.x - x) - p.y)
  }
}

/// A point (X/Z², Y/Z³); infinity has Z = 0.
struct JacobianPoint<Group: CurveGroup>: BitwiseCopyable, Sendable {
  typealias Coordinate = Group.Coordinate

  var x: Coordinate
  var y: Coordinate
  var z: Coordinate

  @inline(__always)
  init(_ x: Coordinate, _ y: Coordinate, _ z: Coordinate) {
    self.x = x
    self.y = y
    self.z = z
  }

  @inline(__always)
  init(_ p: AffinePoint<Group>) {
    self = p.isInfinity ? .infinity : Self(p.x, p.y, .one)
  }

  @inline(__always) static var infinity: Self { Self(.one, .one, .zero) }
  @inline(__always) var isInfinity: Bool { z.isZero }

  @inline(__always)
  static prefix func - (_ p: Self) -> Self { Self(p.x, -p.y, p.z) }

  /// dbl-2009-l of the Explicit-Formulas Database: 2M + 5S. Infinity stays infinity.
  @inline(never)
  func doubled() -> Self {
    let a = x.squared()
    let b = y.squared()
    let c = b.squared()
    let d = ((x + b).squared() - a - c).doubled()
    let e = a.doubled() + a
    let newX = e.squared() - d.doubled()
    return Self(
      newX,
      e * (d - newX) - c.doubled().doubled().doubled(),
      (y * z).doubled())
  }

  /// madd-2007-bl: 7M + 4S.
  @inline(never)
  static func + (_ p: Self, _ q: AffinePoint<Group>) -> Self {
    if q.isInfinity { return p }
    if p.isInfinity { return Self(q) }
    let zz = p.z.squared()
    let u = q.x * zz
    let s = q.y * p.z * zz
    let h = u - p.x
    let difference = s - p.y
    if h.isZero { return difference.isZero ? p.doubled() : .infinity }
    let hh = h.squared()
    let i = hh.doubled().doubled()
    let j = h * i
    let r = difference.doubled()
    let v = p.x * i
    let newX = r.squared() - j - v.doubled()
    return Self(
      newX,
      r * (v - newX) - (p.y * j).doubled(),
      (p.z + h).squared() - zz - hh)
  }

  /// add-2007-bl: 11M + 5S.
  @inline(never)
  static func + (_ p: Self, _ q: Self) -> Self {
    if q.isInfinity { return p }
    if p.isInfinity { return q }
    let zz1 = p.z.squared()
    let zz2 = q.z.squared()
    let u1 = p.x * zz2
    let u2 = q.x * zz1
    let s1 = p.y * q.z * zz2
    let s2 = q.y * p.z * zz1
    let h = u2 - u1
    let difference = s2 - s1
    if h.isZero { return difference.isZero ? p.doubled() : .infinity }
    let i = h.doubled().squared()
    let j = h * i
    let r = difference.doubled()
    let v = u1 * i
    let newX = r.squared() - j - v.doubled()
    return Self(
      newX,
      r * (v - newX) - (s1 * j).doubled(),
      ((p.z + q.z).squared() - zz1 - zz2) * h)
  }

  /// Equality of the points, not of their coordinates.
  static func == (_ p: Self, _ q: Self) -> Bool {
    if p.isInfinity || q.isInfinity { return p.isInfinity && q.isInfinity }
    let zz1 = p.z.squared()
    let zz2 = q.z.squared()
    return p.x * zz2 == q.x * zz1 && p.y * zz2 * q.z == q.y * zz1 * p.z
  }

  func affine() -> AffinePoint<Group> {
    if isInfinity { return .infinity }
    let scale = z.inverse()
    let square = scale.squared()
    return AffinePoint(x * square, y * square * scale)
  }
}
