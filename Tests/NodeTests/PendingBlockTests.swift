// The block that would be made now.

import JSON
import Ledger
import Node
import Primitives
import Testing

@Suite(.serialized) struct PendingBlockTests {
  private var from: String { TestNode.accounts[0].address.hex }
  private let someone = "0x00000000000000000000000000000000000000aa"
  private let contract = "0xc100000000000000000000000000000000000000"

  @Test func whatWaitsIsSeenAsIfItStoodInABlock() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    // Edits of the head count, too.
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x5\"]")
    let members = "\"from\":\"\(from)\",\"to\":\"\(someone)\",\"value\":\"0x2\""
    let first = try await node.send(members)
    _ = try await node.send(members)
    for (block, balance) in [("latest", "0x5"), ("pending", "0x9")] {
      #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"\(block)\"]") == balance)
    }
    let pending = try await node.result("eth_getBlockByNumber", "[\"pending\",true]")
    #expect(try pending.field("number").string() == "0x1")
    #expect(try pending.optionalField("hash") == nil)
    #expect(try pending.optionalField("nonce") == nil)
    #expect(
      try await node.text("eth_getBlockTransactionCountByNumber", "[\"pending\"]") == "0x2")
    let one = try await node.result(
      "eth_getTransactionByBlockNumberAndIndex", "[\"pending\",\"0x0\"]")
    #expect(try one.field("hash").string() == first)
    let timestamp = try pending.field("timestamp").uint64()
    try await node.result("evm_mine", "[\(timestamp)]")
    // The block that is made is the one that was told of.
    let made = try await node.result("eth_getBlockByNumber", "[\"latest\",false]")
    for name in [
      "number", "parentHash", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom",
      "gasUsed", "gasLimit", "timestamp", "baseFeePerGas", "mixHash", "miner", "size",
      "requestsHash", "excessBlobGas",
    ] {
      #expect(
        try made.field(name).string() == pending.field(name).string(), "\(name)")
    }
    #expect(
      try await node.text("eth_getBlockTransactionCountByNumber", "[\"pending\"]") == "0x0")
    try node.node.stop()
  }

  @Test func callsSeeTheNextBlock() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    // Returns number and time.
    let code = "{\"\(contract)\":{\"code\":\"0x435f524260205260405ff3\"}}"
    func answer() async throws -> (number: UInt64?, time: UInt64?) {
      let words = try await node.text(
        "eth_call", "[{\"to\":\"\(contract)\"},\"pending\",\(code)]"
      ).dropFirst(2)
      return (UInt64(words.prefix(64), radix: 16), UInt64(words.suffix(64), radix: 16))
    }
    #expect(try await answer().number == 1)
    try await node.result("evm_setNextBlockTimestamp", "[5000000000]")
    // It is told of any number of times, and used once.
    for _ in 0..<2 { #expect(try await answer() == (1, 5_000_000_000)) }
    try await node.result("evm_mine")
    #expect(try await answer().number == 2)
    #expect(try await answer().time ?? 0 > 5_000_000_000)
    try await node.result("anvil_setNextBlockBaseFeePerGas", "[\"0x7\"]")
    let pending = try await node.result("eth_getHeaderByNumber", "[\"pending\"]")
    #expect(try pending.field("baseFeePerGas").string() == "0x7")
    try node.node.stop()
  }

  @Test func whatDependsOnWhatWaitsIsSent() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    // Without data it counts in its first slot; with data it reverts unless that is what it has counted.
    try await node.result(
      "anvil_setCode",
      "[\"\(contract)\",\"0x36600c575f546001015f55005b5f355f54146018575f5ffd5b00\"]")
    for count in 1...3 {
      _ = try await node.send("\"from\":\"\(from)\",\"to\":\"\(contract)\"")
      let word = "0x" + String(repeating: "0", count: 63) + "\(count)"
      _ = try await node.send("\"from\":\"\(from)\",\"to\":\"\(contract)\",\"data\":\"\(word)\"")
    }
    try await node.result("evm_mine")
    let receipts = try await node.result("eth_getBlockReceipts", "[\"latest\"]").elements()
    #expect(try receipts.allSatisfy { try $0.field("status").string() == "0x1" })
    #expect(Array(receipts).count == 6)
    try node.node.stop()
  }
}
