// Blobs of zeros, and transactions that bring them.

import Crypto
import Ledger
import Node
import Primitives
import Testing

/// Blobs that are cheap to make: the commitment to a blob of zeros and all proofs of it are the point at infinity.
enum BlobSamples {
  static let infinity: [UInt8] = [0xc0] + [UInt8](repeating: 0, count: 47)
  static let blob = [UInt8](repeating: 0, count: BlobSidecar.blobSize)
  static var hash: Hash256 { infinity.withUnsafeBytes { KZG.versionedHash(of: $0) } }

  static func sidecar(
    _ version: BlobSidecar.Version = .cellProofs, count: Int = 1
  ) -> BlobSidecar {
    BlobSidecar(
      version: version, blobs: Array(repeating: blob, count: count),
      commitments: Array(repeating: infinity, count: count),
      proofs: Array(repeating: infinity, count: count * version.proofsPerBlob))
  }

  static func transaction(
    _ nonce: UInt64, by account: Int = 0, blobs: Int = 1, blobFee: UInt64 = 1_000_000_000
  ) throws -> Transaction {
    let draft = Transaction(
      kind: .blob, chainID: 31_337, nonce: nonce,
      maxPriorityFeePerGas: UInt256(1_000_000_000 as UInt64),
      maxFeePerGas: UInt256(3_000_000_000 as UInt64), gasLimit: 21_000, to: Address(0xaa),
      maxFeePerBlobGas: UInt256(blobFee), blobVersionedHashes: Array(repeating: hash, count: blobs))
    return try #require(draft.signed(by: TestNode.accounts[account].privateKey))
  }
}
