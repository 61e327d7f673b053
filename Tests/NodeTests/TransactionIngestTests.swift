// The way into the pool, without a server.

import Chain
import Foundation
import Ledger
import Primitives
import Storage
import Testing

@testable import Node

struct TransactionIngestTests {
  private func transfer(_ nonce: UInt64) throws -> [UInt8] {
    let draft = Transaction(
      kind: .legacy, chainID: 31_337, nonce: nonce,
      maxFeePerGas: UInt256(3_000_000_000 as UInt64), gasLimit: 21_000, to: .zero)
    return try #require(draft.signed(by: TestNode.accounts[0].privateKey)).encoded
  }

  @Test func thePoolFollowsAHeadThatWentBack() throws {
    let folder = NSTemporaryDirectory() + "needletail-ingest-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let genesis = try DevelopmentGenesis(timestamp: 1000).genesis(TestNode.accounts)
    let store = try Store.create(
      at: folder, genesis: genesis.header, allocations: genesis.allocations,
      options: Store.Options(cacheSize: 32 << 20, isSynced: false))
    defer { try? store.close() }
    let pool = TransactionPool()
    let ingest = TransactionIngest(ChainReader(store, rules: genesis.rules), pool)
    let outcomes = ingest.add(try (0..<40).map { try transfer($0) })
    #expect(outcomes.allSatisfy { (try? $0.get()) != nil })
    // As if a block had taken the first three.
    pool.follow([
      (TestNode.accounts[0].address, SenderAccount(nonce: 3, balance: UInt256.max &>> 8))
    ])
    #expect(pool.counts == (37, 0))
    try ingest.followHead()
    #expect(pool.counts == (0, 37))
    #expect(ingest.restore(try (0..<3).map { try transfer($0) }).taken == 3)
    #expect(pool.counts == (40, 0))
    // Those that come before the others they wait for are more than may wait behind a gap.
    pool.removeAll()
    let order = Array(100..<300) + Array(0..<100) as [UInt64]
    #expect(ingest.restore(try order.map { try transfer($0) }).taken == 300)
    #expect(pool.counts == (300, 0))
  }
}
