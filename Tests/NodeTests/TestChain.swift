// The parts of a development chain for one test, without a server.

import Chain
import Foundation
import Ledger
import Primitives
import Storage
import Testing

@testable import Node

/// A chain, its pool, its producer and its news, in a folder that goes away with the object. Nothing has a thread
/// of its own but the pipeline: blocks are made when a test asks for one.
final class TestChain {
  let folder: String
  let store: Store
  let chain: ChainReader
  let pool: TransactionPool
  let events: ChainEvents
  let pipeline: RenewedPipeline
  let producer: BlockProducer
  var ingest: TransactionIngest { TransactionIngest(chain, pool) }

  init(
    limits: TransactionPool.Limits = TransactionPool.Limits(), logLimit: Int = 100_000
  ) throws {
    folder = NSTemporaryDirectory() + "needletail-chain-\(UUID().uuidString)"
    let genesis = try DevelopmentGenesis(timestamp: 1000).genesis(TestNode.accounts)
    store = try Store.create(
      at: folder, genesis: genesis.header, allocations: genesis.allocations,
      options: TestNode.storeOptions)
    let chain = ChainReader(store, rules: genesis.rules)
    let events = ChainEvents(chain, logLimit: logLimit)
    pipeline = RenewedPipeline { [store] () throws(PipelineError) in
      try Pipeline(
        store: store, rules: genesis.rules, options: Pipeline.Options(threads: 1),
        onCommit: { events.blockCommitted($0.header, $0.hash) })
    }
    pool = TransactionPool(limits: limits)
    producer = BlockProducer(
      chain: chain, pool: pool, pipeline: pipeline, mode: .onRequest,
      gasLimit: genesis.header.gasLimit, willGoBack: { events.willGoBack(to: $0) })
    (self.chain, self.events) = (chain, events)
  }

  deinit {
    try? pipeline.end()
    try? store.close()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// A transaction of one of the accounts, which calls `to`, or deploys `data`.
  static func signed(
    _ nonce: UInt64, to: Address? = .zero, data: [UInt8] = [], fee: UInt64 = 3_000_000_000,
    gasLimit: UInt64 = 100_000, by account: Int = 0
  ) throws -> [UInt8] {
    let draft = Transaction(
      kind: .dynamicFee, chainID: 31_337, nonce: nonce,
      maxPriorityFeePerGas: UInt256(fee / 3), maxFeePerGas: UInt256(fee),
      gasLimit: gasLimit, to: to, data: data)
    return try #require(draft.signed(by: TestNode.accounts[account].privateKey)).encoded
  }

  /// A transaction that logs so often: PUSH1 7, PUSH0, PUSH0, LOG1 as the code that deploys.
  static func logging(_ nonce: UInt64, times: Int = 1) throws -> [UInt8] {
    let log: [UInt8] = [0x60, 7, 0x5f, 0x5f, 0xa1]
    return try signed(nonce, to: nil, data: (0..<times).flatMap { _ in log })
  }
}
