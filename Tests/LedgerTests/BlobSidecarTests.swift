// Blob transactions in the form the network passes along.

import Ledger
import Primitives
import Samples
import Testing

@Suite struct BlobSidecarTests {
  private static func pooled(
    _ version: BlobSidecar.Version, blobs: Int
  ) -> (transaction: Transaction, sidecar: BlobSidecar) {
    var generator = SeededGenerator(seed: 1)
    var transaction = generator.transaction(.blob)
    transaction.blobVersionedHashes = (0..<blobs).map { _ in generator.hash() }
    func points(_ count: Int) -> [[UInt8]] {
      (0..<count).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 48) }
    }
    let sidecar = BlobSidecar(
      version: version,
      blobs: (0..<blobs).map { [UInt8](repeating: UInt8($0), count: BlobSidecar.blobSize) },
      commitments: points(blobs), proofs: points(blobs * version.proofsPerBlob))
    return (transaction, sidecar)
  }

  private func refusal(_ encoding: [UInt8]) -> TransactionDecodingError? {
    do throws(TransactionDecodingError) {
      _ = try Transaction.decode(pooled: encoding)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [BlobSidecar.Version.blobProofs, .cellProofs], [0, 1, 2])
  func decodingUndoesEncoding(version: BlobSidecar.Version, blobs: Int) throws {
    let (transaction, sidecar) = Self.pooled(version, blobs: blobs)
    let decoded = try Transaction.decode(pooled: transaction.encoded(with: sidecar))
    #expect(decoded.transaction == transaction)
    #expect(decoded.sidecar == sidecar)
  }

  @Test(arguments: Transaction.Kind.allCases)
  func theCanonicalFormIsReadWithoutSidecar(kind: Transaction.Kind) throws {
    var generator = SeededGenerator(seed: 2)
    let transaction = generator.transaction(kind)
    let decoded = try Transaction.decode(pooled: transaction.encoded)
    #expect(decoded.transaction == transaction && decoded.sidecar == nil)
  }

  @Test func theWholeFormIsTheListOfItsParts() throws {
    let (transaction, sidecar) = Self.pooled(.cellProofs, blobs: 1)
    let body = try RLPItem.decode(Array(transaction.encoded.dropFirst()))
    let expected = RLPItem.list([
      body, .bytes([1]), .list(sidecar.blobs.map { .bytes($0) }),
      .list(sidecar.commitments.map { .bytes($0) }), .list(sidecar.proofs.map { .bytes($0) }),
    ])
    #expect(transaction.encoded(with: sidecar) == [3] + expected.encoded)
  }

  @Test func sizesAndCountsMustFit() {
    let (transaction, sidecar) = Self.pooled(.blobProofs, blobs: 2)
    func refusal(_ change: (inout BlobSidecar) -> Void) -> TransactionDecodingError? {
      var changed = sidecar
      change(&changed)
      return self.refusal(transaction.encoded(with: changed))
    }
    let wrong: [(TransactionDecodingError?, Transaction.Field, DecodingFault)] = [
      (refusal { $0.blobs.removeLast() }, .blobs, .tooFewElements),
      (refusal { $0.blobs.append($0.blobs[0]) }, .blobs, .tooManyElements),
      (refusal { $0.blobs[1].removeLast() }, .blobs, .tooShort),
      (refusal { $0.commitments[0].append(1) }, .commitments, .tooLong),
      (refusal { $0.proofs.removeAll() }, .proofs, .tooFewElements),
      (refusal { $0.version = .cellProofs }, .proofs, .tooFewElements),
    ]
    for (error, field, fault) in wrong {
      #expect(error?.field == field && error?.fault == fault)
    }
  }

  @Test func truncationsAndOtherVersionsAreRefused() {
    let (transaction, sidecar) = Self.pooled(.cellProofs, blobs: 1)
    let encoding = transaction.encoded(with: sidecar)
    for length in stride(from: 0, to: encoding.count, by: 997) {
      #expect(refusal(Array(encoding[..<length])) != nil)
    }
    let body = Array(transaction.encoded.dropFirst())
    for version in [[0], [2], [0x80], [0xc0], []] as [[UInt8]] {
      var encoder = RLPEncoder()
      encoder.list { encoder in
        encoder.appendRaw(body)
        encoder.appendRaw(version)
      }
      #expect(refusal([3] + encoder.bytes) != nil)
    }
  }
}
