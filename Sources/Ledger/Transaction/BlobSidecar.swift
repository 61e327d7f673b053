// The blobs that travel beside a transaction but do not enter a block.

import Primitives

/// The blobs of a transaction with their commitments and proofs, as the network passes them along.
///
/// Only the form is checked here: sizes and counts, not the proofs.
public struct BlobSidecar: Sendable, Hashable {
  /// How the proofs are made.
  public enum Version: UInt8, Sendable {
    /// One proof a blob (EIP-4844).
    case blobProofs
    /// `proofsPerBlob` proofs a blob, one for each cell (EIP-7594).
    case cellProofs

    /// How many proofs belong to a blob.
    public var proofsPerBlob: Int { self == .blobProofs ? 1 : 128 }
  }

  /// The bytes of a blob.
  public static let blobSize = 131_072
  /// The bytes of a commitment, and of a proof.
  public static let pointSize = 48

  /// How the proofs are made.
  public var version: Version
  /// The blobs, `blobSize` bytes each.
  public var blobs: [[UInt8]]
  /// A commitment for each blob, `pointSize` bytes.
  public var commitments: [[UInt8]]
  /// The proofs, blob by blob, `pointSize` bytes each.
  public var proofs: [[UInt8]]

  /// A sidecar of these parts.
  public init(
    version: Version, blobs: [[UInt8]], commitments: [[UInt8]], proofs: [[UInt8]]
  ) {
    self.version = version
    self.blobs = blobs
    self.commitments = commitments
    self.proofs = proofs
  }
}

extension Transaction {
  /// The form in which a blob transaction is announced: with its sidecar.
  public func encoded(with sidecar: BlobSidecar) -> [UInt8] {
    let size = sidecar.blobs.count * (BlobSidecar.blobSize + 6 * 1024)
    var encoder = RLPEncoder(reservingCapacity: encodedSizeBound + size)
    encoder.encode(UInt64(kind.rawValue))
    encoder.list { encoder in
      writeBody(to: &encoder, signed: true)
      if sidecar.version != .blobProofs { encoder.encode(UInt64(sidecar.version.rawValue)) }
      for part in [sidecar.blobs, sidecar.commitments, sidecar.proofs] {
        encoder.list { encoder in
          for item in part { encoder.encode(item) }
        }
      }
    }
    return encoder.bytes
  }

  /// The transaction and sidecar that `encoding` holds, or the transaction alone where it is in its
  /// canonical form.
  public static func decode(
    pooled encoding: [UInt8]
  ) throws(TransactionDecodingError) -> (transaction: Transaction, sidecar: BlobSidecar?) {
    guard encoding.first == Kind.blob.rawValue else {
      return (try Transaction(decoding: encoding), nil)
    }
    var parts = try Reader(listIn: encoding.dropFirst(), base: 1, whole: .envelope)
    // The canonical form begins with the chain id, a byte string.
    guard try parts.listFollows(.envelope) else {
      return (try Transaction(decoding: encoding), nil)
    }
    let transaction = try Transaction(.blob, try parts.list(.envelope))
    let sidecar = try BlobSidecar(
      from: &parts, count: transaction.blobVersionedHashes.count)
    return (transaction, sidecar)
  }
}

extension BlobSidecar {
  fileprivate init(
    from parts: inout Transaction.Reader, count: Int
  ) throws(TransactionDecodingError) {
    var version = Version.blobProofs
    if try !parts.listFollows(.sidecar) {
      let offset = parts.offset
      guard try parts.uint64(.sidecar) == Version.cellProofs.rawValue else {
        throw TransactionDecodingError(.sidecar, .invalidValue, at: offset)
      }
      version = .cellProofs
    }
    self.init(
      version: version,
      blobs: try Self.items(.blobs, of: Self.blobSize, count: count, from: &parts),
      commitments: try Self.items(.commitments, of: Self.pointSize, count: count, from: &parts),
      proofs: try Self.items(
        .proofs, of: Self.pointSize, count: count * version.proofsPerBlob, from: &parts))
    try parts.expectEnd(.envelope)
  }

  /// Reads a list of exactly `count` byte strings of `size` bytes.
  private static func items(
    _ field: Transaction.Field, of size: Int, count: Int, from parts: inout Transaction.Reader
  ) throws(TransactionDecodingError) -> [[UInt8]] {
    var list = try parts.list(field)
    var items: [[UInt8]] = []
    for _ in 0..<count { items.append(Array(try list.bytes(field, count: size))) }
    try list.expectEnd(field)
    return items
  }
}
