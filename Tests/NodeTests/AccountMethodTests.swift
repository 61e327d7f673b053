// Accounts and transactions as whole.

import JSON
import Node
import Primitives
import Testing

@Suite(.serialized) struct AccountMethodTests {
  private let someone = "0x00000000000000000000000000000000000000aa"
  private var from: String { TestNode.accounts[0].address.hex }

  @Test func anAccountIsToldWithTheRootOfItsStorage() async throws {
    let node = try TestNode()
    let empty = try await node.result("eth_getAccount", "[\"\(someone)\",\"latest\"]")
    let emptyRoot = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
    #expect(try empty.field("storageRoot").string() == emptyRoot)
    #expect(try empty.field("balance").string() == "0x0")
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x64\"]")
    try await node.result("anvil_setCode", "[\"\(someone)\",\"0xfe\"]")
    try await node.result("anvil_setStorageAt", "[\"\(someone)\",\"0x1\",\"0x7\"]")
    // What no block has yet is in it.
    let edited = try await node.result("eth_getAccount", "[\"\(someone)\"]")
    let root = try edited.field("storageRoot").string()
    #expect(root != emptyRoot)
    try await node.result("evm_mine")
    let made = try await node.result("eth_getAccount", "[\"\(someone)\",\"latest\"]")
    let proof = try await node.result("eth_getProof", "[\"\(someone)\",[],\"latest\"]")
    #expect(try made.field("storageRoot").string() == root)
    #expect(try proof.field("storageHash").string() == root)
    #expect(try made.field("codeHash").string() == proof.field("codeHash").string())
    #expect(try made.field("balance").string() == "0x64")
    // And for good: that block was the head when it was edited.
    let before = try await node.result("eth_getAccount", "[\"\(someone)\",\"0x0\"]")
    #expect(try before.field("storageRoot").string() == root)
    let info = try await node.result("eth_getAccountInfo", "[\"\(someone)\",\"latest\"]")
    #expect(try info.field("code").string() == "0xfe")
    #expect(try info.field("nonce").string() == "0x0")
    #expect(try await !node.refusal("eth_getAccount", "[\"\(someone)\",\"0x9\"]").isEmpty)
    try node.node.stop()
  }

  @Test func transactionsAreFoundByTheirPlaceAndByWhoSentThem() async throws {
    let node = try TestNode()
    var hashes: [String] = []
    for _ in 0..<5 {
      let hash = try await node.send("\"from\":\"\(from)\",\"to\":\"\(someone)\",\"value\":\"0x1\"")
      _ = try await node.receipt(hash)
      hashes.append(hash)
      try await node.result("evm_mine")
    }
    for (nonce, hash) in hashes.enumerated() {
      let found = try await node.result(
        "eth_getTransactionBySenderAndNonce", "[\"\(from)\",\"0x\(nonce)\"]")
      #expect(try found.field("hash").string() == hash)
      let raw = try await node.text("eth_getRawTransactionByHash", "[\"\(hash)\"]")
      let number = try found.field("blockNumber").string()
      #expect(
        try await node.text(
          "eth_getRawTransactionByBlockNumberAndIndex", "[\"\(number)\",\"0x0\"]") == raw)
      let block = try found.field("blockHash").string()
      #expect(
        try await node.text("eth_getRawTransactionByBlockHashAndIndex", "[\"\(block)\",\"0x0\"]")
          == raw)
    }
    #expect(
      try await node.text("eth_getRawTransactionByBlockNumberAndIndex", "[\"0x1\",\"0x1\"]")
        == "0x")
    for parameters in ["[\"\(from)\",\"0x5\"]", "[\"\(someone)\",\"0x0\"]"] {
      let answer = try await node.ask("eth_getTransactionBySenderAndNonce", parameters)
      #expect(try answer.optionalField("result") == nil && answer.optionalField("error") == nil)
    }
    try await node.result("evm_setAutomine", "[false]")
    let waiting = try await node.send("\"from\":\"\(from)\",\"to\":\"\(someone)\"")
    let found = try await node.result(
      "eth_getTransactionBySenderAndNonce", "[\"\(from)\",\"0x5\"]")
    #expect(try found.field("hash").string() == waiting)
    #expect(try found.optionalField("blockHash") == nil)
    try node.node.stop()
  }
}
