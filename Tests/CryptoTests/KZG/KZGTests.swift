// Commitments and proofs: what is honest verifies, what is not does not, what is malformed is refused.

import Primitives
import Samples
import Testing

@testable import Crypto

private let infinity: [UInt8] = [0xc0] + [UInt8](repeating: 0, count: 47)
private let orderBytes = KZG.modulus.bigEndianBytes

@Suite struct KZGTests {
  @Test func `a published proof is good and nothing near it is`() throws {
    let commitment = try [UInt8](hex: KnownProof.commitment)
    let proof = try [UInt8](hex: KnownProof.proof)
    let z = try [UInt8](hex: KnownProof.z)
    let y = try [UInt8](hex: KnownProof.y)
    func verify(_ c: [UInt8], _ z: [UInt8], _ y: [UInt8], _ p: [UInt8]) throws -> Bool {
      try KZG.verifyProof(commitment: c, z: z, y: y, proof: p)
    }
    #expect(try verify(commitment, z, y, proof))
    #expect(try !verify(proof, z, y, commitment))
    #expect(try !verify(commitment, y, z, proof))
    #expect(try !verify(commitment, z, z, proof))
    #expect(try !verify(commitment, z, y, infinity))
    // The other point of the same abscissa.
    #expect(try !verify(commitment, z, y, [proof[0] ^ 0x20] + proof.dropFirst()))
  }

  @Test func `every proof that is made is good for its value alone`() throws {
    var samples = SeededGenerator(seed: 40)
    let blob = samples.blob()
    let commitment = try KZG.commitment(to: blob)
    // Anywhere, and where the quotient needs its special case.
    for point in [samples.scalar(), .zero, BlobPolynomial.domain[0], BlobPolynomial.domain[77]] {
      let z = point.bigEndianBytes
      let (proof, y) = try KZG.proof(blob: blob, z: z)
      #expect(try KZG.verifyProof(commitment: commitment, z: z, y: y, proof: proof))
      let other = (point + .one).bigEndianBytes
      #expect(try !KZG.verifyProof(commitment: commitment, z: z, y: other, proof: proof))
      #expect(try !KZG.verifyProof(commitment: commitment, z: other, y: y, proof: proof))
    }
  }

  @Test func `a constant polynomial has itself as commitment and nothing as proof`() throws {
    let value = [UInt8](repeating: 0, count: 31) + [1]
    let blob = (0..<KZG.elementsPerBlob).flatMap { _ in value }
    let commitment = try KZG.commitment(to: blob)
    #expect(commitment == BLS12381.compressed(TrustedSetup.generatorG1))
    let (proof, y) = try KZG.proof(blob: blob, z: [UInt8](repeating: 0, count: 31) + [9])
    #expect(proof == infinity && y == value)
  }

  @Test func `blobs verify one by one and together`() throws {
    var samples = SeededGenerator(seed: 41)
    let blobs = (0..<3).map { _ in samples.blob() }
    let commitments = try blobs.map { try KZG.commitment(to: $0) }
    var proofs: [[UInt8]] = []
    for i in blobs.indices {
      proofs.append(try KZG.blobProof(blob: blobs[i], commitment: commitments[i]))
      #expect(
        try KZG.verifyBlobProof(blob: blobs[i], commitment: commitments[i], proof: proofs[i]))
    }
    func verify(_ b: [[UInt8]], _ c: [[UInt8]], _ p: [[UInt8]]) throws -> Bool {
      try KZG.verifyBlobProofs(blobs: b, commitments: c, proofs: p)
    }
    #expect(try verify(blobs, commitments, proofs))
    #expect(try verify([], [], []))
    #expect(try !verify(blobs, commitments, proofs.reversed()))
    #expect(try !verify(blobs.reversed(), commitments, proofs))
    #expect(try !KZG.verifyBlobProof(blob: blobs[0], commitment: infinity, proof: proofs[0]))
    #expect(throws: KZGError.unequalCounts) { try verify(blobs, commitments, [proofs[0]]) }
  }

  @Test func `cells verify in any selection and only with their number`() throws {
    var samples = SeededGenerator(seed: 42)
    let blobs = [samples.blob(), samples.blob()]
    let commitments = try blobs.map { try KZG.commitment(to: $0) }
    // Two cells of one blob on the coset of one of the other. Proofs by division, cell by cell.
    let chosen: [(blob: Int, cell: Int)] = [(0, 0), (0, 127), (1, 127), (1, 5)]
    var cells: [[UInt8]] = []
    var proofs: [[UInt8]] = []
    for (blob, cell) in chosen {
      cells.append(try KZG.cells(of: blobs[blob])[cell])
      proofs.append(try cellProof(of: blobs[blob], cell))
    }
    func verify(_ order: [Int], indices: [UInt64]? = nil, cells: [[UInt8]]) throws -> Bool {
      try KZG.verifyCellProofs(
        commitments: order.map { commitments[chosen[$0].blob] },
        cellIndices: indices ?? order.map { UInt64(chosen[$0].cell) },
        cells: order.map { cells[$0] }, proofs: order.map { proofs[$0] })
    }
    #expect(try verify([0, 1, 2, 3], cells: cells))
    #expect(try verify([3, 1], cells: cells) && verify([2], cells: cells))
    #expect(try verify([1, 1], cells: cells) && verify([], cells: cells))
    #expect(try !verify([0, 1], indices: [0, 126], cells: cells))
    #expect(throws: KZGError.cellIndex(128)) { try verify([0], indices: [128], cells: cells) }
    var damaged = cells
    damaged[1][31] ^= 1
    #expect(try !verify([0, 1, 2, 3], cells: damaged) && verify([0, 2, 3], cells: damaged))
    #expect(throws: KZGError.unequalCounts) {
      try KZG.verifyCellProofs(commitments: [], cellIndices: [], cells: cells, proofs: [])
    }
  }

  /// The proof of a cell: the quotient by X⁶⁴ − h⁶⁴, term by term.
  private func cellProof(of blob: [UInt8], _ cell: Int) throws -> [UInt8] {
    let coefficients = try BlobPolynomial(blob).coefficients
    let power = KZG.cosetPower(cell)
    var quotient = [Fr](repeating: .zero, count: coefficients.count)
    for i in (64..<coefficients.count).reversed() {
      quotient[i - 64] = coefficients[i] + power * quotient[i]
    }
    return BLS12381.compressed(
      KZG.combination(TrustedSetup.allMonomialG1, quotient).affine())
  }

  @Test func `the proofs of all cells are the quotients' commitments`() throws {
    var samples = SeededGenerator(seed: 43)
    let blob = samples.blob()
    let (cells, proofs) = try KZG.cellsAndProofs(of: blob)
    #expect(cells.count == 128 && proofs.count == 128)
    #expect(try cells == KZG.cells(of: blob))
    // The first half of the cells is the blob.
    #expect(cells.prefix(64).flatMap(\.self) == blob)
    for cell in [0, 1, 64, 127] { #expect(try proofs[cell] == cellProof(of: blob, cell)) }
  }

  @Test func `malformed inputs are named`() throws {
    let good = [UInt8](repeating: 0, count: 32)
    func fault(_ c: [UInt8], _ z: [UInt8], _ y: [UInt8], _ p: [UInt8]) -> KZGError? {
      do throws(KZGError) {
        _ = try KZG.verifyProof(commitment: c, z: z, y: y, proof: p)
        return nil
      } catch {
        return error
      }
    }
    #expect(fault(infinity, good, good, infinity) == nil)
    #expect(fault(infinity, orderBytes, good, infinity) == .notAnElement(.z))
    #expect(fault(infinity, good, orderBytes, infinity) == .notAnElement(.y))
    #expect(fault(infinity, [0], good, infinity) == .length(.z, 32, found: 1))
    #expect(fault([], good, good, infinity) == .length(.commitment, 48, found: 0))
    #expect(fault(infinity, good, good, infinity + [0]) == .length(.proof, 48, found: 49))
    // On the curve, outside of G1.
    let stray: [UInt8] = [0x80] + [UInt8](repeating: 0, count: 46) + [4]
    #expect(stray.withUnsafeBytes { BLS12381.compressedG1(at: $0.baseAddress!) } != nil)
    #expect(fault(stray, good, good, infinity) == .notAPoint(.commitment))
    #expect(fault(infinity, good, good, stray) == .notAPoint(.proof))
    #expect(throws: KZGError.length(.blob, 131_072, found: 3)) {
      try KZG.commitment(to: [1, 2, 3])
    }
    let large = orderBytes + [UInt8](repeating: 0, count: 131_040)
    #expect(throws: KZGError.notAnElement(.blob)) { try KZG.commitment(to: large) }
    #expect(KZGError.cellIndex(200).description.contains("200"))
  }
}
