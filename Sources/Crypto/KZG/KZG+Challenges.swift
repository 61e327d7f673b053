// Challenges that stand in for a verifier's random choice (Fiat and Shamir): hashes of all that was
// claimed before, as scalars.

internal import Primitives

extension KZG {
  /// The point at which a blob's polynomial is opened: `compute_challenge`.
  static func challenge(blob: [UInt8], commitment: [UInt8]) -> Fr {
    var message = Transcript("FSBLOBVERIFY_V1_", capacity: blob.count + 128)
    message.append(0)
    message.append(UInt64(elementsPerBlob))
    message.bytes += blob
    message.bytes += commitment
    return message.challenge
  }

  /// The factor of a batch of blob proofs: `compute_r_powers` of `verify_kzg_proof_batch`.
  static func batchChallenge(
    _ openings: [Opening], _ commitments: [[UInt8]], _ proofs: [[UInt8]]
  ) -> Fr {
    var message = Transcript("RCKZGBATCH___V1_", capacity: 160 * openings.count + 64)
    message.append(UInt64(elementsPerBlob))
    message.append(UInt64(openings.count))
    for (i, opening) in openings.enumerated() {
      message.bytes += commitments[i]
      message.append(opening.z)
      message.append(opening.y)
      message.bytes += proofs[i]
    }
    return message.challenge
  }

  /// The factor of a batch of cell proofs: `compute_verify_cell_kzg_proof_batch_challenge`.
  static func batchChallenge(
    commitments: [[UInt8]], commitmentIndices: [Int], _ cellIndices: [Int], cells: [[UInt8]],
    proofs: [[UInt8]]
  ) -> Fr {
    var message = Transcript(
      "RCKZGCBATCH__V1_", capacity: 48 * commitments.count + (cellSize + 64) * cells.count + 64)
    message.append(UInt64(elementsPerBlob))
    message.append(UInt64(elementsPerCell))
    message.append(UInt64(commitments.count))
    message.append(UInt64(cells.count))
    for commitment in commitments { message.bytes += commitment }
    for i in cells.indices {
      message.append(UInt64(commitmentIndices[i]))
      message.append(UInt64(cellIndices[i]))
      message.bytes += cells[i]
      message.bytes += proofs[i]
    }
    return message.challenge
  }
}

/// What is hashed to a challenge.
private struct Transcript {
  var bytes: [UInt8]

  init(_ domain: String, capacity: Int) {
    bytes = []
    bytes.reserveCapacity(capacity)
    bytes += domain.utf8
  }

  /// Eight bytes, big-endian.
  mutating func append(_ number: UInt64) {
    withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
  }

  mutating func append(_ element: KZG.Fr) { bytes += element.bigEndianBytes }

  /// SHA-256 modulo the order.
  var challenge: KZG.Fr {
    let hash = SHA256.hash(bytes).word
    return KZG.Fr(reducing: (hash.l0, hash.l1, hash.l2, hash.l3))
  }
}

extension BLS12381.Fr {
  /// The canonical integer in 32 bytes.
  var bigEndianBytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
      if let start = buffer.baseAddress { store(bigEndian: start) }
      count = Self.byteCount
    }
  }
}
