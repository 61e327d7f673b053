// What is suggested to be paid.

import JSON
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
}
