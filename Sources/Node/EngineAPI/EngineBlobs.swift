// Blobs that the pool knows, for the consensus layer.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives
internal import Storage

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

  /// engine_getBlobsV1: null for each that is not known, before Osaka. V2, of Osaka: null as soon as one is
  /// not. V3: null for each that is not, as V1.
  func getBlobs(
    _ parameters: RPCParameters, version: Int, to writer: inout JSONWriter
  ) throws(RPCError) {
    try parameters.expect(atMost: 1)
    let hashes = try parameters.required(0) { (value) throws(RPCError) in
      try value.rpcList { (value) throws(RPCError) in try value.rpcHash() }
    }
    if hashes.count > Self.blobLimit { throw .tooLargeRequest(hashes.count, limit: Self.blobLimit) }
    let wanted: BlobSidecar.Version = version == 1 ? .blobProofs : .cellProofs
    let head = try pipelined { () throws(PipelineError) in
      try chain.header(of: chain.store.head.hash)
    }
    if version == 1, let head,
      BlobSidecar.Version(
        at: chain.rules.fork(
          block: head.number, timestamp: head.timestamp)) != wanted
    {
      throw .unsupportedFork("engine_getBlobsV1 is not available from Osaka on")
    }
    let found = hashes.map { hash in blobs(hash).flatMap { $0.version == wanted ? $0 : nil } }
    if version == 2, found.contains(where: { $0 == nil }) { return writer.null() }
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
}

extension BuiltPayload {
  /// Writes the blobs, in the order of the payload's transactions.
  func writeBundle(to object: inout JSONWriter) {
    object.key("blobsBundle")
    object.object { object in
      let parts: [(name: String, items: [[UInt8]])] = [
        ("commitments", sidecars.flatMap(\.commitments)), ("proofs", sidecars.flatMap(\.proofs)),
        ("blobs", sidecars.flatMap(\.blobs)),
      ]
      for (name, items) in parts {
        object.key(name)
        object.array { list in for item in items { list.value(data: item) } }
      }
    }
  }
}
