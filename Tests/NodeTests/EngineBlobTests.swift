// Blobs that the consensus client asks for, and those of payloads.

import Crypto
import Foundation
import JSON
import Ledger
import Primitives
import Testing

@testable import Node

@Suite(.serialized) struct EngineBlobTests {
  private let unknown = "0x" + String(repeating: "11", count: 32)

  private func send(
    _ nonce: UInt64, by account: Int = 0, _ version: BlobSidecar.Version, to engine: TestEngine
  ) async throws -> TestEngine.Object {
    let encoding = try BlobSamples.transaction(nonce, by: account)
      .encoded(with: BlobSamples.sidecar(version))
    return try await engine.ask("eth_sendRawTransaction", [Hex.encode(encoding)])
  }

  @Test func blobsAreToldAsTheForkWantsThem() async throws {
    let engine = try TestEngine()
    #expect(try await send(0, .cellProofs, to: engine)["result"] != nil)
    let known = BlobSamples.hash.hex
    #expect(try await engine.errorCode("engine_getBlobsV1", [[known]]) == -38005)
    let whole = try await engine.ask("engine_getBlobsV2", [[known]])["result"] as? [Any]
    #expect(whole?.count == 1)
    #expect(try await engine.ask("engine_getBlobsV2", [[known, unknown]])["result"] is NSNull)
    let part = try await engine.ask("engine_getBlobsV3", [[known, unknown]])["result"] as? [Any]
    #expect(part?.count == 2 && part?[1] is NSNull)
    let blob = part?[0] as? TestEngine.Object
    #expect((blob?["proofs"] as? [String])?.count == 128)
    #expect((blob?["blob"] as? String)?.count == 2 + 2 * BlobSidecar.blobSize)
    let many = [String](repeating: unknown, count: 129)
    for version in 1...3 {
      #expect(try await engine.errorCode("engine_getBlobsV\(version)", [many]) == -38004)
    }
  }

  @Test func blobsThatABranchLosesWaitAgain() async throws {
    let engine = try TestEngine()
    let empty = try await engine.build(on: engine.genesisHash, time: 1013, payee: 2)
    #expect(try await send(0, .cellProofs, to: engine)["result"] != nil)
    let full = try await engine.build(on: engine.genesisHash, time: 1012)
    #expect((full.object["transactions"] as? [String])?.count == 1)
    func isKnown() async throws -> Bool {
      !(try await engine.ask("engine_getBlobsV2", [[BlobSamples.hash.hex]])["result"] is NSNull)
    }
    for _ in 0..<2 {
      #expect(try await engine.status(full.hash) == "VALID")
      #expect(try await !isKnown())
      #expect(try await engine.status(empty.hash) == "VALID")
      #expect(try await isKnown())
    }
    let next = try await engine.build(on: empty.hash, time: 1024)
    #expect(next.object["transactions"] as? [String] == full.object["transactions"] as? [String])
    #expect(try await engine.status(next.hash) == "VALID")
    #expect(try await !isKnown())
  }

  @Test func theBytesOfBlobsInBlocksAreBounded() throws {
    let included = IncludedBlobs(byteLimit: 2 * BlobSidecar.blobSize)
    var all: [PooledTransaction] = []
    for nonce in 0..<4 as Range<UInt64> {
      let transaction = try BlobSamples.transaction(nonce)
      all.append(
        PooledTransaction(
          transaction, hash: Keccak256.hash(transaction.encoded), sender: Address(1),
          encoding: transaction.encoded, sidecar: BlobSamples.sidecar(), arrival: nonce))
      for _ in 0..<2 { included.note(all[Int(nonce)]) }
    }
    let kept = all.map { included.withBlobs($0.encoding[...], hash: $0.hash) != $0.encoding }
    #expect(kept == [false, false, true, true])
  }

  @Test func beforeOsakaABlobHasOneProof() async throws {
    let engine = try TestEngine(fork: .prague)
    #expect(try await send(0, .blobProofs, to: engine)["result"] != nil)
    let known = BlobSamples.hash.hex
    let first = try await engine.ask("engine_getBlobsV1", [[known, unknown]])["result"] as? [Any]
    #expect(first?.count == 2 && first?[1] is NSNull)
    #expect((first?[0] as? TestEngine.Object)?["proof"] as? String != nil)
    #expect(try await engine.ask("engine_getBlobsV2", [[known]])["result"] is NSNull)
  }

  /// How many transactions and proofs the payload behind a block has.
  private func payload(
    of engine: TestEngine, on parent: String, time: UInt64, version: Int
  ) async throws -> (transactions: Int?, proofs: Int?, hash: String?) {
    let answer = try await engine.choose(parent, attributes: engine.attributes(time: time))
    let id = try #require((answer["result"] as? TestEngine.Object)?["payloadId"] as? String)
    let built = try await engine.ask("engine_getPayloadV\(version)", [id])
    let result = try #require(built["result"] as? TestEngine.Object, "\(built)")
    let payload = result["executionPayload"] as? TestEngine.Object
    let bundle = result["blobsBundle"] as? TestEngine.Object
    return (
      (payload?["transactions"] as? [String])?.count, (bundle?["proofs"] as? [String])?.count,
      payload?["blockHash"] as? String
    )
  }

  @Test func blobsThatAreProvenAsBeforeStandInNoBlockOfALaterFork() async throws {
    let engine = try TestEngine(fork: .prague, later: [.osaka: 1010])
    #expect(try await send(0, .blobProofs, to: engine)["result"] != nil)
    let early = try await payload(of: engine, on: engine.genesisHash, time: 1005, version: 4)
    #expect(early.transactions == 1 && early.proofs == 1)
    let late = try await payload(of: engine, on: engine.genesisHash, time: 1012, version: 5)
    #expect(late.transactions == 0 && late.proofs == 0)
    // From then on they wait in vain, and make room for those that do not.
    #expect(try await engine.status(try #require(late.hash)) == "VALID")
    #expect(try await engine.ask("engine_getBlobsV3", [[BlobSamples.hash.hex]])["error"] == nil)
    #expect(try await send(0, .cellProofs, to: engine)["result"] != nil)
    let next = try await payload(
      of: engine, on: try #require(late.hash), time: 1024, version: 5)
    #expect(next.transactions == 1 && next.proofs == 128)
  }
}
