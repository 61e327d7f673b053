// A development chain as its users meet it: over HTTP.

import JSON
import Node
import Primitives
import Testing

@Suite(.serialized) struct DevelopmentNodeTests {
  private var from: String { TestNode.accounts[0].address.hex }
  private var to: String { TestNode.accounts[1].address.hex }

  @Test func aTransferIsInABlockAtOnceAndStaysThere() async throws {
    let node = try TestNode()
    #expect(try await node.result("eth_chainId").string() == "0x7a69")
    #expect(try await node.result("eth_blockNumber").string() == "0x0")
    let hash = try await node.result(
      "eth_sendTransaction", "[{\"from\":\"\(from)\",\"to\":\"\(to)\",\"value\":\"0x3e8\"}]"
    ).string()
    let receipt = try await node.receipt(hash)
    #expect(try receipt.field("status").string() == "0x1")
    #expect(try receipt.field("gasUsed").string() == "0x5208")
    let balance = try await node.result("eth_getBalance", "[\"\(to)\",\"latest\"]").uint256()
    #expect(balance == UInt256(decimal: "10000000000000000001000"))
    let before = try await node.result("eth_getBalance", "[\"\(to)\",\"0x0\"]").uint256()
    #expect(before == UInt256(decimal: "10000000000000000000000"))
    #expect(
      try await node.result("eth_getTransactionCount", "[\"\(from)\",\"latest\"]").string() == "0x1"
    )
    let block = try await node.result("eth_getBlockByNumber", "[\"latest\",true]")
    let transaction = try #require(Array(try block.field("transactions").elements()).first)
    #expect(try transaction.field("hash").string() == hash)

    try node.restart()
    #expect(try await node.result("eth_blockNumber").string() == "0x1")
    #expect(try await node.receipt(hash).field("transactionHash").string() == hash)
    try node.node.stop()
  }

  @Test func contractsAreDeployedCalledAndRevert() async throws {
    let node = try TestNode()
    // Returns 42, or reverts where there is input: CALLDATASIZE, PUSH1 12, JUMPI, PUSH1 42, PUSH0, MSTORE,
    // PUSH1 32, PUSH0, RETURN, JUMPDEST, PUSH0, PUSH0, REVERT.
    let code = "36600c57602a5f5260205ff35b5f5ffd"
    // PUSH16 code, PUSH0, MSTORE, PUSH1 16, PUSH1 16, RETURN.
    let hash = try await node.result(
      "eth_sendTransaction", "[{\"from\":\"\(from)\",\"data\":\"0x6f\(code)5f5260106010f3\"}]"
    ).string()
    let contract = try await node.receipt(hash).field("contractAddress").string()
    #expect(
      try await node.result("eth_getCode", "[\"\(contract)\",\"latest\"]").string() == "0x\(code)")
    let returned = try await node.result("eth_call", "[{\"to\":\"\(contract)\"},\"latest\"]")
    #expect(try returned.uint256() == UInt256(42 as UInt64))
    let reverted = try await node.ask(
      "eth_call", "[{\"to\":\"\(contract)\",\"data\":\"0x01\"},\"latest\"]"
    ).field("error")
    #expect(try reverted.field("code").wholeNumber == 3)
    #expect(try reverted.field("message").string() == "execution reverted")
    let estimate = try await node.result("eth_estimateGas", "[{\"to\":\"\(contract)\"}]").uint64()
    #expect(estimate > 21_000 && estimate < 22_000)
    try node.node.stop()
  }

  @Test func blocksAreMadeOnRequestAndTheClockCanBeMoved() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let hash = try await node.result(
      "eth_sendTransaction", "[{\"from\":\"\(from)\",\"to\":\"\(to)\",\"value\":\"0x1\"}]"
    ).string()
    #expect(try await node.result("txpool_status").field("pending").string() == "0x1")
    #expect(try await node.result("eth_blockNumber").string() == "0x0")
    _ = try await node.result("evm_setNextBlockTimestamp", "[4000000000]")
    _ = try await node.result("evm_mine")
    _ = try await node.receipt(hash)
    let block = try await node.result("eth_getBlockByNumber", "[\"latest\",false]")
    #expect(try block.field("timestamp").uint64() == 4_000_000_000)
    _ = try await node.result("anvil_mine", "[\"0x3\"]")
    #expect(try await node.result("eth_blockNumber").string() == "0x4")
    try node.node.stop()
  }

  @Test func whatCannotStandInABlockIsRefused() async throws {
    let node = try TestNode()
    let unknown = try await node.ask(
      "eth_sendTransaction", "[{\"from\":\"0x00000000000000000000000000000000000000aa\"}]")
    #expect(try unknown.field("error").field("message").string() == "unknown account")
    let poor = try await node.ask(
      "eth_sendTransaction",
      "[{\"from\":\"\(from)\",\"to\":\"\(to)\",\"gas\":\"0x5208\",\"value\":\"0xffffffffffffffffffffffff\"}]"
    )
    let message = try poor.field("error").field("message").string()
    #expect(message.hasPrefix("insufficient funds for gas * price + value"))
    for raw in ["0x", "0x01", "0xc0", "0x02f8", "0x03"] {
      _ = try await node.ask("eth_sendRawTransaction", "[\"\(raw)\"]").field("error")
    }
    #expect(try await node.result("eth_blockNumber").string() == "0x0")
    try node.node.stop()
  }

  @Test func manyTransactionsOfOneSenderKeepTheirOrder() async throws {
    let node = try TestNode()
    var hashes: [String] = []
    for value in 1...40 {
      hashes.append(
        try await node.result(
          "eth_sendTransaction",
          "[{\"from\":\"\(from)\",\"to\":\"\(to)\",\"value\":\"0x\(String(value, radix: 16))\"}]"
        ).string())
    }
    for hash in hashes { #expect(try await node.receipt(hash).field("status").string() == "0x1") }
    #expect(
      try await node.result("eth_getTransactionCount", "[\"\(from)\",\"latest\"]").string()
        == "0x28")
    try node.node.stop()
  }

  @Test func whatIsNoRequestIsToldSo() async throws {
    let node = try TestNode()
    for (body, code) in [
      ("{", -32700), ("[]", -32600), ("1", -32600), ("{}", -32600),
      ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_nothing\"}", -32601),
      ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getBalance\",\"params\":[]}", -32602),
      ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getBalance\",\"params\":{}}", -32602),
      ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getBalance\",\"params\":[7]}", -32602),
    ] {
      let (status, text) = try await node.post(Array(body.utf8))
      #expect(status == 200)
      let answer = try JSONDocument(parsing: Array(text.utf8), source: body).root
      #expect(try answer.field("error").field("code").signedNumber == Int64(code), "\(body)")
    }
    // A batch is answered in order; notifications are not answered.
    let batch = """
      [{"jsonrpc":"2.0","id":"a","method":"eth_chainId"},{"jsonrpc":"2.0","method":"eth_chainId"},
      {"jsonrpc":"2.0","id":null,"method":"net_version"},{"jsonrpc":"2.0","id":-1.5,"method":"net_version"}]
      """
    #expect(
      try await node.post(Array(batch.utf8)).text
        == "[{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":\"0x7a69\"},"
        + "{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":\"31337\"},"
        + "{\"jsonrpc\":\"2.0\",\"id\":-1.5,\"result\":\"31337\"}]")
    try node.node.stop()
  }

  @Test func aBodyThatIsTooLargeIsRefused() async throws {
    let node = try TestNode()
    let (status, _) = try await node.post([UInt8](repeating: 0x20, count: 6 << 20))
    #expect(status == 413)
    #expect(try await node.result("eth_blockNumber").string() == "0x0")
    try node.node.stop()
  }
}
