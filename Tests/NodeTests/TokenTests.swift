// Tokens that are given away by hand.

import JSON
import Node
import Primitives
import Testing

@Suite(.serialized) struct TokenTests {
  private let token = "0x00000000000000000000000000000000000000aa"
  private let owner = "0x00000000000000000000000000000000000000bb"
  private let spender = "0x00000000000000000000000000000000000000cc"

  /// Reads slot 5 for nothing, and answers with the word at the hash of its first argument and 3.
  private let code = "0x600554506004355f526003602052604060002054" + "5f5260205ff3"

  private func balance(_ node: TestNode, of account: String) async throws -> String {
    let argument = String(repeating: "0", count: 24) + account.dropFirst(2)
    return try await node.text(
      "eth_call", "[{\"to\":\"\(token)\",\"data\":\"0x70a08231\(argument)\"},\"latest\"]")
  }

  @Test func theSlotOfABalanceIsFoundByWhatTheTokenReads() async throws {
    let node = try TestNode()
    try await node.result("anvil_setCode", "[\"\(token)\",\"\(code)\"]")
    for amount in ["0x64", "0x64", "0x0", "0xffff"] {
      try await node.result("anvil_dealERC20", "[\"\(owner)\",\"\(token)\",\"\(amount)\"]")
      let word = try UInt256(hex: amount.dropFirst(2))
      #expect(try await balance(node, of: owner) == Hash256(word).hex)
      #expect(try await balance(node, of: spender) == Hash256.zero.hex)
    }
    // What is read beside it stays as it is.
    #expect(
      try await node.text("eth_getStorageAt", "[\"\(token)\",\"0x5\",\"latest\"]")
        == Hash256.zero.hex)
    #expect(
      try await node.result(
        "hardhat_dealERC20", "[\"\(spender)\",\"\(token)\",\"0x1\"]"
      ).boolean == true)
    try await node.result(
      "anvil_setERC20Allowance", "[\"\(owner)\",\"\(spender)\",\"\(token)\",\"0x7\"]")
    try node.node.stop()
  }

  @Test func whereThereIsNoSlotNothingIsWritten() async throws {
    let node = try TestNode()
    // Nothing at all, an answer that no storage has part in, one that is computed, and a failure.
    for code in ["0x", "0x602a5f5260205ff3", "0x5f546001015f5260205ff3", "0xfe", "0x5b5f56"] {
      try await node.result("anvil_setCode", "[\"\(token)\",\"\(code)\"]")
      #expect(
        try await node.refusal("anvil_dealERC20", "[\"\(owner)\",\"\(token)\",\"0x2a\"]")
          == "Unable to set ERC20 balance, no slot found", "\(code)")
      #expect(
        try await node.refusal(
          "anvil_setERC20Allowance", "[\"\(owner)\",\"\(spender)\",\"\(token)\",\"0x1\"]")
          == "Unable to set ERC20 allowance, no slot found", "\(code)")
    }
    try node.node.stop()
  }

  @Test func codeWithoutEndIsNotSet() async throws {
    let node = try TestNode()
    let code = "0x" + String(repeating: "00", count: (1 << 20) + 1)
    #expect(
      try await node.refusal("anvil_setCode", "[\"\(token)\",\"\(code)\"]")
        == "code of 1048577 bytes, the limit is 1048576")
    try await node.result("anvil_setCode", "[\"\(token)\",\"\(code.dropLast(2))\"]")
    try node.node.stop()
  }
}
