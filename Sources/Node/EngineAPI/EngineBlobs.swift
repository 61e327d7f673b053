// Blobs that the pool knows, for the consensus layer.

internal import JSON
internal import Ledger
internal import Primitives

/// A blob with what proves it.
struct BlobWithProofs: Sendable {
  let blob: [UInt8]
  let commitment: [UInt8]
  /// How the proofs are made.
  let version: BlobSidecar.Version
  /// As many as `version` says.
  let proofs: [[UInt8]]
}

/// Finds the blob with a versioned hash; nil where it is not known.
typealias BlobSource = @Sendable (Hash256) -> BlobWithProofs?

extension EngineMethods {
  /// How many blobs may be asked for at a time.
  private static let blobLimit = 128

  /// engine_getBlobsV1: null for each that is not known. V2: null as soon as one is not.
  func getBlobs(
    _ parameters: RPCParameters, version: Int, to writer: inout JSONWriter
  ) throws(RPCError) {
    try parameters.expect(atMost: 1)
    let hashes = try parameters.required(0) { (value) throws(RPCError) in
      try value.rpcList { (value) throws(RPCError) in try value.rpcHash() }
    }
    if hashes.count > Self.blobLimit { throw .tooLargeRequest(hashes.count, limit: Self.blobLimit) }
    let wanted: BlobSidecar.Version = version == 1 ? .blobProofs : .cellProofs
    let found = hashes.map { hash in blobs(hash).flatMap { $0.version == wanted ? $0 : nil } }
    if version > 1, found.contains(where: { $0 == nil }) { return writer.null() }
    writer.array { list in
      for blob in found {
        guard let blob else {
          list.null()
          continue
        }
        list.object { object in
          object.member("blob", data: blob.blob)
          if version == 1 {
            object.member("proof", data: blob.proofs.first ?? [])
          } else {
            object.key("proofs")
            object.array { list in for proof in blob.proofs { list.value(data: proof) } }
          }
        }
      }
    }
  }

  /// The blobs of a payload, as far as they are known.
  func writeBundle(of payload: BuiltPayload, to object: inout JSONWriter) throws(RPCError) {
    let found = try payload.versionedHashes().compactMap { blobs($0) }
    object.key("blobsBundle")
    object.object { object in
      let parts: [(name: String, items: [[UInt8]])] = [
        ("commitments", found.map(\.commitment)), ("proofs", found.flatMap(\.proofs)),
        ("blobs", found.map(\.blob)),
      ]
      for (name, items) in parts {
        object.key(name)
        object.array { list in for item in items { list.value(data: item) } }
      }
    }
  }
}
