// The curves behind the precompiled contracts, by the laws of groups and pairings.

internal import EVM
internal import Ledger
internal import Primitives
internal import Samples

/// Addition, multiplication and pairing on BN254 and BLS12-381, against each other.
final class CurveTarget: FuzzTarget {
  static let name = "curves"
  static let summary =
    "curve precompiles: multiples add up, pairings are bilinear, damage is no trap"

  private let table = PrecompileTable.of(.latest)
  private var output = PrecompileOutput()

  init() {}

  deinit { output.free() }

  func run(_ generator: inout SeededGenerator) -> Finding? {
    switch generator.below(6) {
    case 0: return bilinearity(of: .bn254, &generator)
    case 1: return bilinearity(of: .bls12381, &generator)
    case 2: return sums(on: .bn254, &generator)
    case 3: return sums(on: .bls12381, &generator)
    default: return damage(&generator)
    }
  }

  /// Where a curve's contracts are, and the points they start from.
  private struct Curve {
    let add: UInt64
    let multiply: UInt64
    let pairing: UInt64
    let multiplyG2: UInt64?
    let g1: [UInt8]
    let g2: [UInt8]
    let order: UInt256

    static let bn254 = Curve(
      add: 6, multiply: 7, pairing: 8, multiplyG2: nil, g1: CurvePoints.bn254G1,
      g2: CurvePoints.bn254G2, order: CurvePoints.bn254Order)
    static let bls12381 = Curve(
      add: 0x0b, multiply: 0x0c, pairing: 0x0f, multiplyG2: 0x0e, g1: CurvePoints.bls12381G1,
      g2: CurvePoints.bls12381G2, order: CurvePoints.bls12381Order)
  }

  /// What the gas limit of a block could pay for; work beyond it is never asked for.
  private static let gasLimit: UInt64 = 30_000_000

  /// What the contract at `address` gives; nil where it refuses.
  private func call(_ address: UInt64, _ input: [UInt8]) -> [UInt8]? {
    guard let precompile = table[Address(address)] else { return nil }
    return input.withUnsafeBytes { input in
      guard precompile.gas(input) <= Self.gasLimit else { return nil }
      return precompile.run(input, &output) ? Array(output.bytes) : nil
    }
  }

  /// a·P + b·P = (a + b)·P
  private func sums(on curve: Curve, _ generator: inout SeededGenerator) -> Finding? {
    let (a, b) = (generator.word(), generator.word())
    let sum = UInt256.addModulo(a, b, curve.order)
    guard let aP = call(curve.multiply, curve.g1 + a.bigEndianBytes),
      let bP = call(curve.multiply, curve.g1 + b.bigEndianBytes)
    else { return Finding("a multiple of the generator is refused: \(a), \(b)") }
    let expected = call(curve.multiply, curve.g1 + sum.bigEndianBytes)
    guard call(curve.add, aP + bP) == expected, call(curve.add, bP + aP) == expected else {
      return Finding("contract \(curve.add): a·P + b·P is not (a + b)·P for a = \(a), b = \(b)")
    }
    guard let multiplyG2 = curve.multiplyG2 else { return nil }
    let both = call(
      multiplyG2, curve.g2 + a.bigEndianBytes + curve.g2 + b.bigEndianBytes)
    guard both == call(multiplyG2, curve.g2 + sum.bigEndianBytes) else {
      return Finding("contract \(multiplyG2): a·Q + b·Q is not (a + b)·Q for a = \(a), b = \(b)")
    }
    return nil
  }

  /// e(a·P, Q) · e(−a·P, Q) = 1, and e(a·P, Q) · e(b·P, Q) = 1 only where a + b = 0.
  private func bilinearity(of curve: Curve, _ generator: inout SeededGenerator) -> Finding? {
    let a = generator.word().remainderOrZero(dividingBy: curve.order)
    let negative = a.isZero ? UInt256.zero : curve.order &- a
    let isOff = generator.oneIn(2)
    let b = isOff ? UInt256.addModulo(negative, UInt256(1 as UInt64), curve.order) : negative
    guard let aP = call(curve.multiply, curve.g1 + a.bigEndianBytes),
      let bP = call(curve.multiply, curve.g1 + b.bigEndianBytes)
    else { return Finding("a multiple of the generator is refused: \(a), \(b)") }
    let expected = UInt256(isOff ? 0 : 1 as UInt64).bigEndianBytes
    guard call(curve.pairing, aP + curve.g2 + bP + curve.g2) == expected else {
      return Finding("contract \(curve.pairing): the pairing of a = \(a), b = \(b)")
    }
    return nil
  }

  /// Input that is nearly right is refused or answered with as many bytes as ever, the same twice.
  private func damage(_ generator: inout SeededGenerator) -> Finding? {
    let address = generator.pick(table.addresses)
    let input = PrecompileInput.make(for: address.l0, &generator)
    let first = call(address.l0, input)
    let second = call(address.l0, input)
    guard first == second else {
      return Finding("contract \(address.hex) answers another time otherwise", input: input)
    }
    return nil
  }
}
