// Transactions on their way into blocks, as those who send them see it.

import Crypto
import Foundation
import JSON
import Ledger
import Node
import Primitives
import Testing

@Suite(.serialized) struct WaitingTransactionsTests {
  private var from: String { TestNode.accounts[0].address.hex }

  /// A signed transfer of one wei.
  private func transfer(
    _ nonce: UInt64, by account: Int = 0, fee: UInt64 = 3_000_000_000, tip: UInt64 = 1_000_000_000,
    gas: UInt64 = 21_000, to target: Address? = Address(0xaa)
  ) throws -> [UInt8] {
    let draft = Transaction(
      kind: .dynamicFee, chainID: 31_337, nonce: nonce, maxPriorityFeePerGas: UInt256(tip),
      maxFeePerGas: UInt256(fee), gasLimit: gas, to: target, value: UInt256(1 as UInt64))
    return try #require(draft.signed(by: TestNode.accounts[account].privateKey)).encoded
  }

  private func send(_ encoding: [UInt8], to node: TestNode) async throws -> JSONValue {
    try await node.ask("eth_sendRawTransaction", "[\"\(Hex.encode(encoding))\"]")
  }

  private func batch(_ encodings: [[UInt8]]) -> String {
    let calls = encodings.enumerated().map { id, encoding in
      "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"eth_sendRawTransaction\","
        + "\"params\":[\"\(Hex.encode(encoding))\"]}"
    }
    return "[" + calls.joined(separator: ",") + "]"
  }

  @Test func aBatchIsAnsweredInItsOrderWithTheProperErrorForEach() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    var encodings: [[UInt8]] = []
    for nonce in 0..<40 as Range<UInt64> { encodings.append(try transfer(nonce)) }
    encodings[7] = [1, 2, 3]
    encodings[9] = encodings[8]
    var body = batch(encodings)
    body.removeLast()
    body += ",{\"jsonrpc\":\"2.0\",\"id\":\"n\",\"method\":\"eth_blockNumber\"},"
    body += "{\"jsonrpc\":\"2.0\",\"id\":\"p\",\"method\":\"eth_sendRawTransaction\"},"
    body += "{\"jsonrpc\":\"2.0\",\"id\":[],\"method\":\"eth_sendRawTransaction\"}]"
    let text = try await node.post(Array(body.utf8)).text
    let answers = Array(
      try JSONDocument(parsing: Array(text.utf8), source: "batch").root.elements())
    try #require(answers.count == 43)
    for (index, encoding) in encodings.enumerated() where index != 7 && index != 9 {
      #expect(try answers[index].field("id").wholeNumber == UInt64(index))
      #expect(try answers[index].field("result").hash() == Keccak256.hash(encoding))
    }
    #expect(try answers[7].optionalField("result") == nil)
    #expect(try answers[9].field("error").field("message").string() == "already known")
    #expect(try answers[40].field("result").string() == "0x0")
    #expect(try answers[41].field("error").field("code").signedNumber == -32602)
    #expect(try answers[42].field("error").field("code").signedNumber == -32600)
    // The eighth and the tenth are missing.
    let status = try await node.result("txpool_status")
    #expect(try status.field("pending").string() == "0x7")
    #expect(try status.field("queued").string() == "0x1f")
    try node.node.stop()
  }

  @Test func whereBlocksAreMadeAtOnceAHashIsAnsweredWithItsBlock() async throws {
    let node = try TestNode()
    for nonce in 0..<20 as Range<UInt64> {
      let hash = try await send(transfer(nonce), to: node).field("result").string()
      let receipt = try await node.result("eth_getTransactionReceipt", "[\"\(hash)\"]")
      #expect(try receipt.field("blockNumber").string() == "0x" + String(nonce + 1, radix: 16))
    }
    _ = try await node.send("\"from\":\"\(from)\",\"to\":\"\(from)\"")
    #expect(try await node.text("eth_blockNumber") == "0x15")
    _ = try await node.post(Array(batch([transfer(21), transfer(22)]).utf8))
    let count = try await node.text("eth_getTransactionCount", "[\"\(from)\",\"latest\"]")
    #expect(count == "0x17")
    // Nobody waits for a block that cannot be made.
    let start = ContinuousClock.now
    for nonce in 30..<40 as Range<UInt64> { _ = try await send(transfer(nonce), to: node) }
    #expect(try await send([1, 2], to: node).optionalField("error") != nil)
    #expect(ContinuousClock.now - start < .seconds(5))
    #expect(try await node.text("eth_getTransactionCount", "[\"\(from)\",\"latest\"]") == count)
    try node.node.stop()
  }

  @Test func whatIsOfAnotherChainOrKindIsRefusedInGethsWords() async throws {
    let node = try TestNode()
    let draft = Transaction(
      kind: .legacy, chainID: 1, nonce: 0, maxFeePerGas: UInt256(3_000_000_000 as UInt64),
      gasLimit: 21_000, to: Address(0xaa))
    let foreign = try #require(draft.signed(by: TestNode.accounts[0].privateKey)).encoded
    for (encoding, words) in [
      (foreign, "invalid sender: invalid chain id for signer: have 1 want 31337"),
      ([0x12, 0x34], "transaction type not supported"),
    ] {
      #expect(
        try await send(encoding, to: node).field("error").field("message").string() == words)
    }
    try node.node.stop()
  }

  @Test func manyWhoSendAtTheSameTimeAreAllAnswered() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    var encodings: [[UInt8]] = []
    for nonce in 0..<30 as Range<UInt64> {
      for account in 0..<3 { encodings.append(try transfer(nonce, by: account)) }
    }
    // It only asks, and keeps nothing of its own.
    nonisolated(unsafe) let shared = node
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for encoding in encodings {
        group.addTask {
          let answer = try await send(encoding, to: shared)
          return try answer.field("result").hash() == Keccak256.hash(encoding)
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
    #expect(try await node.result("txpool_status").field("pending").string() == "0x5a")
    _ = try await node.result("evm_mine")
    let block = try await node.result("eth_getBlockByNumber", "[\"latest\",false]")
    #expect(Array(try block.field("transactions").elements()).count == 90)
    #expect(try await node.result("txpool_status").field("pending").string() == "0x0")
    try node.node.stop()
  }

  @Test func whatWaitsIsSeenByHashByCountAndByContent() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    for nonce in [0, 1, 3] as [UInt64] { _ = try await send(try transfer(nonce), to: node) }
    let hash = Keccak256.hash(try transfer(1)).hex
    let waiting = try await node.result("eth_getTransactionByHash", "[\"\(hash)\"]")
    #expect(try waiting.optionalField("blockHash") == nil)
    #expect(try waiting.field("from").string() == from)
    let raw = try await node.result("eth_getRawTransactionByHash", "[\"\(hash)\"]")
    #expect(try raw.bytes() == transfer(1))
    let counts = ["pending": "0x2", "latest": "0x0"]
    for (block, count) in counts {
      #expect(
        try await node.result("eth_getTransactionCount", "[\"\(from)\",\"\(block)\"]").string()
          == count)
    }
    let address = TestNode.accounts[0].address.checksummed
    let content = try await node.result("txpool_content")
    #expect(
      try content.field("pending").field(address).field("1").field("hash").string() == hash)
    #expect(try content.field("queued").field(address).field("3").field("nonce").uint64() == 3)
    let own = try await node.result("txpool_contentFrom", "[\"\(from)\"]")
    #expect(try own.field("pending").field("0").field("type").string() == "0x2")
    let inspected = try await node.result("txpool_inspect")
    #expect(
      try inspected.field("queued").field(address).field("3").string()
        == "0x00000000000000000000000000000000000000AA: 1 wei + 21000 gas × 3000000000 wei")
    #expect(Array(try await node.result("eth_pendingTransactions").elements()).count == 2)
    try node.node.stop()
  }

  @Test func whatFindsNoRoomWaitsForTheNextBlock() async throws {
    let node = try TestNode {
      $0.minesOnRequest = true
      $0.gasLimit = 63_000
    }
    for nonce in 0..<5 as Range<UInt64> { _ = try await send(try transfer(nonce), to: node) }
    _ = try await node.result("evm_mine")
    #expect(try await node.result("txpool_status").field("pending").string() == "0x2")
    _ = try await node.result("evm_mine")
    #expect(try await node.result("txpool_status").field("pending").string() == "0x0")
    #expect(
      try await node.result("eth_getTransactionCount", "[\"\(from)\",\"latest\"]").string() == "0x5"
    )
    try node.node.stop()
  }

  @Test func whatNobodyCanPayAnyMoreMakesNoBlocks() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    // The first takes nearly all that the second would need.
    let all = Transaction(
      kind: .dynamicFee, chainID: 31_337, nonce: 0, maxPriorityFeePerGas: UInt256(1 as UInt64),
      maxFeePerGas: UInt256(3_000_000_000 as UInt64), gasLimit: 21_000, to: Address(0xaa),
      value: try #require(UInt256(decimal: "9999000000000000000000")))
    _ = try await send(
      try #require(all.signed(by: TestNode.accounts[1].privateKey)).encoded, to: node)
    let refused = try await send(try transfer(1, by: 1, fee: 60_000_000_000_000), to: node)
    #expect(
      try refused.field("error").field("message").string().hasPrefix("insufficient funds for gas"))
    _ = try await send(try transfer(2, by: 1, fee: 60_000_000_000_000), to: node)
    _ = try await node.result("evm_mine")
    #expect(try await node.result("txpool_status").field("queued").string() == "0x0")
    _ = try await node.result("evm_setAutomine", "[true]")
    let hash = try await send(try transfer(0), to: node).field("result").string()
    _ = try await node.receipt(hash)
    #expect(try await node.result("eth_blockNumber").string() == "0x2")
    try node.node.stop()
  }

  @Test func aChangeOfTheModeTakesEffectAtOnce() async throws {
    let node = try TestNode { $0.blockTime = 3600 }
    let hash = try await send(try transfer(0), to: node).field("result").string()
    #expect(try await node.result("eth_blockNumber").string() == "0x0")
    _ = try await node.result("evm_setAutomine", "[true]")
    _ = try await node.receipt(hash)
    _ = try await node.result("evm_setIntervalMining", "[3600]")
    // Stopping does not wait for the next block.
    try node.node.stop()
  }

  @Test func whatWasReplacedDoesNotComeBackWhenItsReplacementIsDropped() async throws {
    let path = NSTemporaryDirectory() + "needletail-journal-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let node = try TestNode {
      $0.minesOnRequest = true
      $0.journal = path
    }
    _ = try await send(try transfer(0), to: node)
    let other = try transfer(0, fee: 9_000_000_000, tip: 3_000_000_000)
    let hash = try await send(other, to: node).field("result").string()
    try await node.result("anvil_dropTransaction", "[\"\(hash)\"]")
    try node.restart()
    #expect(try node.node.restored == (0, 0, 0))
    #expect(try await node.result("txpool_status").field("pending").string() == "0x0")
    try node.node.stop()
  }

  @Test func whatWaitedWaitsAgainAfterARestart() async throws {
    let path = NSTemporaryDirectory() + "needletail-journal-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let node = try TestNode {
      $0.minesOnRequest = true
      $0.journal = path
    }
    for nonce in [0, 1, 2, 4] as [UInt64] { _ = try await send(try transfer(nonce), to: node) }
    _ = try await send(try transfer(0, by: 1), to: node)
    try node.restart()
    #expect(try node.node.restored == (5, 0, 0))
    #expect(try await node.result("txpool_status").field("pending").string() == "0x4")
    #expect(try await node.result("txpool_status").field("queued").string() == "0x1")
    _ = try await node.result("evm_mine")
    try node.restart()
    #expect(try node.node.restored == (1, 0, 0))
    #expect(try await node.result("eth_blockNumber").string() == "0x1")
    try node.node.stop()
  }
}
