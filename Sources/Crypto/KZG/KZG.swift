// Commitments to the polynomials of blobs, and the proofs of their values: verification.

public import Primitives

/// The polynomial commitments of EIP-4844 and EIP-7594, by the consensus specifications
/// (`deneb/polynomial-commitments.md`, `fulu/polynomial-commitments-sampling.md`).
///
/// A false proof is an answer; an input that is no encoding of anything is a `KZGError`.
public enum KZG {
  /// Elements of a blob: values of its polynomial.
  public static let elementsPerBlob = 4096
  /// Elements of a cell, the piece of an extended blob that is sampled.
  public static let elementsPerCell = 64
  /// Cells of an extended blob.
  public static let cellsPerBlob = 128

  /// The order of the group, below which every element of a blob is.
  public static let modulus = UInt256(
    l0: 0xffff_ffff_0000_0001, l1: 0x53bd_a402_fffe_5bfe, l2: 0x3339_d808_09a1_d805,
    l3: 0x73ed_a753_299d_7d48)

  /// log₂ of the elements of a blob.
  static let blobBits = 12
  static let elementSize = 32
  static let pointSize = 48
  static let blobSize = elementsPerBlob * elementSize
  static let cellSize = elementsPerCell * elementSize

  typealias Fr = BLS12381.Fr
  typealias Point = AffinePoint<BLS12381.G1>

  /// Whether `proof` (48 bytes) shows that the polynomial behind `commitment` (48) has the value `y`
  /// at `z` (32 bytes each, big-endian): `verify_kzg_proof`.
  public static func verifyProof(
    commitment: [UInt8], z: [UInt8], y: [UInt8], proof: [UInt8]
  ) throws(KZGError) -> Bool {
    verify(
      try point(commitment, .commitment), z: try element(z, .z), y: try element(y, .y),
      try point(proof, .proof))
  }

  /// Whether `proof` shows that `commitment` is one to `blob` (131,072 bytes):
  /// `verify_blob_kzg_proof`.
  public static func verifyBlobProof(
    blob: [UInt8], commitment: [UInt8], proof: [UInt8]
  ) throws(KZGError) -> Bool {
    let opening = try Opening(blob: blob, commitment: commitment, proof: proof)
    return verify(opening.commitment, z: opening.z, y: opening.y, opening.proof)
  }

  /// Whether every proof shows that the commitment at its place is one to the blob there:
  /// `verify_blob_kzg_proof_batch`, one pairing for all.
  public static func verifyBlobProofs(
    blobs: [[UInt8]], commitments: [[UInt8]], proofs: [[UInt8]]
  ) throws(KZGError) -> Bool {
    guard blobs.count == commitments.count, blobs.count == proofs.count else {
      throw .unequalCounts
    }
    var openings: [Opening] = []
    for i in blobs.indices {
      openings.append(
        try Opening(blob: blobs[i], commitment: commitments[i], proof: proofs[i]))
    }
    guard !openings.isEmpty else { return true }
    return verify(openings, factor: batchChallenge(openings, commitments, proofs))
  }

  /// The point evaluation of EIP-4844 on its 192 bytes: versioned hash, z, y, commitment, proof. False
  /// when the input is malformed, the hash is not the commitment's, or the proof is not good.
  public static func evaluatesAsClaimed(_ input: UnsafeRawBufferPointer) -> Bool {
    guard let bytes = input.baseAddress, input.count == 192 else { return false }
    let commitment = UnsafeRawBufferPointer(start: bytes + 96, count: pointSize)
    guard versionedHash(of: commitment) == Hash256(bytesAt: bytes),
      let z = Fr(bigEndian: bytes + 32), let y = Fr(bigEndian: bytes + 64),
      let c = BLS12381.compressedG1(at: bytes + 96), c.isInPrimeOrderSubgroup,
      let proof = BLS12381.compressedG1(at: bytes + 144), proof.isInPrimeOrderSubgroup
    else { return false }
    return verify(c, z: z, y: y, proof)
  }

  /// What a blob transaction names a blob by: the commitment's SHA-256, whose first byte becomes the
  /// version 1 (EIP-4844).
  public static func versionedHash(of commitment: UnsafeRawBufferPointer) -> Hash256 {
    var word = SHA256.hash(commitment).word
    word.l3 = word.l3 & (.max &>> 8) | 1 &<< 56
    return Hash256(word)
  }
}

extension KZG {
  /// A proof with all that it is checked against.
  struct Opening {
    let commitment: Point
    let z: Fr
    let y: Fr
    let proof: Point

    /// What must hold for a blob: its polynomial's value at the challenge.
    init(blob: [UInt8], commitment: [UInt8], proof: [UInt8]) throws(KZGError) {
      let polynomial = try BlobPolynomial(blob)
      self.commitment = try point(commitment, .commitment)
      self.proof = try point(proof, .proof)
      z = KZG.challenge(blob: blob, commitment: commitment)
      y = polynomial.value(at: z)
    }
  }

  /// e(C − y·G, H) = e(π, (s − z)·H), as e(C − y·G + z·π, −H)·e(π, s·H) = 1: so both points of G2 are
  /// constants.
  static func verify(_ commitment: Point, z: Fr, y: Fr, _ proof: Point) -> Bool {
    let points = [TrustedSetup.generatorG1, proof]
    let shifted = combination(points, [-y, z]) + commitment
    return isOne(minusGenerator: shifted.affine(), (proof, TrustedSetup.secretG2))
  }

  /// Many at once: the sum of both sides, each multiplied by a power of `factor`.
  private static func verify(_ openings: [Opening], factor: Fr) -> Bool {
    var points = [TrustedSetup.generatorG1]
    var factors = [Fr.zero]
    var power = Fr.one
    var powers: [Fr] = []
    for opening in openings {
      points += [opening.commitment, opening.proof]
      factors += [power, power * opening.z]
      factors[0] = factors[0] - power * opening.y
      powers.append(power)
      power = power * factor
    }
    let proofs = combination(openings.map(\.proof), powers).affine()
    return isOne(
      minusGenerator: combination(points, factors).affine(), (proofs, TrustedSetup.secretG2))
  }

  /// Σ factorᵢ·pointᵢ.
  static func combination(_ points: [Point], _ factors: [Fr]) -> JacobianPoint<BLS12381.G1> {
    points.withUnsafeBufferPointer { points in
      BLS12381.combination(points) { factors[$0].integer }
    }
  }

  /// Whether e(p, −H)·e(q.0, q.1) is one.
  static func isOne(
    minusGenerator p: Point, _ q: (Point, AffinePoint<BLS12381.G2>)
  ) -> Bool {
    BLS12381.isOne([(p, -TrustedSetup.generatorG2), q])
  }

  /// The point of G1 that 48 bytes encode.
  static func point(_ bytes: [UInt8], _ what: KZGError.Part) throws(KZGError) -> Point {
    guard bytes.count == pointSize else { throw .length(what, pointSize, found: bytes.count) }
    let point = bytes.withUnsafeBytes {
      $0.baseAddress.flatMap { BLS12381.compressedG1(at: $0) }
    }
    guard let point, point.isInPrimeOrderSubgroup else { throw .notAPoint(what) }
    return point
  }

  /// The scalar that 32 bytes encode.
  static func element(_ bytes: [UInt8], _ what: KZGError.Part) throws(KZGError) -> Fr {
    guard bytes.count == elementSize else { throw .length(what, elementSize, found: bytes.count) }
    return try elements(bytes, what)[0]
  }

  /// The scalars that the bytes encode, 32 each.
  static func elements(_ bytes: [UInt8], _ what: KZGError.Part) throws(KZGError) -> [Fr] {
    var result: [Fr] = []
    result.reserveCapacity(bytes.count / elementSize)
    let isDone = bytes.withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return true }
      for offset in stride(from: 0, to: buffer.count, by: elementSize) {
        guard let element = Fr(bigEndian: start + offset) else { return false }
        result.append(element)
      }
      return true
    }
    guard isDone else { throw .notAnElement(what) }
    return result
  }
}
