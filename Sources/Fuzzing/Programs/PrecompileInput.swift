// Inputs for precompiled contracts: valid, nearly valid, and noise.

internal import Crypto
internal import Primitives
internal import Samples

/// Makes inputs for precompiled contracts.
enum PrecompileInput {
  /// An input for the contract at `address`, a third of the time damaged.
  static func make(for address: UInt64, _ generator: inout SeededGenerator) -> [UInt8] {
    let input = valid(for: address, &generator)
    switch generator.below(9) {
    case 0...2: return generator.mutated(input)
    case 3: return input + generator.bytes(upTo: 40)
    default: return input
    }
  }

  private static func valid(for address: UInt64, _ generator: inout SeededGenerator) -> [UInt8] {
    switch address {
    case 0x01: return recovery(&generator)
    case 0x05: return modExp(&generator)
    case 0x06: return bn254(&generator) + bn254(&generator)
    case 0x07: return bn254(&generator) + generator.word().bigEndianBytes
    case 0x08:
      return (0..<generator.below(3)).flatMap { _ in bn254(&generator) + CurvePoints.bn254G2 }
    case 0x09: return blake2f(&generator)
    case 0x0b: return g1(&generator) + g1(&generator)
    case 0x0c: return multiples(&generator, g1)
    case 0x0d: return g2(&generator) + g2(&generator)
    case 0x0e: return multiples(&generator, g2)
    case 0x0f: return (0..<generator.below(3)).flatMap { _ in g1(&generator) + g2(&generator) }
    case 0x10: return field(&generator)
    case 0x11: return field(&generator) + field(&generator)
    case 0x0a: return generator.bytes(192)
    case 0x100: return generator.bytes(160)
    default: return generator.bytes(upTo: 140)
    }
  }

  /// A signature that somebody made, or one with its numbers at the edges.
  private static func recovery(_ generator: inout SeededGenerator) -> [UInt8] {
    let hash = generator.hash()
    let parity = UInt256(UInt64(27 + generator.below(2)))
    if generator.oneIn(3) {
      let edges = [Secp256k1.order, Secp256k1.order &- .one, .zero, .one, generator.word()]
      return hash.bytes + parity.bigEndianBytes
        + generator.pick(edges).bigEndianBytes + generator.pick(edges).bigEndianBytes
    }
    let key = UInt256(UInt64(1 + generator.below(1_000)))
    guard let made = Secp256k1.sign(hash: hash, privateKey: key) else { return hash.bytes }
    return hash.bytes + UInt256(27 + UInt64(made.yParity)).bigEndianBytes + made.r.bigEndianBytes
      + made.s.bigEndianBytes
  }

  private static func modExp(_ generator: inout SeededGenerator) -> [UInt8] {
    let lengths = (0..<3).map { _ in
      generator.oneIn(12) ? generator.pick([0, 33, 64, 65, 96, 255]) : generator.below(34)
    }
    var input = lengths.flatMap { UInt256(UInt64($0)).bigEndianBytes }
    // One length beyond all bounds, where the price must come before the work.
    if generator.oneIn(20) {
      let start = 32 * generator.below(3)
      input.replaceSubrange(start..<start + 32, with: generator.edgeWord().bigEndianBytes)
    }
    return input
      + lengths.flatMap { count in
        generator.oneIn(5) ? [UInt8](repeating: 0, count: count) : generator.bytes(count)
      }
  }

  private static func bn254(_ generator: inout SeededGenerator) -> [UInt8] {
    switch generator.below(4) {
    case 0: [UInt8](repeating: 0, count: 64)
    case 1: generator.bytes(64)
    default: CurvePoints.bn254G1
    }
  }

  private static func g1(_ generator: inout SeededGenerator) -> [UInt8] {
    generator.oneIn(4) ? [UInt8](repeating: 0, count: 128) : CurvePoints.bls12381G1
  }

  private static func g2(_ generator: inout SeededGenerator) -> [UInt8] {
    generator.oneIn(4) ? [UInt8](repeating: 0, count: 256) : CurvePoints.bls12381G2
  }

  private static func multiples(
    _ generator: inout SeededGenerator, _ point: (inout SeededGenerator) -> [UInt8]
  ) -> [UInt8] {
    (0..<generator.within(1...3)).flatMap { _ in
      point(&generator) + generator.word().bigEndianBytes
    }
  }

  /// An element of BLS12-381's field: 16 zero bytes, then a number that is nearly always below p.
  private static func field(_ generator: inout SeededGenerator) -> [UInt8] {
    [UInt8](repeating: 0, count: 16) + [UInt8(generator.below(0x1b))] + generator.bytes(47)
  }

  private static func blake2f(_ generator: inout SeededGenerator) -> [UInt8] {
    [0, 0, UInt8(generator.below(2)), generator.byte()] + generator.bytes(208)
      + [generator.oneIn(8) ? generator.byte() : UInt8(generator.below(2))]
  }
}
