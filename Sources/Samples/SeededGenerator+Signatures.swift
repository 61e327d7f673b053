// Signatures to recover keys from: ordinary ones, wrong ones, and ones that make points meet.

public import Crypto
internal import Primitives

extension SeededGenerator {
  /// A signature of any kind. About half of them have a key.
  public mutating func recoverableHash() -> RecoverableHash {
    switch below(8) {
    case 0...3:
      return RecoverableHash(
        hash: hash(), r: uniformWord(), s: uniformWord(), yParity: UInt8(below(2)))
    case 4, 5: return signatureOfKnownPoint()
    case 6: return signatureAtEdges()
    default: return oneIn(4) ? signedHash() : signatureOfKnownPoint()
    }
  }

  /// A signature by a random key.
  public mutating func signedHash() -> RecoverableHash {
    let hash = hash()
    guard let signed = Secp256k1.sign(hash: hash, privateKey: uniformWord() &>> 1) else {
      return RecoverableHash(hash: hash, r: .zero, s: .zero, yParity: 0)
    }
    return RecoverableHash(hash: hash, r: signed.r, s: signed.s, yParity: signed.yParity)
  }

  /// A signature with numbers at the edges of their ranges.
  private mutating func signatureAtEdges() -> RecoverableHash {
    func edge(_ generator: inout SeededGenerator) -> UInt256 {
      switch generator.below(4) {
      case 0: generator.word()
      case 1:
        generator.pick([Secp256k1.order, GeneratorMultiple.fieldPrime]) &- .one
          &+ UInt256(UInt64(generator.below(3)))
      case 2: generator.pick(GeneratorMultiple.small).x
      default: generator.pick([.zero, .one, UInt256(2), Secp256k1.halfOrder, .max])
      }
    }
    return RecoverableHash(
      hash: Hash256(edge(&self)), r: edge(&self), s: oneIn(2) ? edge(&self) : uniformWord(),
      yParity: oneIn(8) ? byte() : UInt8(below(2)))
  }

  /// A signature whose point is a known multiple k of the generator G, so that its key is (u₁ + u₂·k)·G,
  /// with multipliers u₁ and u₂ that often have to do with each other.
  private mutating func signatureOfKnownPoint() -> RecoverableHash {
    var point = pick(GeneratorMultiple.small)
    for _ in 0..<below(3) { point = point.endomorphic }
    if oneIn(2) { point = point.negated }
    let u2 = multiplier()
    let opposite = Secp256k1.order &- UInt256.multiplyModulo(u2, point.factor, Secp256k1.order)
    let offset = UInt256(UInt64(below(3)))
    let u1 =
      switch below(5) {
      case 0: UInt256.addModulo(opposite, offset, Secp256k1.order)
      case 1:
        UInt256.addModulo(
          UInt256.multiplyModulo(u2, point.factor, Secp256k1.order), offset, Secp256k1.order)
      default: multiplier()
      }
    return point.signature(u1: u1, u2: u2)
  }

  /// A number below the order: small, close to the order, a multiple of λ, a power of two, or any.
  private mutating func multiplier() -> UInt256 {
    let any = oneIn(2) ? UInt256(UInt64(below(70))) : oneIn(2) ? word() : uniformWord()
    var reduced = UInt256.addModulo(any, .zero, Secp256k1.order)
    for _ in 0..<below(3) {
      reduced = UInt256.multiplyModulo(reduced, GeneratorMultiple.lambda, Secp256k1.order)
    }
    return oneIn(2)
      ? reduced : UInt256.addModulo(Secp256k1.order &- reduced, .zero, Secp256k1.order)
  }
}
