// Points of secp256k1 with the factor that makes them of the generator.

public import Crypto
public import Primitives

/// A multiple of the generator of secp256k1, of which the factor is known. Who signs never knows it of
/// another's point; who attacks may choose it.
public struct GeneratorMultiple: Sendable {
  /// The factor, from 1 to the order less one.
  public var factor: UInt256
  /// The x-coordinate.
  public var x: UInt256
  /// 1 when the y-coordinate is odd.
  public var yParity: UInt8

  /// The prime of the field.
  public static let fieldPrime: UInt256 =
    0xffffffff_ffffffff_ffffffff_ffffffff_ffffffff_ffffffff_fffffffe_fffffc2f
  /// The cube root of one modulo the order by which `endomorphic` multiplies.
  public static let lambda: UInt256 =
    0x5363ad4c_c05c30e0_a5261c02_8812645a_122e22ea_20816678_df02967c_1b23bd72
  private static let beta: UInt256 =
    0x7ae96a2b_657c0710_6e64479e_ac3434e9_9cf04975_12f58995_c1396c28_719501ee
  private static let generatorX: UInt256 =
    0x79be667e_f9dcbbac_55a06295_ce870b07_029bfcdb_2dce28d9_59f2815b_16f81798

  /// The first multiples.
  public static let small = (1...64).compactMap { GeneratorMultiple(UInt256(UInt64($0))) }

  /// The multiple of the generator by `factor`, by libsecp256k1; nil when that is infinite.
  public init?(_ factor: UInt256) {
    // The key of a signature with r and s the generator's x is G less hash/r times G.
    let order = Secp256k1.order
    let rest = UInt256.addModulo(UInt256.one &+ order, order &- (factor % order), order)
    let hash = UInt256.multiplyModulo(rest, Self.generatorX, order)
    guard
      let key = Secp256k1.recoverPublicKey(
        hash: Hash256(hash), r: Self.generatorX, s: Self.generatorX, yParity: 0),
      let x = UInt256(bigEndian: key.prefix(32)), let last = key.last
    else { return nil }
    self.factor = factor % order
    self.x = x
    yParity = last & 1
  }

  /// The point with the opposite y-coordinate.
  public var negated: GeneratorMultiple {
    var point = self
    point.factor = Secp256k1.order &- factor
    point.yParity ^= 1
    return point
  }

  /// λ times the point, which has β times its x-coordinate.
  public var endomorphic: GeneratorMultiple {
    var point = self
    point.factor = UInt256.multiplyModulo(factor, Self.lambda, Secp256k1.order)
    point.x = UInt256.multiplyModulo(x, Self.beta, Self.fieldPrime)
    return point
  }

  /// A signature with this point whose key is u₁ times the generator plus u₂ times the point.
  public func signature(u1: UInt256, u2: UInt256) -> RecoverableHash {
    let order = Secp256k1.order
    let r = x % order
    return RecoverableHash(
      hash: Hash256(UInt256.multiplyModulo(order &- (u1 % order), r, order)), r: r,
      s: UInt256.multiplyModulo(u2, r, order), yParity: yParity)
  }
}
