// Reproducible scalars, blobs and claims for the KZG tests.

import Samples
import Testing

@testable import Crypto

typealias Fr = BLS12381.Fr

extension SeededGenerator {
  mutating func scalar() -> Fr { Fr(reducing: (next(), next(), next(), next())) }

  mutating func scalars(_ count: Int) -> [Fr] { (0..<count).map { _ in scalar() } }

  mutating func blob() -> [UInt8] { scalars(KZG.elementsPerBlob).flatMap(\.bigEndianBytes) }
}

/// The value of a polynomial by Horner's rule.
func evaluate(_ coefficients: [Fr], at x: Fr) -> Fr {
  coefficients.reversed().reduce(Fr.zero) { $0 * x + $1 }
}

/// From the consensus specifications' tests: verify_kzg_proof_case_correct_proof_2_0.
enum KnownProof {
  static let commitment = """
    a421e229565952cfff4ef3517100a97da1d4fe57956fa50a442f92af03b1bf37\
    adacc8ad4ed209b31287ea5bb94d9d06
    """
  static let z = String(repeating: "0", count: 64)
  static let y = "50625ad853cc21ba40594f79591e5d35c445ecf9453014da6524c0cf6367c359"
  static let proof = """
    b72d80393dc39beea3857cb3719277138876b2b207f1d5e54dd62a14e3242d12\
    3b5a6db066181ff01a51c26c9d2f400b
    """
}
