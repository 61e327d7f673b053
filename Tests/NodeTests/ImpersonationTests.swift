// Sending for accounts whose keys nobody has.

import Crypto
import JSON
import Ledger
import Node
import Primitives
import Testing

@Suite(.serialized) struct ImpersonationTests {
  private let whale = "0x00000000000000000000000000000000000000aa"
  private var to: String { TestNode.accounts[1].address.hex }

  @Test func anImpersonatedAccountSendsUntilThatIsStopped() async throws {
    let node = try TestNode()
    let members = "\"from\":\"\(whale)\",\"to\":\"\(to)\",\"value\":\"0x1\""
    #expect(
      try await node.refusal("eth_sendTransaction", "[{\(members)}]") == "unknown account")
    try await node.result("anvil_impersonateAccount", "[\"\(whale)\"]")
    try await node.result("anvil_setBalance", "[\"\(whale)\",\"0xde0b6b3a7640000\"]")
    let hash = try await node.send(members)
    let receipt = try await node.receipt(hash)
    #expect(try receipt.field("status").string() == "0x1")
    #expect(try receipt.field("from").string() == whale)
    // A second one is another transaction, and a contract may send, too.
    try await node.result("anvil_setCode", "[\"\(whale)\",\"0x00\"]")
    let other = try await node.send(members)
    #expect(hash != other)
    #expect(try await node.receipt(other).field("status").string() == "0x1")
    let trace = try await node.result(
      "debug_traceTransaction", "[\"\(other)\",{\"tracer\":\"callTracer\"}]")
    #expect(try trace.field("from").string() == whale)

    try node.restart()
    #expect(try await node.receipt(hash).field("from").string() == whale)
    let found = try await node.result("eth_getTransactionByHash", "[\"\(hash)\"]")
    #expect(try found.field("from").string() == whale)
    #expect(
      try await node.refusal("eth_sendTransaction", "[{\(members)}]") == "unknown account")
    try await node.result("hardhat_impersonateAccount", "[\"\(whale)\"]")
    _ = try await node.receipt(try await node.send(members))
    try await node.result("hardhat_stopImpersonatingAccount", "[\"\(whale)\"]")
    #expect(
      try await node.refusal("eth_sendTransaction", "[{\(members)}]") == "unknown account")
    try await node.result("anvil_autoImpersonateAccount", "[true]")
    _ = try await node.receipt(try await node.send(members))
    try node.node.stop()
  }

  @Test func aContractSendsOnlyWhatNobodySigned() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let account = TestNode.accounts[0]
    let sender = account.address.hex
    let signed = try #require(
      Transaction(
        kind: .dynamicFee, chainID: 31_337, nonce: 0,
        maxFeePerGas: UInt256(2_000_000_000 as UInt64),
        gasLimit: 21_000, to: TestNode.accounts[1].address, value: UInt256(1)
      ).signed(by: account.privateKey))
    let raw = "[\"\(Hex.encode(signed.encoded))\"]"
    try await node.result("eth_sendRawTransaction", raw)
    try await node.result("anvil_setCode", "[\"\(sender)\",\"0x00\"]")
    try await node.result("evm_mine")
    #expect(
      try await node.text("eth_getBlockTransactionCountByNumber", "[\"latest\"]") == "0x0")
    let refused = "sender not an eoa: address \(account.address.checksummed)"
    #expect(try await node.refusal("eth_sendRawTransaction", raw) == refused)
    let members = "\"from\":\"\(sender)\",\"to\":\"\(to)\",\"value\":\"0x1\",\"gas\":\"0x5208\""
    #expect(try await node.refusal("eth_sendTransaction", "[{\(members)}]") == refused)
    // Impersonated it may send, and what it sent can be looked at again.
    try await node.result("anvil_impersonateAccount", "[\"\(sender)\"]")
    let hash = try await node.send(members)
    try await node.result("evm_mine")
    #expect(try await node.receipt(hash).field("from").string() == sender)
    let trace = try await node.result(
      "debug_traceTransaction", "[\"\(hash)\",{\"tracer\":\"callTracer\"}]")
    #expect(try trace.field("from").string() == sender)
    try node.node.stop()
  }

  @Test func nobodyCanSendARawTransactionThatOnlyStatesItsSender() async throws {
    let node = try TestNode()
    let victim = TestNode.accounts[0].address
    try await node.result("anvil_impersonateAccount", "[\"\(victim.hex)\"]")
    try await node.result("anvil_autoImpersonateAccount", "[true]")
    for kind in [Transaction.Kind.legacy, .dynamicFee] {
      let stolen = Transaction(
        kind: kind, chainID: 31_337, nonce: 0, maxFeePerGas: UInt256(2_000_000_000 as UInt64),
        gasLimit: 21_000, to: TestNode.accounts[1].address, value: UInt256(1)
      ).stating(sender: victim)
      #expect(stolen.statedSender == victim)
      let refused = try await node.refusal(
        "eth_sendRawTransaction", "[\"\(Hex.encode(stolen.encoded))\"]")
      #expect(refused.hasPrefix("invalid sender"))
    }
    #expect(try await node.text("eth_blockNumber") == "0x0")
    try node.node.stop()
  }

  @Test func whatWaitsCanBeDropped() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let from = TestNode.accounts[0].address.hex
    var hashes: [String] = []
    for _ in 0..<3 {
      hashes.append(try await node.send("\"from\":\"\(from)\",\"to\":\"\(to)\",\"value\":\"0x1\""))
    }
    #expect(try await node.text("anvil_dropTransaction", "[\"\(hashes[2])\"]") == hashes[2])
    #expect(try await node.result("hardhat_dropTransaction", "[\"\(hashes[2])\"]").boolean == false)
    #expect(try await node.result("txpool_status").field("pending").string() == "0x2")
    try await node.result("anvil_removePoolTransactions", "[\"\(from)\"]")
    #expect(try await node.result("txpool_status").field("pending").string() == "0x0")
    _ = try await node.send("\"from\":\"\(from)\",\"to\":\"\(to)\",\"value\":\"0x1\"")
    try await node.result("anvil_dropAllTransactions")
    #expect(try await node.result("txpool_status").field("pending").string() == "0x0")
    try node.node.stop()
  }
}
