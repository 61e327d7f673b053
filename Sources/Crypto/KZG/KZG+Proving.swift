// Making commitments and proofs. Plain rather than fast: a node only verifies.

extension KZG {
  /// The commitment to a blob, 48 bytes: `blob_to_kzg_commitment`.
  public static func commitment(to blob: [UInt8]) throws(KZGError) -> [UInt8] {
    commitment(to: try BlobPolynomial(blob).values)
  }

  /// The proof (48 bytes) of the value (32 bytes) that a blob's polynomial has at `z`, and that value:
  /// `compute_kzg_proof`.
  public static func proof(
    blob: [UInt8], z: [UInt8]
  ) throws(KZGError) -> (proof: [UInt8], y: [UInt8]) {
    let polynomial = try BlobPolynomial(blob)
    let z = try element(z, .z)
    let y = polynomial.value(at: z)
    return (commitment(to: polynomial.quotient(at: z, value: y)), y.bigEndianBytes)
  }

  /// The proof that `commitment` is one to `blob`: `compute_blob_kzg_proof`. Whether it is one is not
  /// checked.
  public static func blobProof(
    blob: [UInt8], commitment: [UInt8]
  ) throws(KZGError) -> [UInt8] {
    _ = try point(commitment, .commitment)
    let z = challenge(blob: blob, commitment: commitment)
    return try proof(blob: blob, z: z.bigEndianBytes).proof
  }

  /// The 128 cells of the extended blob, 2048 bytes each: `compute_cells`.
  public static func cells(of blob: [UInt8]) throws(KZGError) -> [[UInt8]] {
    cells(try BlobPolynomial(blob).coefficients)
  }

  /// The cells and the proof of each: `compute_cells_and_kzg_proofs`.
  public static func cellsAndProofs(
    of blob: [UInt8]
  ) throws(KZGError) -> (cells: [[UInt8]], proofs: [[UInt8]]) {
    let coefficients = try BlobPolynomial(blob).coefficients
    return (cells(coefficients), cellProofs(coefficients))
  }

  private static func commitment(to values: [Fr]) -> [UInt8] {
    BLS12381.compressed(combination(TrustedSetup.lagrangeOfBlob, values).affine())
  }

  private static func cells(_ coefficients: [Fr]) -> [[UInt8]] {
    let padding = [Fr](repeating: .zero, count: RootsOfUnity.count - coefficients.count)
    let values = RootsOfUnity.reversed(RootsOfUnity.evaluated(coefficients + padding))
    return stride(from: 0, to: values.count, by: elementsPerCell).map { start in
      values[start..<start + elementsPerCell].flatMap(\.bigEndianBytes)
    }
  }

  /// The quotient of p by X⁶⁴ − c is Σₖ cᵏ·qₖ, where qₖ are the coefficients from 64·(k + 1) on: a
  /// polynomial in c whose values at the 128th roots of unity are the proofs.
  private static func cellProofs(_ coefficients: [Fr]) -> [[UInt8]] {
    var commitments: [JacobianPoint<BLS12381.G1>] = stride(
      from: elementsPerCell, to: coefficients.count, by: elementsPerCell
    ).map { start in
      let quotient = Array(coefficients[start...])
      return combination(Array(TrustedSetup.allMonomialG1.prefix(quotient.count)), quotient)
    }
    commitments += [JacobianPoint<BLS12381.G1>](
      repeating: .infinity, count: cellsPerBlob - commitments.count)
    return RootsOfUnity.reversed(RootsOfUnity.evaluated(commitments)).map {
      BLS12381.compressed($0.affine())
    }
  }
}
