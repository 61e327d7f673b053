// The parameters that distinguish one pairing-friendly curve from another.

/// How the sextic twist E′ of the curve y² = x³ + b is written.
enum Twist {
  /// y² = x³ + b/ξ, untwisted by (x·w², y·w³).
  case divisive
  /// y² = x³ + b·ξ, untwisted by (x/w², y/w³).
  case multiplicative
}

/// The Miller loop's count in signed binary digits: bit i set in one of the two words.
struct SignedDigits {
  var plus: UInt128
  var minus: UInt128
  /// Position of the leading digit, which is 1.
  var top: Int

  @inline(__always)
  init(plus: UInt128, minus: UInt128) {
    self.plus = plus
    self.minus = minus
    top = 127 - plus.leadingZeroBitCount
  }

  /// The digit at a position: 1, 0 or −1.
  @inline(__always)
  subscript(_ position: Int) -> Int {
    if plus &>> UInt128(position) & 1 == 1 { return 1 }
    return minus &>> UInt128(position) & 1 == 1 ? -1 : 0
  }
}

/// The group G2 on the twist, with the endomorphism ψ: untwist, p-power Frobenius, twist.
protocol TwistGroup: CurveGroup {
  associatedtype Base: PrimeField where Coordinate == Fp2<Base>

  /// ψ(x, y) is (x̄, ȳ) times these constants.
  static var frobenius: (x: Coordinate, y: Coordinate) { get }
}

extension AffinePoint where Group: TwistGroup {
  /// ψ.
  func frobenius() -> Self {
    isInfinity
      ? self
      : Self(x.conjugated() * Group.frobenius.x, y.conjugated() * Group.frobenius.y)
  }
}

extension JacobianPoint where Group: TwistGroup {
  /// ψ; conjugation commutes with the division by powers of Z.
  func frobenius() -> Self {
    Self(
      x.conjugated() * Group.frobenius.x, y.conjugated() * Group.frobenius.y, z.conjugated())
  }
}

/// A pairing-friendly curve of embedding degree 12: E: y² = x³ + b over Fp, its sextic twist over
/// Fp2 = Fp[u]/(u² + 1), and the target field Fp12 = Fp2[w]/(w⁶ − ξ).
protocol PairingCurve {
  associatedtype Fp: PrimeField
  associatedtype G1: CurveGroup where G1.Coordinate == Fp
  associatedtype G2: TwistGroup where G2.Coordinate == Fp2<Fp>

  /// x·ξ.
  static func multipliedByNonResidue(_ x: Fp2<Fp>) -> Fp2<Fp>
  /// ξ^(k(p−1)/6) for k = 1…5: the p-power Frobenius on w^k.
  static var frobenius: (Fp2<Fp>, Fp2<Fp>, Fp2<Fp>, Fp2<Fp>, Fp2<Fp>) { get }
  /// ξ^(k(p²−1)/6) for k = 1…5, in Fp: the p²-power Frobenius on w^k.
  static var frobeniusSquared: (Fp, Fp, Fp, Fp, Fp) { get }
  static var twist: Twist { get }
  static var loopCount: SignedDigits { get }

  /// The Miller steps that follow the loop, for curves that have some.
  static func finishMillerLoop(_ f: inout Fp12<Self>, _ pair: inout MillerPair<Self>)
  /// Conjugates a Miller value when the curve's parameter is negative.
  static var parameterIsNegative: Bool { get }
  /// The part of the final exponentiation inside the cyclotomic subgroup.
  static func hardPart(_ f: Fp12<Self>) -> Fp12<Self>
}
