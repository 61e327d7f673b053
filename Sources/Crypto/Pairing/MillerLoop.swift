// The optimal ate Miller loop over many pairs at once: one squaring of f serves them all.

/// A point of the twist in homogeneous coordinates (X/Z, Y/Z), the running point of the loop.
struct HomogeneousPoint<Curve: PairingCurve>: BitwiseCopyable {
  typealias Coordinate = Fp2<Curve.Fp>
  var x: Coordinate
  var y: Coordinate
  var z: Coordinate
}

/// A line through points of the twist, as coefficients of y_P, x_P and 1.
struct Line<Curve: PairingCurve>: BitwiseCopyable {
  typealias Coefficient = Fp2<Curve.Fp>
  var y: Coefficient
  var x: Coefficient
  var constant: Coefficient
}

/// A pair of points (neither at infinity) and the multiple of `q` the loop has reached.
struct MillerPair<Curve: PairingCurve>: BitwiseCopyable {
  let p: AffinePoint<Curve.G1>
  let q: AffinePoint<Curve.G2>
  var t: HomogeneousPoint<Curve>

  init(_ p: AffinePoint<Curve.G1>, _ q: AffinePoint<Curve.G2>) {
    self.p = p
    self.q = q
    t = HomogeneousPoint(x: q.x, y: q.y, z: .one)
  }
}

extension HomogeneousPoint {
  /// Replaces t by 2t and gives the tangent at t (Costello, Lange, Naehrig, "Faster Pairing
  /// Computations on Curves with High-Degree Twists"; Aranha et al., section 6).
  @inline(never)
  mutating func double() -> Line<Curve> {
    let a = (x * y).halved()
    let b = y.squared()
    let c = z.squared()
    let e = Curve.G2.b * (c.doubled() + c)
    let f = e.doubled() + e
    let g = (b + f).halved()
    let h = (y + z).squared() - (b + c)
    let i = e - b
    let j = x.squared()
    let ee = e.squared()
    x = a * (b - f)
    y = g.squared() - (ee.doubled() + ee)
    z = b * h
    return Line(y: -h, x: j.doubled() + j, constant: i)
  }

  /// Replaces t by t + q and gives the chord through both.
  @inline(never)
  mutating func add(_ q: AffinePoint<Curve.G2>) -> Line<Curve> {
    let theta = y - q.y * z
    let lambda = x - q.x * z
    let c = theta.squared()
    let d = lambda.squared()
    let e = lambda * d
    let f = z * c
    let g = x * d
    let h = e + f - g.doubled()
    x = lambda * h
    y = theta * (g - h) - e * y
    z = z * e
    return Line(y: lambda, x: -theta, constant: theta * q.x - lambda * q.y)
  }
}

extension Fp12 {
  /// f times a line evaluated at p: a sparse factor, thirteen multiplications of Fp2.
  @inline(never)
  mutating func multiply(by line: Line<Curve>, at p: AffinePoint<Curve.G1>) {
    let ly = line.y * p.y
    let lx = line.x * p.x
    switch Curve.twist {
    case .divisive:
      // ly + lx·w + constant·w³
      let p0 = c0.multiplied(by0: ly)
      let p1 = c1.multiplied(by01: lx, line.constant)
      let cross = (c0 + c1).multiplied(by01: ly + lx, line.constant)
      c1 = cross - p0 - p1
      c0 = p0 + p1.multipliedByV()
    case .multiplicative:
      // constant + lx·w² + ly·w³
      let p0 = c0.multiplied(by01: line.constant, lx)
      let p1 = c1.multiplied(by1: ly)
      let cross = (c0 + c1).multiplied(by01: line.constant, lx + ly)
      c1 = cross - p0 - p1
      c0 = p0 + p1.multipliedByV()
    }
  }
}

/// The product of the Miller functions of all pairs; the pairs are consumed.
func millerLoop<Curve: PairingCurve>(
  _ pairs: UnsafeMutableBufferPointer<MillerPair<Curve>>
) -> Fp12<Curve> {
  var f = Fp12<Curve>.one
  let digits = Curve.loopCount
  for position in (0..<digits.top).reversed() {
    if position != digits.top - 1 { f = f.squared() }
    let digit = digits[position]
    for i in pairs.indices {
      let tangent = pairs[i].t.double()
      f.multiply(by: tangent, at: pairs[i].p)
      if digit != 0 {
        let chord = pairs[i].t.add(digit > 0 ? pairs[i].q : -pairs[i].q)
        f.multiply(by: chord, at: pairs[i].p)
      }
    }
  }
  if Curve.parameterIsNegative { f = f.conjugated() }
  for i in pairs.indices { Curve.finishMillerLoop(&f, &pairs[i]) }
  return f
}
