// Chains that take another way when they are asked to, and blocks told in full.

import JSON
import Ledger
import Node
import Primitives
import Testing

@Suite(.serialized) struct ReorganisationMethodTests {
  private let someone = "0x00000000000000000000000000000000000000aa"
  private var from: String { TestNode.accounts[0].address.hex }
  private var other: String { TestNode.accounts[1].address.hex }

  private func hash(_ number: Int, _ node: TestNode) async throws -> String {
    try await node.result("eth_getBlockByNumber", "[\"0x\(number)\",false]").field("hash").string()
  }

  @Test func theLastBlocksAreMadeAgainWithOtherTransactions() async throws {
    let node = try TestNode()
    for _ in 0..<5 {
      _ = try await node.receipt(
        try await node.send("\"from\":\"\(from)\",\"to\":\"\(someone)\",\"value\":\"0x1\""))
    }
    let (second, third) = (try await hash(2, node), try await hash(3, node))
    let described = "{\"from\":\"\(other)\",\"to\":\"\(someone)\",\"value\":\"0x64\"}"
    let draft = Transaction(
      kind: .legacy, chainID: 31_337, nonce: 2, maxFeePerGas: UInt256(3_000_000_000 as UInt64),
      gasLimit: 21_000, to: Address(0xaa), value: UInt256(1000))
    let signed = try #require(draft.signed(by: TestNode.accounts[0].privateKey))
    try await node.result(
      "anvil_reorg",
      "[3,[[\(described),2],[\(described),0],[\"\(Hex.encode(signed.encoded))\",0]]]")
    #expect(try await node.text("eth_blockNumber") == "0x5")
    #expect(try await hash(2, node) == second)
    #expect(try await hash(3, node) != third)
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\"]") == "0x4b2")
    #expect(try await node.text("eth_getTransactionCount", "[\"\(from)\"]") == "0x3")
    #expect(try await node.text("eth_getTransactionCount", "[\"\(other)\"]") == "0x2")
    let counts = try await [3, 4, 5].mapped { number in
      try await node.text("eth_getBlockTransactionCountByNumber", "[\"0x\(number)\"]")
    }
    #expect(counts == ["0x2", "0x0", "0x1"])
    // Those of accounts without keys, too, where the node sends for them.
    try await node.result("anvil_impersonateAccount", "[\"\(someone)\"]")
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0xde0b6b3a7640000\"]")
    try await node.result("anvil_mine", "[2]")
    let impersonated = "{\"from\":\"\(someone)\",\"to\":\"\(other)\",\"value\":\"0x1\"}"
    try await node.result("anvil_reorg", "[1,[[\(impersonated),0]]]")
    let sent = try await node.result(
      "eth_getTransactionByBlockNumberAndIndex", "[\"0x7\",\"0x0\"]")
    #expect(try sent.field("from").string() == someone)
    // Without transactions, blocks are empty.
    try await node.result("anvil_reorg", "[7]")
    #expect(try await node.text("eth_blockNumber") == "0x7")
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\"]") == "0x0")
    try node.restart()
    #expect(try await node.text("eth_blockNumber") == "0x7")
    _ = try await node.receipt(
      try await node.send("\"from\":\"\(from)\",\"to\":\"\(someone)\",\"value\":\"0x1\""))
    try node.node.stop()
  }

  @Test func whatIsWrongIsToldBeforeAnythingIsUndone() async throws {
    let node = try TestNode()
    try await node.result("anvil_mine", "[4]")
    let head = try await hash(4, node)
    // Nor does one that states a sender instead of a signature stand in a block, who ever may send.
    try await node.result("anvil_autoImpersonateAccount", "[true]")
    let stolen = Transaction(
      kind: .legacy, chainID: 31_337, nonce: 0, maxFeePerGas: UInt256(2_000_000_000 as UInt64),
      gasLimit: 21_000, to: Address(0xaa), value: UInt256(1)
    ).stating(sender: TestNode.accounts[0].address)
    #expect(
      try await node.refusal("anvil_reorg", "[2,[[\"\(Hex.encode(stolen.encoded))\",0]]]")
        .hasPrefix("invalid sender"))
    #expect(try await hash(4, node) == head)
    try await node.result("anvil_autoImpersonateAccount", "[false]")
    for (parameters, reason) in [
      ("[5]", "Reorg depth must not exceed current chain height"),
      ("[\"0xffffffffffffffff\"]", "more than 10000 blocks"), ("[]", "missing value"),
      ("[2,[[{\"to\":\"\(someone)\"},2]]]", "invalid argument 1: Block number for reorg tx"),
      ("[2,[[\"0x01\",0]]]", "the transaction ends too early"),
      ("[2,[[\"0x01\"]]]", "invalid argument 1: a transaction comes with the number of its block"),
      ("[2,[1]]", "invalid argument 1: a whole number where an array should be"),
      ("[2,{}]", "invalid argument 1: an object where an array should be"),
      ("[2,[[{\"from\":\"\(someone)\",\"to\":\"\(someone)\"},0]]]", "unknown account"),
    ] {
      let refusal = try await node.refusal("anvil_reorg", parameters)
      #expect(refusal.hasPrefix(reason), "\(parameters): \(refusal)")
      #expect(try await hash(4, node) == head)
    }
    try node.node.stop()
  }

  @Test func whatCouldNotStandInItsBlockIsTold() async throws {
    let node = try TestNode()
    try await node.result("anvil_mine", "[2]")
    let draft = Transaction(
      kind: .legacy, chainID: 31_337, nonce: 9, maxFeePerGas: UInt256(3_000_000_000 as UInt64),
      gasLimit: 21_000, to: Address(0xaa))
    let early = try #require(draft.signed(by: TestNode.accounts[0].privateKey))
    let described = "{\"from\":\"\(other)\",\"to\":\"\(someone)\",\"value\":\"0x1\"}"
    let refusal = try await node.refusal(
      "anvil_reorg", "[1,[[\"\(Hex.encode(early.encoded))\",0],[\(described),0]]]")
    #expect(refusal == "1 of the transactions could not stand in their blocks")
    #expect(try await node.text("eth_getBlockTransactionCountByNumber", "[\"0x2\"]") == "0x1")
    try node.node.stop()
  }

  @Test func blocksAreToldWithWhatTheirTransactionsReturned() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    // Returns the first word of call data.
    let echo = "0x5f355f5260205ff3"
    // Reverts with Error("no").
    let reverting =
      "0x6308c379a060e01b5f52602060045260026024526" + "16e6f60f01b60445260645ffd"
    try await node.result("anvil_setCode", "[\"\(someone)\",\"\(echo)\"]")
    try await node.result("anvil_setCode", "[\"\(other)\",\"\(reverting)\"]")
    let word = String(repeating: "0", count: 62) + "2a"
    let first = try await node.send(
      "\"from\":\"\(from)\",\"to\":\"\(someone)\",\"data\":\"0x\(word)\",\"gas\":\"0x186a0\"")
    let second = try await node.send(
      "\"from\":\"\(from)\",\"to\":\"\(other)\",\"gas\":\"0x186a0\"")
    let blocks = Array(
      try await node.result("evm_mine_detailed", "[{\"blocks\":2}]").elements())
    #expect(blocks.count == 2)
    let transactions = Array(try blocks[0].field("transactions").elements())
    #expect(try transactions.map { try $0.field("hash").string() } == [first, second])
    #expect(try transactions[0].field("output").string() == "0x" + word)
    #expect(try transactions[0].optionalField("revertReason") == nil)
    #expect(try transactions[1].field("revertReason").string() == "no")
    #expect(try Array(blocks[1].field("transactions").elements()).isEmpty)
    #expect(
      try await node.refusal("anvil_mine_detailed", "[{\"blocks\":1001}]")
        == "more than 1000 blocks")
    try node.node.stop()
  }
}

extension Sequence {
  fileprivate func mapped<Value>(
    _ body: (Element) async throws -> Value
  ) async throws -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await body(element)) }
    return values
  }
}
