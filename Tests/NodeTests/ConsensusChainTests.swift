// Chains whose head is named, without a server.

import Chain
import Crypto
import Foundation
import JSON
import Ledger
import Primitives
import Storage
import Synchronization
import Testing

@testable import Node

@Suite struct ConsensusChainTests {
  /// A store with a first block, which goes away after `body`.
  private func withStore(
    _ body: (Store, ChainRules, Hash256) throws -> Void
  ) throws {
    let folder = NSTemporaryDirectory() + "needletail-consensus-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let genesis = try DevelopmentGenesis(timestamp: 1000).genesis(TestNode.accounts)
    let store = try Store.create(
      at: folder, genesis: genesis.header, allocations: genesis.allocations,
      options: Store.Options(cacheSize: 32 << 20, isSynced: false))
    try body(store, ChainRules(chainID: 31_337, always: .latest), genesis.hash)
    try store.close()
  }

  private func attributes(time: UInt64) throws -> PayloadAttributes {
    let zero = Hash256.zero.hex
    let text = """
      {"timestamp": "0x\(String(time, radix: 16))", "prevRandao": "\(zero)",
       "suggestedFeeRecipient": "\(Address(0x99).hex)", "withdrawals": [],
       "parentBeaconBlockRoot": "\(zero)"}
      """
    return try PayloadAttributes(
      try JSONDocument(parsing: Array(text.utf8), source: "attributes").root)
  }

  /// Where the head was when something was said.
  private final class Diary: Sendable {
    let heads = Mutex<[Hash256]>([])
    func note(_ head: Hash256) { heads.withLock { $0.append(head) } }
  }

  @Test func whatLeavesTheChainIsToldWhenItHasLeft() throws {
    try withStore { store, rules, genesis in
      let diary = Diary()
      let chain = ConsensusChain(
        store: store, rules: rules, options: Pipeline.Options(threads: 1), depth: 8
      ) { number in
        #expect(number == 0)
        diary.note(store.head.hash)
        return { diary.note(store.head.hash) }
      }
      let blocks = try [1012, 1013].map { time in
        try #require(
          try chain.build(try attributes(time: time).draft(gasLimit: 30_000_000), on: genesis)
        ).hash
      }
      for block in blocks { _ = try chain.setHead(block) }
      #expect(diary.heads.withLock { $0 } == blocks)
      try chain.close()
    }
  }

  @Test func newsOfBlocksThatAreAboutToGoAreKeptUntilTheyAreGone() throws {
    try withStore { store, rules, genesis in
      let events = ChainEvents(ChainReader(store, rules: rules))
      let chain = ConsensusChain(
        store: store, rules: rules, options: Pipeline.Options(threads: 1), depth: 8)
      let draft = try attributes(time: 1012).draft(gasLimit: 30_000_000)
      let built = try #require(try chain.build(draft, on: genesis))
      _ = try chain.setHead(built.hash)
      events.blockCommitted(built.header, built.hash)
      #expect(events.journal.end == 1)
      let haveGone = events.willGoBack(to: 0)
      #expect(events.journal.end == 1)
      haveGone()
      #expect(events.journal.entries(from: 1)?.map(\.isRemoval) == [true])
      try chain.close()
    }
  }

  @Test func aPayloadKeepsItsBlobsWhenThePoolHasForgottenThem() throws {
    try withStore { store, rules, genesis in
      let chain = ConsensusChain(
        store: store, rules: rules, options: Pipeline.Options(threads: 1), depth: 8)
      let transaction = try BlobSamples.transaction(0)
      let pooled = PooledTransaction(
        transaction, hash: Keccak256.hash(transaction.encoded),
        sender: TestNode.accounts[0].address, encoding: transaction.encoded,
        sidecar: BlobSamples.sidecar(), arrival: 1)
      let builder = PayloadBuilder(
        chain: chain,
        candidates: PayloadBuilder.Candidates(
          transactions: { _, _, _ in [pooled] }, version: { 1 }), gasLimit: 30_000_000)
      let engine = EngineMethods(
        chain: chain, builder: builder, finality: Finality(), blobs: { _ in nil },
        progress: SyncProgress(), diary: EngineDiary { _ in },
        clientVersion: "needletail/test"
      ) { _ in }
      let head = try #require(try chain.header(of: genesis))
      let id = builder.begin(try attributes(time: 1012), version: 3, on: (genesis, head))
      let name = try JSONDocument(parsing: Array("\"\(Hex.encode(id))\"".utf8), source: "id").root
      let method = try #require(engine.methods["engine_getPayloadV5"])
      var writer = JSONWriter()
      try method(RPCParameters([name]), &writer)
      let answer = try JSONDocument(parsing: Array(writer.text.utf8), source: "payload").root
      #expect(
        try answer.field("executionPayload").field("transactions").elements().count(where: { _ in
          true
        }) == 1)
      let bundle = try answer.field("blobsBundle")
      for (part, count) in [("commitments", 1), ("proofs", 128), ("blobs", 1)] {
        #expect(try bundle.field(part).elements().count(where: { _ in true }) == count)
      }
      try chain.close()
    }
  }

  @Test func theLastNumberAndTimeHaveAPriceBehindThem() throws {
    try withStore { store, rules, _ in
      let reader = ChainReader(store, rules: rules)
      let last = Header(
        number: .max, gasLimit: 30_000_000, timestamp: .max, blobGasUsed: 0, excessBlobGas: 0)
      #expect(reader.nextBlobBaseFee(after: last) == UInt256(1 as UInt64))
    }
  }

  @Test func aDumpIsOfABlockThatOthersCanFollow() throws {
    for name in ["number", "timestamp"] {
      let text = "{\"accounts\": {}, \"block\": {\"\(name)\": \"0xffffffffffffffff\"}}"
      #expect(throws: NodeError.self) { try StateDump(Array(text.utf8), source: "dump") }
    }
  }
}
