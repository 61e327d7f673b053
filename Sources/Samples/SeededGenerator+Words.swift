// Numbers in which faults like to hide.

public import Primitives

extension SeededGenerator {
  /// A number of any width: small and huge ones both occur, and those at the edges.
  public mutating func number() -> UInt64 {
    oneIn(6) ? pick([0, 1, 0x7f, 0x80, 0xff, 0x100, .max - 1, .max]) : next() >> UInt64(below(64))
  }

  /// A word of any width, often at an edge.
  public mutating func word() -> UInt256 {
    switch below(8) {
    case 0: return UInt256(UInt64(below(64)))
    case 1: return edgeWord()
    case 2: return edgeWord() &- UInt256(UInt64(below(40)))
    case 3: return UInt256(l0: limb(), l1: limb(), l2: limb(), l3: limb())
    case 4: return UInt256(limb())
    default: return uniformWord() &>> below(257)
    }
  }

  /// A word of which each bit is as likely as the other.
  public mutating func uniformWord() -> UInt256 {
    UInt256(l0: next(), l1: next(), l2: next(), l3: next())
  }

  /// A power of two, one less or one more, or its negative.
  public mutating func edgeWord() -> UInt256 {
    let exponent =
      oneIn(2) ? pick([8, 16, 31, 32, 63, 64, 127, 128, 160, 192, 255, 256]) : below(257)
    let power = UInt256.one &<< exponent
    return pick([power, power &- .one, power &+ .one, power.negated, .max, .zero])
  }

  /// A limb that is often at an edge.
  private mutating func limb() -> UInt64 {
    oneIn(2) ? next() : pick([0, 1, 2, .max, .max - 1, 1 << 63, 1 << 63 - 1, 1 << 32])
  }

  /// An address, now and then a small one.
  public mutating func address() -> Address {
    oneIn(4)
      ? Address(UInt64(below(0x120)))
      : Address(l0: next(), l1: next(), l2: UInt32(truncatingIfNeeded: next()))
  }

  /// Any hash.
  public mutating func hash() -> Hash256 { Hash256(uniformWord()) }
}
