// Transactions with blobs, as those who send them see it.

import Crypto
import JSON
import Ledger
import Primitives
import Testing

@testable import Node

@Suite(.serialized) struct BlobTransactionTests {
  private func sidecar(
    _ version: BlobSidecar.Version = .cellProofs, count: Int = 1
  ) -> BlobSidecar { BlobSamples.sidecar(version, count: count) }

  private func transaction(
    _ nonce: UInt64, blobs: Int = 1, blobFee: UInt64 = 1_000_000_000
  ) throws -> Transaction {
    try BlobSamples.transaction(nonce, blobs: blobs, blobFee: blobFee)
  }

  private func send(_ encoding: [UInt8], to node: TestNode) async throws -> JSONValue {
    try await node.ask("eth_sendRawTransaction", "[\"\(Hex.encode(encoding))\"]")
  }

  private func message(_ answer: JSONValue) throws -> String {
    try answer.field("error").field("message").string()
  }

  @Test func blobsWaitWithTheirTransactionAndAreNotInItsBlock() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let signed = try transaction(0)
    let hash = try await send(signed.encoded(with: sidecar()), to: node).field("result").hash()
    #expect(hash == Keccak256.hash(signed.encoded))
    #expect(try await node.result("txpool_status").field("pending").string() == "0x1")
    _ = try await node.result("evm_mine")
    let receipt = try await node.receipt(hash.hex)
    #expect(try receipt.field("blobGasUsed").uint64() == 131_072)
    let raw = try await node.result("eth_getRawTransactionByHash", "[\"\(hash.hex)\"]")
    #expect(try raw.bytes() == signed.encoded)
    try node.node.stop()
  }

  @Test func whatIsWrongWithTheBlobsIsToldBeforeAnythingWaits() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let signed = try transaction(0)
    var forged = sidecar()
    forged.blobs[0][31] = 1
    var other = sidecar()
    other.commitments[0] = [0xa0] + [UInt8](repeating: 1, count: 47)
    for (encoding, reason) in [
      (signed.encoded, "missing sidecar in blob transaction"),
      (signed.encoded(with: sidecar(.blobProofs)), "unexpected sidecar version, want: 1, got: 0"),
      (signed.encoded(with: forged), "invalid blob proof"),
      (signed.encoded(with: other), "blob 0: computed hash"),
      (
        try transaction(0, blobs: 7).encoded(with: sidecar(count: 7)),
        "too many blobs in transaction"
      ),
      (try transaction(0, blobs: 0).encoded(with: sidecar(count: 0)), "blobless blob transaction"),
    ] {
      let answer = try await send(encoding, to: node)
      #expect(try message(answer).hasPrefix(reason))
    }
    // Blobs that are not as many as their hashes are no transaction.
    _ = try await send(signed.encoded(with: sidecar(count: 2)), to: node).field("error")
    #expect(try await node.result("txpool_status").field("pending").string() == "0x0")
    try node.node.stop()
  }

  @Test func blobsAreFoundByTheirHashAndBoundedInNumber() throws {
    var limits = TransactionPool.Limits()
    limits.blobBytes = 3 * BlobSidecar.blobSize
    limits.accountBlobs = 2
    let pool = TransactionPool(limits: limits)
    let rich = SenderAccount(nonce: 0, balance: UInt256.max &>> 8)
    func add(_ nonce: UInt64, by sender: UInt64, blobFee: UInt64 = 1) throws -> String? {
      let waiting = try transaction(nonce, blobFee: blobFee)
      let pooled = PooledTransaction(
        waiting, hash: Hash256(UInt256(l0: sender, l1: nonce, l2: blobFee, l3: 0)),
        sender: Address(sender), encoding: waiting.encoded, sidecar: sidecar(),
        arrival: pool.nextArrival())
      return pool.add([(pooled, rich)], readIn: pool.generation)?[0].refusal
    }
    #expect(try add(0, by: 1) == nil)
    let versioned = try transaction(0).blobVersionedHashes[0]
    #expect(pool.blob(versioned)?.index == 0)
    #expect(pool.blob(versioned)?.sidecar.proofs.count == 128)
    #expect(pool.blob(.zero) == nil)
    #expect(try add(1, by: 1) == nil)
    #expect(try add(2, by: 1) == "account limit exceeded")
    // Who replaces blobs offers twice as much.
    #expect(try add(1, by: 1, blobFee: 2) == "replacement transaction underpriced")
    #expect(try add(0, by: 2) == nil)
    #expect(try add(0, by: 3) == "txpool is full")
    pool.follow([(Address(1), SenderAccount(nonce: 2, balance: rich.balance))])
    #expect(try add(0, by: 3) == nil)
    pool.removeAll()
    #expect(pool.blob(versioned) == nil)
  }

  @Test func blobsThatReplaceOthersHaveNoMoreRoomThanThese() throws {
    var limits = TransactionPool.Limits()
    limits.blobBytes = 3 * BlobSidecar.blobSize
    let pool = TransactionPool(limits: limits)
    let rich = SenderAccount(nonce: 0, balance: UInt256.max &>> 8)
    func add(blobs: Int, by sender: UInt64, fee: UInt64) throws -> String? {
      var waiting = try transaction(0, blobs: blobs, blobFee: fee)
      waiting.maxFeePerGas = UInt256(fee)
      waiting.maxPriorityFeePerGas = UInt256(fee)
      let pooled = PooledTransaction(
        waiting, hash: Hash256(UInt256(l0: sender, l1: fee, l2: 0, l3: 0)),
        sender: Address(sender), encoding: waiting.encoded, sidecar: sidecar(count: blobs),
        arrival: pool.nextArrival())
      return pool.add([(pooled, rich)], readIn: pool.generation)?[0].refusal
    }
    #expect(try add(blobs: 1, by: 1, fee: 100) == nil)
    #expect(try add(blobs: 2, by: 2, fee: 100) == nil)
    #expect(try add(blobs: 2, by: 1, fee: 200) == "txpool is full")
    #expect(try add(blobs: 2, by: 2, fee: 200) == nil)
    #expect(try add(blobs: 1, by: 2, fee: 400) == nil)
    #expect(try add(blobs: 2, by: 1, fee: 200) == nil)
    #expect(pool.counts == (2, 0))
  }
}
