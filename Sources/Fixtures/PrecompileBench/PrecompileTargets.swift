// Times that single calls of precompiled contracts should keep.

internal import CCrypto
internal import CSecp256k1
internal import Ledger
internal import Primitives

/// A call, and what it is compared with.
struct PrecompileTargets: Sendable {
  /// What the limit is.
  enum Limit: Sendable {
    /// Nanoseconds.
    case time(Double)
    /// A multiple of the time of the library that does the work, called without us.
    case library(Double, @Sendable (PrecompileInput) -> Double?)
  }

  let name: String
  let address: UInt64
  let input: @Sendable () -> PrecompileInput
  let limit: Limit

  static let all: [PrecompileTargets] = [
    PrecompileTargets(
      name: "BN254_PAIRING of two pairs", address: 0x08, input: { CurveInputs.bn254Pairing(2) },
      limit: .time(2_000_000)),
    PrecompileTargets(
      name: "BLS12_PAIRING_CHECK of two pairs", address: 0x0f,
      input: { CurveInputs.bls12381Pairing(2) }, limit: .time(2_500_000)),
    PrecompileTargets(
      name: "BLS12_G1MSM of 128 points", address: 0x0c,
      input: { CurveInputs.bls12381MultiplesG1(128) }, limit: .time(15_000_000)),
    PrecompileTargets(
      name: "KZG_POINT_EVALUATION", address: 0x0a, input: { CurveInputs.pointEvaluation },
      limit: .time(2_300_000)),
    PrecompileTargets(
      name: "P256VERIFY against libcrypto", address: 0x100,
      input: { CurveInputs.p256Signatures[0] }, limit: .library(1.15, libraryVerification)),
    PrecompileTargets(
      name: "ECREC against libsecp256k1", address: 0x01,
      input: { PrecompileInputs.signatures[0] }, limit: .library(1.15, libraryRecovery)),
  ]

  private static let budget: UInt64 = 300_000_000

  /// The time, and what it may be.
  func measured() -> PrecompileSpeed.Target? {
    let subject = PrecompileSubject(fork: .latest, address: address) { [] }
    guard let timer = PrecompileTimer(subject) else { return nil }
    let input = input()
    let bound: Double
    switch limit {
    case .time(let nanoseconds): bound = nanoseconds
    case .library(let factor, let measure):
      guard let time = measure(input) else { return nil }
      bound = factor * time
    }
    return PrecompileSpeed.Target(
      name: name, nanoseconds: timer.time(input.bytes, for: Self.budget), limit: bound)
  }

  /// libsecp256k1's recovery of the key alone, of the signature in an input of ECREC.
  private static func libraryRecovery(_ input: PrecompileInput) -> Double? {
    guard let context = secp256k1_context_create(UInt32(SECP256K1_CONTEXT_NONE)) else { return nil }
    defer { secp256k1_context_destroy(context) }
    let parity = Int32(input.bytes[63]) - 27
    let message = Array(input.bytes.prefix(32))
    var signature = secp256k1_ecdsa_recoverable_signature()
    var key = secp256k1_pubkey()
    guard
      secp256k1_ecdsa_recoverable_signature_parse_compact(
        context, &signature, Array(input.bytes[64..<128]), parity) == 1,
      secp256k1_ecdsa_recover(context, &key, &signature, message) == 1
    else { return nil }
    return Stopwatch.least(for: budget) {
      _ = secp256k1_ecdsa_recover(context, &key, &signature, message)
    }
  }

  /// libcrypto's verification alone of the signature in an input of P256VERIFY.
  private static func libraryVerification(_ input: PrecompileInput) -> Double? {
    func number(_ place: Int) -> OpaquePointer? {
      let bytes = Array(input.bytes[32 * place..<32 * (place + 1)])
      return BN_bin2bn(bytes, 32, nil)
    }
    let hash = Array(input.bytes.prefix(32))
    guard let key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1) else { return nil }
    defer { EC_KEY_free(key) }
    guard let signature = ECDSA_SIG_new() else { return nil }
    defer { ECDSA_SIG_free(signature) }
    // The signature takes its numbers over.
    guard ECDSA_SIG_set0(signature, number(1), number(2)) == 1 else { return nil }
    let (x, y) = (number(3), number(4))
    defer {
      BN_free(x)
      BN_free(y)
    }
    guard EC_KEY_set_public_key_affine_coordinates(key, x, y) == 1,
      ECDSA_do_verify(hash, 32, signature, key) == 1
    else { return nil }
    return Stopwatch.least(for: budget) { _ = ECDSA_do_verify(hash, 32, signature, key) }
  }
}
