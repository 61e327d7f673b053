// Blobs that a request brings.

internal import Crypto
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import Synchronization

/// The blobs of a transaction, with commitments and proofs or without.
struct BlobArguments {
  private let blobs: [[UInt8]]
  private let commitments: [[UInt8]]?
  private let proofs: [[UInt8]]?

  /// One request at a time has its proofs made: that takes a processor a second or more for each blob.
  private static let making = Mutex(())
  /// No block has more blobs in one transaction.
  private static let countLimit = 128

  /// Those of a request; nil where it has none.
  init?(_ object: JSONValue) throws(RPCError) {
    func items(
      _ name: String, of size: Int, atMost limit: Int
    ) throws(RPCError) -> [[UInt8]]? {
      try object.rpcMember(name) { (value) throws(RPCError) in
        try value.rpcList(atMost: limit) { (item) throws(RPCError) in
          let bytes = try item.rpcData()
          guard bytes.count == size else {
            throw .invalidParameters("invalid length \(bytes.count), want \(size)")
          }
          return bytes
        }
      }
    }
    let (points, limit) = (BlobSidecar.pointSize, Self.countLimit)
    guard let blobs = try items("blobs", of: BlobSidecar.blobSize, atMost: limit) else {
      return nil
    }
    self.blobs = blobs
    commitments = try items("commitments", of: points, atMost: limit)
    proofs = try items(
      "proofs", of: points, atMost: limit * BlobSidecar.Version.cellProofs.proofsPerBlob)
    if commitments == nil, proofs != nil {
      throw .failed("blob proofs provided while commitments were not")
    }
    if commitments != nil, proofs == nil {
      throw .failed("blob commitments provided while proofs were not")
    }
  }

  /// The blobs as the next block's rules want them, and the hashes that name them. `named` are those that the
  /// request says.
  func complete(
    _ named: [Hash256]?, by validation: PoolValidation
  ) throws(RPCError) -> (sidecar: BlobSidecar, hashes: [Hash256]) {
    let most = min(validation.rules.blobLimit, Int(clamping: validation.blobs?.max ?? 0))
    if blobs.count > most {
      throw .failed("too many blobs in transaction (have=\(blobs.count), max=\(most))")
    }
    for (what, count) in [("hashes", named?.count), ("commitments", commitments?.count)] {
      if let count, count != blobs.count {
        throw .failed("number of blobs and \(what) mismatch (have=\(count), want=\(blobs.count))")
      }
    }
    let sidecar = try sidecar(validation.sidecarVersion)
    let hashes = sidecar.commitments.map { commitment in
      commitment.withUnsafeBytes { KZG.versionedHash(of: $0) }
    }
    for (wanted, hash) in zip(named ?? [], hashes) where wanted != hash {
      throw .failed("blob hash verification failed (have=\(wanted), want=\(hash))")
    }
    return (sidecar, hashes)
  }

  private func sidecar(_ version: BlobSidecar.Version) throws(RPCError) -> BlobSidecar {
    let count = blobs.count * version.proofsPerBlob
    if let commitments, let proofs {
      if proofs.count == count {
        let sidecar = BlobSidecar(
          version: version, blobs: blobs, commitments: commitments, proofs: proofs)
        guard (try? PoolValidation.verify(sidecar)) == true else {
          throw .failed("failed to verify blob proof")
        }
        return sidecar
      }
      // One for each blob is how proofs were before Osaka: others are made in their place.
      if proofs.count != blobs.count {
        throw .failed("number of blobs and proofs mismatch (have=\(proofs.count), want=\(count))")
      }
    }
    return try Self.making.withLock { (_) throws(RPCError) in try made(version) }
  }

  /// The blobs with commitments and proofs that are made here.
  private func made(_ version: BlobSidecar.Version) throws(RPCError) -> BlobSidecar {
    var sidecar = BlobSidecar(version: version, blobs: blobs, commitments: [], proofs: [])
    for (index, blob) in blobs.enumerated() {
      do throws(KZGError) {
        let commitment = try KZG.commitment(to: blob)
        sidecar.commitments.append(commitment)
        switch version {
        case .blobProofs:
          sidecar.proofs.append(try KZG.blobProof(blob: blob, commitment: commitment))
        case .cellProofs: sidecar.proofs += try KZG.cellsAndProofs(of: blob).proofs
        }
      } catch {
        throw .failed("blobs[\(index)]: error computing commitment: \(error)")
      }
    }
    return sidecar
  }
}
