// Which blocks can be asked for what.

import Foundation
import JSON
import Ledger
import Node
import Storage
import Testing

@testable import Node

@Suite(.serialized) struct CapabilityTests {
  /// Calls `body` with the reader of a chain that began with the state after so many blocks.
  private func withImportedChain(
    after count: Int, _ body: (ChainReader) throws -> Void
  ) async throws {
    let node = try TestNode()
    try await node.result("hardhat_mine", "[\(count)]")
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
    try body(ChainReader(store, rules: ChainRules(chainID: 31_337, always: .latest)))
  }

  private func answer(
    _ methods: [String: RPCMethod], _ method: String, _ parameters: String
  ) throws -> JSONValue {
    let request =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":[\(parameters)]}"
    let answer = try #require(RPCHandler(methods).answer(Array(request.utf8)))
    return try JSONDocument(parsing: Array(answer.utf8), source: "answer").root
  }

  @Test func aChainThatBeganWithAStateKnowsNoOlderOne() async throws {
    try await withImportedChain(after: 8) { chain in
      let result = try answer(EthCapabilities(chain: chain).methods, "eth_capabilities", "")
        .field("result")
      for (name, oldest) in [("state", "0x8"), ("stateproofs", "0x8"), ("blocks", "0x0")] {
        #expect(try result.field(name).field("oldestBlock").string() == oldest, "\(name)")
      }
    }
  }

  /// No logs would be a lie.
  @Test func logsOfBlocksThatAreNotKeptAreRefused() async throws {
    try await withImportedChain(after: 300) { chain in
      #expect(chain.store.oldestBlock == 45)
      for (first, isKept) in [("earliest", true), ("0x2d", true), ("0x0", false), ("0x2c", false)] {
        let answer = try answer(
          EthLogs(chain: chain).methods, "eth_getLogs", "{\"fromBlock\":\"\(first)\"}")
        if isKept {
          #expect(try Array(answer.field("result").elements()).isEmpty, "\(first)")
        } else {
          let code = try answer.field("error").field("code").uint64()
          #expect(code == 4444, "\(first)")
        }
      }
    }
  }
}
