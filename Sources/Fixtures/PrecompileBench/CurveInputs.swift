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
  private static let bn254Twist: [UInt8] = [
    UInt256(
      l0: 0x97e4_85b7_aef3_12c2, l1: 0xf1aa_4933_35a9_e712, l2: 0x7260_bfb7_31fb_5d25,
      l3: 0x198e_9393_920d_483a),
    UInt256(
      l0: 0x46de_bd5c_d992_f6ed, l1: 0x6743_22d4_f75e_dadd, l2: 0x426a_0066_5e5c_4479,
      l3: 0x1800_deef_121f_1e76),
    UInt256(
      l0: 0x55ac_dadc_d122_975b, l1: 0xbc4b_3133_70b3_8ef3, l2: 0xec9e_99ad_690c_3395,
      l3: 0x0906_89d0_585f_f075),
    UInt256(
      l0: 0x4ce6_cc01_66fa_7daa, l1: 0xe3d1_e769_0c43_d37b, l2: 0x4aab_7180_8dcb_408f,
      l3: 0x12c8_5ea5_db8c_6deb),
  ].flatMap(\.bigEndianBytes)

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
    return PrecompileInput(name: "\(count) point\(count == 1 ? "" : "s")", bytes: terms)
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
    let good = [
      UInt256(
        l0: 0x7850_11fe_190f_0b4d, l1: 0x6b9c_72bd_725d_39d4, l2: 0x0361_47a1_2d49_004b,
        l3: 0x4cee_90eb_86ea_a050),
      UInt256(
        l0: 0x68e8_fb19_086e_8cac, l1: 0x31ff_4bcf_5993_d584, l2: 0x39bb_bf6e_8e80_d169,
        l3: 0xa73b_d490_3f0c_e3b6),
      UInt256(
        l0: 0x0d31_2af6_c66b_1d60, l1: 0xc045_0c9a_a81b_e5d1, l2: 0x9286_b162_af3b_d7fc,
        l3: 0x36db_cd03_009d_f8c5),
      UInt256(
        l0: 0x4a3b_b606_0e44_eff3, l1: 0x9ab5_eadf_74b7_5420, l2: 0xfcfe_16ae_7770_b0c4,
        l3: 0x4aeb_d309_9c61_8202),
      UInt256(
        l0: 0x2ddf_79ae_00b4_e10e, l1: 0x26d0_f7c0_0181_a5fb, l2: 0xca6c_a971_a7a1_adc8,
        l3: 0x7618_b065_f983_2de4),
    ]
    return [
      PrecompileInput(name: "a good one", bytes: good.flatMap(\.bigEndianBytes)),
      PrecompileInput(
        name: "of another text",
        bytes: ([good[0] ^ .one] + good.dropFirst()).flatMap(\.bigEndianBytes)),
    ]
  }()
}
