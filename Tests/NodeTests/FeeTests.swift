// What is suggested to be paid.

import Chain
import JSON
import Ledger
import Node
import Primitives
import Testing

@Suite(.serialized) struct FeeTests {
  @Test func theSuggestedTipFollowsWhatLateBlocksTook() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    #expect(try await node.result("eth_maxPriorityFeePerGas").string() == "0x3b9aca00")
    let (from, to) = (TestNode.accounts[0].address.hex, TestNode.accounts[1].address.hex)
    // In gwei: of the three lowest the one that three in five do not exceed is the second.
    for tip in [9, 2, 4, 3] {
      let wei = "0x" + String(tip * 1_000_000_000, radix: 16)
      _ = try await node.result(
        "eth_sendTransaction",
        "[{\"from\":\"\(from)\",\"to\":\"\(to)\",\"maxPriorityFeePerGas\":\"\(wei)\","
          + "\"maxFeePerGas\":\"0x174876e800\"}]")
    }
    _ = try await node.result("evm_mine")
    let suggested = try await node.result("eth_maxPriorityFeePerGas").uint64()
    #expect(suggested == 3_000_000_000)
    let history = try await node.result("eth_feeHistory", "[\"0x1\",\"latest\",[0,100]]")
    let rewards = Array(try history.field("reward").elements())
    #expect(
      try rewards.first?.elements().map { try $0.uint64() } == [2_000_000_000, 9_000_000_000])
    // Empty blocks change nothing.
    _ = try await node.result("evm_mine")
    #expect(try await node.result("eth_maxPriorityFeePerGas").uint64() == suggested)
    try node.node.stop()
  }

  @Test func aHistoryBeginsWithTheFirstBlockThatThereIs() async throws {
    var development = DevelopmentGenesis(timestamp: 1000)
    development.number = 100
    var genesis = try development.genesis(TestNode.accounts)
    genesis.header.excessBlobGas = 100_000_000
    let node = try TestNode(genesis: genesis)
    let before = try await node.result("eth_feeHistory", "[\"0x5\",\"latest\",[]]")
    #expect(try before.field("oldestBlock").string() == "0x64")
    let blobFees = try before.field("baseFeePerBlobGas").elements().map { try $0.string() }
    #expect(blobFees.count == 2 && blobFees.first != blobFees.last)
    try await node.result("evm_mine")
    // What was told of the next block is so.
    let after = try await node.result("eth_feeHistory", "[\"0x1\",\"latest\",[]]")
    #expect(
      try after.field("baseFeePerBlobGas").elements().map { try $0.string() }.first == blobFees.last
    )
    try node.node.stop()
  }

  @Test func theNumberOfBlocksIsReadAsGethDoes() async throws {
    let node = try TestNode()
    for _ in 0..<3 { try await node.result("evm_mine") }
    for count in ["2", "\"2\"", "\"0x2\"", "\"0x02\""] {
      let history = try await node.result("eth_feeHistory", "[\(count),\"latest\",[]]")
      #expect(try history.field("oldestBlock").string() == "0x2", "\(count)")
    }
    for count in ["0", "\"0x0\"", "\"\""] {
      let none = try await node.result("eth_feeHistory", "[\(count),\"latest\",[50]]")
      #expect(try none.field("oldestBlock").string() == "0x0", "\(count)")
      #expect(try none.nullableField("gasUsedRatio") == nil)
      #expect(try none.optionalField("baseFeePerGas") == nil)
    }
    for count in ["\"x\"", "-1", "1.5", "\"+1\"", "\"0x\"", "\"0x10000000000000000\"", "{}"] {
      let error = try await node.ask("eth_feeHistory", "[\(count),\"latest\",[]]").field("error")
      #expect(try error.field("code").signedNumber == -32602, "\(count)")
    }
    #expect(
      try await node.refusal("eth_feeHistory", "[1,\"0x9\",[]]")
        == "request beyond head block: requested 9, head 3")
    #expect(
      try await node.refusal("eth_feeHistory", "[1,\"latest\",[50,50]]")
        .hasPrefix("invalid reward percentile: #0:50"))
    try node.node.stop()
  }

  @Test func aWishForTheNextBaseFeeIsInWhatIsSuggested() async throws {
    let node = try TestNode()
    let tip = try await node.result("eth_maxPriorityFeePerGas").uint64()
    try await node.result("anvil_setNextBlockBaseFeePerGas", "[\"0x1234567890\"]")
    #expect(try await node.result("eth_gasPrice").uint64() == 0x12_3456_7890 + tip)
    #expect(try await node.result("eth_baseFee").uint64() == 0x12_3456_7890)
    let history = try await node.result("eth_feeHistory", "[1,\"latest\",[]]")
    #expect(
      try history.field("baseFeePerGas").elements().map { try $0.uint64() }.last
        == 0x12_3456_7890)
    try node.node.stop()
  }

  @Test func aTransactionThatWaitsIsGivenRaw() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let (from, to) = (TestNode.accounts[0].address.hex, TestNode.accounts[1].address.hex)
    let hash = try await node.send("\"from\":\"\(from)\",\"to\":\"\(to)\"")
    let waiting = try await node.text("debug_getRawTransaction", "[\"\(hash)\"]")
    #expect(try Transaction(decoding: try Hex.decode(waiting.dropFirst(2))).to?.hex == to)
    try await node.result("evm_mine")
    #expect(try await node.text("debug_getRawTransaction", "[\"\(hash)\"]") == waiting)
    try node.node.stop()
  }
}
