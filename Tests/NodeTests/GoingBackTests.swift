// Snapshots, ways back, and many blocks at once.

import Foundation
import JSON
import Node
import Primitives
import Testing

@Suite(.serialized) struct GoingBackTests {
  private let someone = "0x00000000000000000000000000000000000000aa"
  private var from: String { TestNode.accounts[0].address.hex }

  @Test func aSnapshotBringsBackChainStateEditsAndClock() async throws {
    let node = try TestNode()
    let first = try await node.send("\"from\":\"\(from)\",\"to\":\"\(someone)\",\"value\":\"0x1\"")
    _ = try await node.receipt(first)
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x64\"]")
    let id = try await node.text("evm_snapshot")
    #expect(id == "0x1")
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0xc8\"]")
    try await node.result("evm_increaseTime", "[1000000]")
    for _ in 0..<3 {
      _ = try await node.receipt(
        try await node.send("\"from\":\"\(from)\",\"to\":\"\(someone)\",\"value\":\"0x1\""))
    }
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0xcb")
    #expect(try await node.result("evm_revert", "[\"\(id)\"]").boolean == true)
    #expect(try await node.text("eth_blockNumber") == "0x1")
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x64")
    #expect(try await node.text("eth_getTransactionCount", "[\"\(from)\",\"latest\"]") == "0x1")
    // Used up, and so are later ones.
    #expect(try await node.result("evm_revert", "[\"\(id)\"]").boolean == false)
    let next = try await node.send("\"from\":\"\(from)\",\"to\":\"\(someone)\",\"value\":\"0x2\"")
    #expect(try await node.receipt(next).field("blockNumber").string() == "0x2")
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x66")
    try node.restart()
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x66")
    #expect(try await node.text("eth_blockNumber") == "0x2")
    try node.node.stop()
  }

  @Test func snapshotsNestAndTheSameOneCanBeMadeAgainAndAgain() async throws {
    let node = try TestNode()
    for _ in 0..<3 {
      let outer = try await node.text("evm_snapshot")
      try await node.result("evm_mine")
      let inner = try await node.text("evm_snapshot")
      try await node.result("evm_mine")
      #expect(try await node.result("evm_revert", "[\"\(outer)\"]").boolean == true)
      #expect(try await node.result("evm_revert", "[\"\(inner)\"]").boolean == false)
      #expect(try await node.text("eth_blockNumber") == "0x0")
    }
    try node.node.stop()
  }

  @Test func whatWaitedWaitsAgain() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let hash = try await node.send("\"from\":\"\(from)\",\"to\":\"\(someone)\",\"value\":\"0x1\"")
    let id = try await node.text("evm_snapshot")
    try await node.result("evm_mine")
    _ = try await node.receipt(hash)
    let later = try await node.send("\"from\":\"\(from)\",\"to\":\"\(someone)\",\"value\":\"0x1\"")
    #expect(try await node.result("evm_revert", "[\"\(id)\"]").boolean == true)
    #expect(
      try await node.ask("eth_getTransactionByHash", "[\"\(later)\"]").optionalField("result")?.kind
        != .object)
    try await node.result("evm_mine")
    #expect(try await node.receipt(hash).field("blockNumber").string() == "0x1")
    try node.node.stop()
  }

  @Test func thousandsOfBlocksAreMadeAndGoneBackBehind() async throws {
    let node = try TestNode()
    let id = try await node.text("evm_snapshot")
    try await node.result("anvil_mine", "[3000,12]")
    #expect(try await node.text("eth_blockNumber") == "0xbb8")
    let last = try await node.result("eth_getBlockByNumber", "[\"latest\",false]")
      .field("timestamp").uint64()
    let before = try await node.result("eth_getBlockByNumber", "[\"0xbb7\",false]")
      .field("timestamp").uint64()
    #expect(last == before + 12)
    #expect(try await node.result("evm_revert", "[\"\(id)\"]").boolean == true)
    #expect(try await node.text("eth_blockNumber") == "0x0")
    try node.node.stop()
  }

  @Test func theChainRollsBackAndBeginsAnew() async throws {
    let node = try TestNode()
    try await node.result("anvil_mine", "[\"0x5\"]")
    try await node.result("anvil_rollback", "[2]")
    #expect(try await node.text("eth_blockNumber") == "0x3")
    let instance = try await node.result("anvil_metadata").field("instanceId").string()
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x64\"]")
    try await node.result("anvil_reset")
    #expect(try await node.text("eth_blockNumber") == "0x0")
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x0")
    #expect(try await node.result("anvil_metadata").field("instanceId").string() != instance)
    try await node.result("evm_mine")
    #expect(try await node.text("eth_blockNumber") == "0x1")
    try node.node.stop()
  }

  @Test func editsOfTheBlockThatIsGoneBackToStay() async throws {
    let node = try TestNode()
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x0064\"]")
    for back in ["anvil_rollback", "anvil_reorg"] {
      try await node.result("anvil_mine", "[\"0x02\"]")
      try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x7\"]")
      try await node.result(back, back == "anvil_reorg" ? "[2,[]]" : "[2]")
      #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x64")
      if back == "anvil_reorg" { try await node.result("anvil_rollback", "[2]") }
    }
    // Nothing of before a reset comes back, though it was of the first block.
    let snapshot = try await node.text("evm_snapshot")
    try await node.result("anvil_reset")
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x0")
    #expect(try await node.result("evm_revert", "[\"\(snapshot)\"]").boolean == false)
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x0")
    try node.node.stop()
  }

  @Test func whatWasRolledBackDoesNotComeBackWithARestart() async throws {
    let journal = NSTemporaryDirectory() + "needletail-journal-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: journal) }
    let node = try TestNode {
      $0.minesOnRequest = true
      $0.journal = journal
    }
    _ = try await node.send("\"from\":\"\(from)\",\"to\":\"\(someone)\",\"value\":\"0x1\"")
    try await node.result("evm_mine")
    try await node.result("anvil_rollback", "[1]")
    #expect(try await node.result("txpool_status").field("pending").string() == "0x0")
    try node.restart()
    #expect(try await node.result("txpool_status").field("pending").string() == "0x0")
    #expect(try node.node.restored == (0, 0, 0))
    try node.node.stop()
  }

  @Test func wishesHoldForTheBlocksTheyAreAbout() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    try await node.result("anvil_setNextBlockBaseFeePerGas", "[\"0x3b9aca07\"]")
    try await node.result("anvil_setCoinbase", "[\"\(someone)\"]")
    let random = "0x" + String(repeating: "ab", count: 32)
    try await node.result("hardhat_setPrevRandao", "[\"\(random)\"]")
    #expect(try await node.result("evm_setBlockGasLimit", "[\"0xf4240\"]").boolean == true)
    try await node.result("evm_mine", "[{\"timestamp\":5000000000,\"blocks\":2}]")
    let block = try await node.result("eth_getBlockByNumber", "[\"0x1\",false]")
    #expect(try block.field("baseFeePerGas").string() == "0x3b9aca07")
    #expect(try block.field("miner").string() == someone)
    #expect(try block.field("mixHash").string() == random)
    #expect(try block.field("gasLimit").string() == "0xf4240")
    #expect(try block.field("timestamp").uint64() == 5_000_000_000)
    let next = try await node.result("eth_getBlockByNumber", "[\"0x2\",false]")
    #expect(try next.field("baseFeePerGas").string() != "0x3b9aca07")
    #expect(try next.field("miner").string() == someone)
    #expect(try next.field("mixHash").string() != random)
    // Each block has another one.
    try await node.result("evm_mine")
    let third = try await node.result("eth_getBlockByNumber", "[\"latest\",false]")
    #expect(try third.field("mixHash").string() != next.field("mixHash").string())
    try await node.result("anvil_setBlockTimestampInterval", "[60]")
    try await node.result("anvil_mine", "[2]")
    let times = try await [3, 4, 5].asyncMap { number in
      try await node.result("eth_getBlockByNumber", "[\"0x\(number)\",false]")
        .field("timestamp").uint64()
    }
    #expect(times[1] == times[0] + 60 && times[2] == times[1] + 60)
    #expect(try await node.result("anvil_removeBlockTimestampInterval").boolean == true)
    #expect(try await node.result("anvil_removeBlockTimestampInterval").boolean == false)
    try node.node.stop()
  }
}

extension Sequence {
  fileprivate func asyncMap<Value>(
    _ body: (Element) async throws -> Value
  ) async throws -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await body(element)) }
    return values
  }
}
