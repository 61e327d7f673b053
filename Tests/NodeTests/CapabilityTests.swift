// Which blocks can be asked for what.

import Foundation
import JSON
import Ledger
import Node
import Storage
import Testing

@testable import Node

@Suite(.serialized) struct CapabilityTests {
  @Test func aChainThatBeganWithAStateKnowsNoOlderOne() async throws {
    let node = try TestNode()
    for _ in 0..<8 { try await node.result("evm_mine") }
    try node.end()
    let folder = NSTemporaryDirectory() + "needletail-capabilities-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let source = try whenFree { try Store.open(at: node.folder, options: TestNode.storeOptions) }
    _ = try source.exportState(to: folder + "/state")
    try source.close()
    let (store, _) = try Store.importState(
      from: folder + "/state", at: folder + "/chain", options: TestNode.storeOptions)
    defer { try? store.close() }
    let chain = ChainReader(store, rules: ChainRules(chainID: 31_337, always: .latest))
    let request = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_capabilities\",\"params\":[]}"
    let answer = try #require(
      RPCHandler(EthCapabilities(chain: chain).methods).answer(Array(request.utf8)))
    let result = try JSONDocument(parsing: Array(answer.utf8), source: "answer").root
      .field("result")
    for (name, oldest) in [("state", "0x8"), ("stateproofs", "0x8"), ("blocks", "0x0")] {
      #expect(try result.field(name).field("oldestBlock").string() == oldest, "\(name)")
    }
  }
}
