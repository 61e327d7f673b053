// Blocks that cannot be made, and those that are made afterwards.

import Foundation
import JSON
import Ledger
import Node
import Primitives
import Testing

@Suite(.serialized) struct FailedBlockTests {
  private var from: String { TestNode.accounts[0].address.hex }
  private var other: String { TestNode.accounts[1].address.hex }
  private let someone = "0x00000000000000000000000000000000000000aa"
  private let deposits = "0x00000000219ab540356cbb839cbe05303d7705fa"
  /// Logs the topic of deposits with nothing behind it, which no deposit is.
  private let badDeposit =
    "0x7f649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c55f5fa1"

  private func balance(_ node: TestNode) async throws -> String {
    try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]")
  }

  @Test func blocksAreMadeAgainWhenWhatWasMissingIsBack() async throws {
    let journal = NSTemporaryDirectory() + "needletail-journal-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: journal) }
    let node = try TestNode {
      $0.minesOnRequest = true
      $0.journal = journal
    }
    let withdrawals = "0x00000961ef480eb55e80d19ad83579a64c007002"
    let code = try await node.text("eth_getCode", "[\"\(withdrawals)\",\"latest\"]")
    _ = try await node.send("\"from\":\"\(from)\",\"to\":\"\(someone)\",\"value\":\"0x1\"")
    try await node.result("anvil_setCode", "[\"\(withdrawals)\",\"0x\"]")
    for _ in 0..<2 {
      #expect(try await node.refusal("evm_mine").contains(withdrawals.dropFirst(2).prefix(8)))
      try node.restart()
    }
    #expect(try await balance(node) == "0x0")
    try await node.result("anvil_setCode", "[\"\(withdrawals)\",\"\(code)\"]")
    try await node.result("evm_mine")
    #expect(try await balance(node) == "0x1")
    // Going back goes on, too.
    try await node.result("anvil_rollback", "[1]")
    #expect(try await balance(node) == "0x0")
    try node.node.stop()
  }

  @Test func aTransactionThatKeepsBlocksFromBeingMadeIsDropped() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    try await node.result("anvil_setCode", "[\"\(deposits)\",\"\(badDeposit)\"]")
    var bad = ""
    for place in 0..<9 {
      let (sender, to) = place == 5 ? (other, deposits) : (from, someone)
      let hash = try await node.send(
        "\"from\":\"\(sender)\",\"to\":\"\(to)\",\"value\":\"0x1\",\"gas\":\"0x186a0\"")
      if place == 5 { bad = hash }
    }
    // Without it the others are seen.
    let pending = try await node.text("eth_getBalance", "[\"\(someone)\",\"pending\"]")
    #expect(pending == "0x4" || pending == "0x5")
    var refusals: [String] = []
    for _ in 0..<12 {
      let answer = try await node.ask("evm_mine")
      if let error = try answer.optionalField("error") {
        refusals.append(try error.field("message").string())
      }
    }
    #expect(refusals.count == 1)
    #expect(refusals.first?.hasSuffix("transaction \(bad) is dropped") == true)
    #expect(try await balance(node) == "0x8")
    #expect(try await node.result("txpool_status").field("pending").string() == "0x0")
    try node.node.stop()
  }

  @Test func whereBlocksAreMadeAtOnceTheOthersAreNotKeptWaiting() async throws {
    let node = try TestNode()
    try await node.result("anvil_setCode", "[\"\(deposits)\",\"\(badDeposit)\"]")
    _ = try await node.send(
      "\"from\":\"\(other)\",\"to\":\"\(deposits)\",\"gas\":\"0x186a0\"")
    let hash = try await node.send("\"from\":\"\(from)\",\"to\":\"\(someone)\",\"value\":\"0x1\"")
    #expect(try await node.receipt(hash).field("status").string() == "0x1")
    try node.node.stop()
  }

  @Test func aLowerGasLimitKeepsNobodyWaitingWhoFits() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    _ = try await node.send(
      "\"from\":\"\(other)\",\"to\":\"\(someone)\",\"gas\":\"0x989680\",\"gasPrice\":\"0x2540be400\""
    )
    _ = try await node.send(
      "\"from\":\"\(from)\",\"to\":\"\(someone)\",\"value\":\"0x1\",\"gas\":\"0x5208\"")
    try await node.result("evm_setBlockGasLimit", "[\"0xf4240\"]")
    try await node.result("evm_mine")
    #expect(try await balance(node) == "0x1")
    #expect(try await node.result("txpool_status").field("pending").string() == "0x1")
    // What can stand in no block is not taken, and what fits into a larger one is before there is such a block.
    let large = "\"from\":\"\(from)\",\"to\":\"\(someone)\",\"value\":\"0x1\",\"gas\":\"0x1e8480\""
    #expect(
      try await node.refusal("eth_sendTransaction", "[{\(large)}]") == "exceeds block gas limit")
    try await node.result("evm_setBlockGasLimit", "[\"0x1c9c380\"]")
    _ = try await node.send(large)
    try await node.result("evm_mine")
    #expect(try await balance(node) == "0x2")
    #expect(try await node.result("txpool_status").field("pending").string() == "0x0")
    try node.node.stop()
  }

  @Test func manyBlocksAtOnceTakeWhatWaitsAsFarAsEachHasRoom() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    try await node.result("evm_setBlockGasLimit", "[50000]")
    for _ in 0..<5 {
      _ = try await node.send("\"from\":\"\(from)\",\"to\":\"\(someone)\",\"gas\":\"0x5208\"")
    }
    try await node.result("anvil_mine", "[5,\"0x0a\"]")
    var times: [UInt64] = []
    for (number, count) in [2, 2, 1, 0, 0].enumerated() {
      let block = try await node.result(
        "eth_getBlockByNumber", "[\"0x\(number + 1)\",false]")
      #expect(Array(try block.field("transactions").elements()).count == count)
      times.append(try block.field("timestamp").uint64())
    }
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 + 10 == $1 })
    try node.node.stop()
  }
}
