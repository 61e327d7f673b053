// Inputs of the precompiled contracts over curves.

internal import Crypto
internal import Primitives
internal import Samples

/// Makes points by the functions that are measured.
enum CurveInputs {
  /// How many terms sums of multiples are measured with: every count that has a price of its own, and
  /// more.
  static let counts = Array(1...128) + [129, 160, 256]

  // BN254

  private static func bn254Point(_ source: inout SeededGenerator) -> [UInt8] {
    let generator = UInt256.one.bigEndianBytes + UInt256(2 as UInt64).bigEndianBytes
    return (generator + source.bytes(32)).withUnsafeBytes { BN254.multiply($0) } ?? generator
  }

  static var bn254Sums: [PrecompileInput] {
    var source = SeededGenerator(seed: 10)
    let (p, q) = (bn254Point(&source), bn254Point(&source))
    return [
      PrecompileInput(name: "two points", bytes: p + q),
      PrecompileInput(name: "a point twice", bytes: p + p),
      PrecompileInput(name: "a point and infinity", bytes: p + [UInt8](repeating: 0, count: 64)),
      PrecompileInput(name: "a point alone", bytes: p),
    ]
  }

  static var bn254Products: [PrecompileInput] {
    var source = SeededGenerator(seed: 11)
    let point = bn254Point(&source)
    return [
      PrecompileInput(name: "2^256 − 1", bytes: point + [UInt8](repeating: 0xff, count: 32)),
      PrecompileInput(name: "a random factor", bytes: point + source.bytes(32)),
      PrecompileInput(name: "another one", bytes: point + source.bytes(32)),
      PrecompileInput(name: "factor 1", bytes: point + UInt256.one.bigEndianBytes),
    ]
  }

  /// The generator of G2, imaginary parts first (EIP-197).
  private static let bn254Twist: [UInt8] =
    ([
      0x198e9393920d483a_7260bfb731fb5d25_f1aa493335a9e712_97e485b7aef312c2,
      0x1800deef121f1e76_426a00665e5c4479_674322d4f75edadd_46debd5cd992f6ed,
      0x090689d0585ff075_ec9e99ad690c3395_bc4b313370b38ef3_55acdadcd122975b,
      0x12c85ea5db8c6deb_4aab71808dcb408f_e3d1e7690c43d37b_4ce6cc0166fa7daa,
    ] as [UInt256]).flatMap(\.bigEndianBytes)

  static func bn254Pairing(_ count: Int) -> PrecompileInput {
    var source = SeededGenerator(seed: 12)
    let pairs = (0..<count).flatMap { _ in bn254Point(&source) + bn254Twist }
    return PrecompileInput(name: "\(count) pairs", bytes: pairs)
  }

  // BLS12-381

  /// An element of the base field in the 64 bytes of EIP-2537.
  private static func element(_ source: inout SeededGenerator) -> [UInt8] {
    [UInt8](repeating: 0, count: 16) + [0] + source.bytes(47)
  }

  /// Elements for the maps, of the field's extension of this degree.
  static func elements(_ degree: Int) -> [PrecompileInput] {
    var source = SeededGenerator(seed: 13)
    var inputs = (0..<8).map { number in
      PrecompileInput(
        name: "element \(number)", bytes: (0..<degree).flatMap { _ in element(&source) })
    }
    inputs.append(PrecompileInput(name: "zero", bytes: [UInt8](repeating: 0, count: 64 * degree)))
    return inputs
  }

  private static let pointsG1: [[UInt8]] = {
    var source = SeededGenerator(seed: 14)
    return (0..<256).map { _ in element(&source).withUnsafeBytes { BLS12381.mapToG1($0) } ?? [] }
  }()

  private static let pointsG2: [[UInt8]] = {
    var source = SeededGenerator(seed: 15)
    return (0..<256).map { _ in
      (element(&source) + element(&source)).withUnsafeBytes { BLS12381.mapToG2($0) } ?? []
    }
  }()

  private static func sums(_ points: [[UInt8]]) -> [PrecompileInput] {
    let infinity = [UInt8](repeating: 0, count: points[0].count)
    return [
      PrecompileInput(name: "two points", bytes: points[0] + points[1]),
      PrecompileInput(name: "a point twice", bytes: points[0] + points[0]),
      PrecompileInput(name: "a point and infinity", bytes: points[0] + infinity),
    ]
  }

  static var bls12381SumsG1: [PrecompileInput] { sums(pointsG1) }
  static var bls12381SumsG2: [PrecompileInput] { sums(pointsG2) }

  private static func multiples(_ points: [[UInt8]], _ count: Int) -> PrecompileInput {
    var source = SeededGenerator(seed: 16)
    let terms = (0..<count).flatMap { points[$0] + source.bytes(32) }
    return PrecompileInput(name: count.counted("point"), bytes: terms)
  }

  static func bls12381MultiplesG1(_ count: Int) -> PrecompileInput { multiples(pointsG1, count) }
  static func bls12381MultiplesG2(_ count: Int) -> PrecompileInput { multiples(pointsG2, count) }

  static func bls12381Pairing(_ count: Int) -> PrecompileInput {
    PrecompileInput(
      name: "\(count) pairs", bytes: (0..<count).flatMap { pointsG1[$0] + pointsG2[$0] })
  }

  /// A good proof of a value of a random blob.
  static let pointEvaluation: PrecompileInput = {
    var source = SeededGenerator(seed: 17)
    let blob: [UInt8] = (0..<KZG.elementsPerBlob).flatMap { _ in [0] + source.bytes(31) }
    let z: [UInt8] = [0] + source.bytes(31)
    guard let commitment = try? KZG.commitment(to: blob),
      let (proof, y) = try? KZG.proof(blob: blob, z: z)
    else { return PrecompileInput(name: "none", bytes: []) }
    let hash = commitment.withUnsafeBytes { KZG.versionedHash(of: $0) }
    return PrecompileInput(
      name: "a good proof", bytes: hash.bytes + z + y + commitment + proof)
  }()

  // P-256

  /// A good signature (EIP-7951), and one that is not.
  static let p256Signatures: [PrecompileInput] = {
    let good: [UInt256] = [
      0x4cee90eb86eaa050_036147a12d49004b_6b9c72bd725d39d4_785011fe190f0b4d,
      0xa73bd4903f0ce3b6_39bbbf6e8e80d169_31ff4bcf5993d584_68e8fb19086e8cac,
      0x36dbcd03009df8c5_9286b162af3bd7fc_c0450c9aa81be5d1_0d312af6c66b1d60,
      0x4aebd3099c618202_fcfe16ae7770b0c4_9ab5eadf74b75420_4a3bb6060e44eff3,
      0x7618b065f9832de4_ca6ca971a7a1adc8_26d0f7c00181a5fb_2ddf79ae00b4e10e,
    ]
    return [
      PrecompileInput(name: "a good one", bytes: good.flatMap(\.bigEndianBytes)),
      PrecompileInput(
        name: "of another text",
        bytes: ([good[0] ^ .one] + good.dropFirst()).flatMap(\.bigEndianBytes)),
    ]
  }()
}
