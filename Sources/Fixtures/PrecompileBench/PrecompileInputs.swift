// Inputs of precompiled contracts among which the slowest for their gas should be.

internal import Crypto
internal import Ledger
internal import Primitives
internal import Samples

/// Makes inputs. The same ones every time.
enum PrecompileInputs {
  /// Every contract, under every price that it has had.
  static let subjects: [PrecompileSubject] = [
    PrecompileSubject(fork: .frontier, address: 0x01) { signatures },
    PrecompileSubject(fork: .frontier, address: 0x02) { texts },
    PrecompileSubject(fork: .frontier, address: 0x03) { texts },
    PrecompileSubject(fork: .frontier, address: 0x04) { texts },
    PrecompileSubject(fork: .byzantium, address: 0x05) { ModExpInputs.all(.byzantium) },
    PrecompileSubject(fork: .berlin, address: 0x05) { ModExpInputs.all(.berlin) },
    PrecompileSubject(fork: .osaka, address: 0x05) { ModExpInputs.all(.osaka) },
    PrecompileSubject(fork: .istanbul, address: 0x06) { CurveInputs.bn254Sums },
    PrecompileSubject(fork: .istanbul, address: 0x07) { CurveInputs.bn254Products },
    PrecompileSubject(fork: .istanbul, address: 0x08) {
      [1, 2, 3, 4, 8, 16].map { CurveInputs.bn254Pairing($0) }
    },
    PrecompileSubject(fork: .istanbul, address: 0x09) { compressions },
    PrecompileSubject(fork: .cancun, address: 0x0a) { [CurveInputs.pointEvaluation] },
    PrecompileSubject(fork: .prague, address: 0x0b) { CurveInputs.bls12381SumsG1 },
    PrecompileSubject(fork: .prague, address: 0x0c) {
      CurveInputs.counts.map { CurveInputs.bls12381MultiplesG1($0) }
    },
    PrecompileSubject(fork: .prague, address: 0x0d) { CurveInputs.bls12381SumsG2 },
    PrecompileSubject(fork: .prague, address: 0x0e) {
      CurveInputs.counts.map { CurveInputs.bls12381MultiplesG2($0) }
    },
    PrecompileSubject(fork: .prague, address: 0x0f) {
      [1, 2, 3, 4, 8, 16].map { CurveInputs.bls12381Pairing($0) }
    },
    PrecompileSubject(fork: .prague, address: 0x10) { CurveInputs.elements(1) },
    PrecompileSubject(fork: .prague, address: 0x11) { CurveInputs.elements(2) },
    PrecompileSubject(fork: .osaka, address: 0x100) { CurveInputs.p256Signatures },
  ]

  /// Recoveries: signatures as they come, and one without a key.
  static let signatures: [PrecompileInput] = {
    var source = SeededGenerator(seed: 1)
    var inputs = (0..<4).compactMap { number -> PrecompileInput? in
      guard let hash = Hash256(bytes: source.bytes(32)),
        let signature = Secp256k1.sign(hash: hash, privateKey: UInt256(source.next()))
      else { return nil }
      let parts = [UInt256(UInt64(27 + signature.yParity)), signature.r, signature.s]
      return PrecompileInput(
        name: "signature \(number)", bytes: hash.bytes + parts.flatMap(\.bigEndianBytes))
    }
    let words = [UInt256(27 as UInt64), UInt256(5 as UInt64), UInt256.one]
    inputs.append(
      PrecompileInput(
        name: "an r without a point", bytes: source.bytes(32) + words.flatMap(\.bigEndianBytes)))
    return inputs
  }()

  /// Bytes of lengths around the blocks of the hashes.
  private static var texts: [PrecompileInput] {
    var source = SeededGenerator(seed: 2)
    return [0, 1, 31, 32, 55, 56, 64, 96, 119, 120, 128, 1024, 4096, 65_536, 1 << 20].map { count in
      PrecompileInput(name: "\(count) bytes", bytes: source.bytes(count))
    }
  }

  /// BLAKE2b with any number of rounds.
  private static var compressions: [PrecompileInput] {
    var source = SeededGenerator(seed: 3)
    return [0, 1, 2, 10, 12, 100, 1_000, 100_000, 1_000_000].map { (rounds: UInt32) in
      let head = withUnsafeBytes(of: rounds.bigEndian) { Array($0) }
      return PrecompileInput(name: "\(rounds) rounds", bytes: head + source.bytes(208) + [1])
    }
  }
}
