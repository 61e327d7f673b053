// Whether the blobs of a transaction are those that it names.

internal import Crypto
internal import Execution
internal import Ledger
internal import Primitives

extension BlobSidecar.Version {
  /// How blobs are proven to who makes blocks of a fork.
  init(at fork: Fork) { self = fork >= .osaka ? .cellProofs : .blobProofs }
}

extension PoolValidation {
  /// Checks the blobs of a transaction: what is cheap first, the proofs last.
  func checkBlobs(of transaction: Transaction, _ sidecar: BlobSidecar?) throws(RPCError) {
    guard let sidecar else { throw .failed("missing sidecar in blob transaction") }
    let hashes = transaction.blobVersionedHashes
    if hashes.isEmpty { throw .failed("blobless blob transaction") }
    if transaction.to == nil { throw .failed("blob transaction of type create") }
    let most = rules.blobLimit
    if hashes.count > most {
      throw .failed("too many blobs in transaction: have \(hashes.count), permitted \(most)")
    }
    let wanted = sidecarVersion
    guard sidecar.version == wanted else {
      throw .failed(
        "unexpected sidecar version, want: \(wanted.rawValue), got: \(sidecar.version.rawValue)")
    }
    for (index, commitment) in sidecar.commitments.enumerated() {
      let hash = commitment.withUnsafeBytes { KZG.versionedHash(of: $0) }
      guard hash == hashes[index] else {
        throw .failed(
          "blob \(index): computed hash \(hash) mismatches transaction one \(hashes[index])")
      }
    }
    let isProven: Bool
    do throws(KZGError) {
      isProven = try Self.verify(sidecar)
    } catch {
      throw .failed("invalid blob proof: \(error)")
    }
    if !isProven { throw .failed("invalid blob proof") }
  }

  /// How the proofs of blobs are made.
  var sidecarVersion: BlobSidecar.Version { BlobSidecar.Version(at: fork) }

  /// Whether blobs are those that the commitments beside them are to.
  static func verify(_ sidecar: BlobSidecar) throws(KZGError) -> Bool {
    guard sidecar.version == .cellProofs else {
      return try KZG.verifyBlobProofs(
        blobs: sidecar.blobs, commitments: sidecar.commitments, proofs: sidecar.proofs)
    }
    let count = BlobSidecar.Version.cellProofs.proofsPerBlob
    var (commitments, indices, cells) = ([[UInt8]](), [UInt64](), [[UInt8]]())
    for (blob, commitment) in zip(sidecar.blobs, sidecar.commitments) {
      cells += try KZG.cells(of: blob)
      commitments += Array(repeating: commitment, count: count)
      indices += (0..<count).map { UInt64($0) }
    }
    return try KZG.verifyCellProofs(
      commitments: commitments, cellIndices: indices, cells: cells, proofs: sidecar.proofs)
  }
}
