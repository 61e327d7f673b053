// Calls that wait until what they sent stands in a block.

import Foundation
import JSON
import Ledger
import Primitives
import Testing

@testable import Node

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

@Suite(.serialized) struct WaitingCallTests {
  private func encoding(_ nonce: UInt64) throws -> String {
    let draft = Transaction(
      kind: .legacy, chainID: 31_337, nonce: nonce,
      maxFeePerGas: UInt256(3_000_000_000 as UInt64), gasLimit: 21_000, to: Address(0xaa))
    return Hex.encode(
      try #require(draft.signed(by: TestNode.accounts[0].privateKey)).encoded)
  }

  /// What a node answers to who sends `encoding` and waits for a minute at most.
  private static func answer(to encoding: String, at port: UInt16) async throws -> String {
    let url = try #require(URL(string: "http://127.0.0.1:\(port)/"))
    var request = URLRequest(url: url)
    request.httpMethod = "POST"
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    request.httpBody = Data(
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_sendRawTransactionSync\",\"params\":[\"\(encoding)\",60000]}"
        .utf8)
    let (data, _) = try await URLSession.shared.data(for: request)
    return String(decoding: data, as: UTF8.self)
  }

  @Test func theReceiptIsTheAnswer() async throws {
    let node = try TestNode()
    let receipt = try await node.result(
      "eth_sendRawTransactionSync", "[\"\(try encoding(0))\",60000]")
    #expect(try receipt.field("blockNumber").string() == "0x1")
    #expect(try receipt.field("status").string() == "0x1")
    let from = TestNode.accounts[0].address.hex
    let other = try await node.result(
      "eth_sendTransactionSync", "[{\"from\":\"\(from)\",\"to\":\"\(from)\"}]")
    #expect(try other.field("blockNumber").string() == "0x2")
    // What the pool does not take is told at once.
    #expect(
      try await node.refusal("eth_sendRawTransactionSync", "[\"\(try encoding(0))\"]")
        .hasPrefix("nonce too low"))
    #expect(try await !node.refusal("eth_sendRawTransactionSync", "[\"0x01\",1]").isEmpty)
    #expect(
      try await !node.refusal("eth_sendRawTransactionSync", "[\"\(try encoding(2))\",-1]").isEmpty)
    try node.node.stop()
  }

  @Test func whoWaitsInVainIsToldTheHash() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let answer = try await node.ask(
      "eth_sendRawTransactionSync", "[\"\(try encoding(0))\",\"0x1\"]")
    let error = try answer.field("error")
    #expect(try error.field("code").uint64() == 4)
    #expect(
      try error.field("message").string()
        == "The transaction was added to the transaction pool but wasn't processed in 1ms")
    let hash = try error.field("data").string()
    try await node.result("evm_mine")
    #expect(try await node.receipt(hash).field("blockNumber").string() == "0x1")
    try node.node.stop()
  }

  @Test func noCallWaitsLongerThanItMay() async throws {
    let node = try TestNode {
      $0.minesOnRequest = true
      ($0.service.waits.standardSeconds, $0.service.waits.longestSeconds) = (0, 1)
    }
    for (nonce, (parameter, text)) in [
      (",null", "0s"), (",0", "0s"), (",1e3", "where this is neither"),
      (",3600000", "1s"),
    ]
    .enumerated() {
      let refusal = try await node.refusal(
        "eth_sendRawTransactionSync", "[\"\(try encoding(UInt64(nonce)))\"\(parameter)]")
      #expect(refusal.hasSuffix(text), "\(refusal)")
    }
    try node.node.stop()
  }

  @Test func howeverManyWaitOthersAreAnswered() async throws {
    let node = try TestNode {
      $0.minesOnRequest = true
      $0.service.server.limits.threads = 2
    }
    let (encodings, port) = (try (0..<5).map { try encoding($0) }, try node.node.port)
    let answers = encodings.map { encoding in
      Task { try await Self.answer(to: encoding, at: port) }
    }
    // All five are in the pool and wait.
    while try await node.result("txpool_status").field("pending").string() != "0x5" {}
    try await node.result("evm_mine")
    for answer in answers {
      #expect(try await answer.value.contains("\"blockNumber\":\"0x1\""))
    }
    // The threads that stood in are gone, and those that waited answer again.
    for _ in 0..<20 { #expect(try await node.text("eth_blockNumber") == "0x1") }
    try node.node.stop()
  }

  @Test func aNodeEndsThoughCallsWait() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let (encoding, port) = (try encoding(0), try node.node.port)
    let answer = Task { try await Self.answer(to: encoding, at: port) }
    while try await node.result("txpool_status").field("pending").string() != "0x1" {}
    let start = ContinuousClock.now
    try node.node.stop()
    #expect(ContinuousClock.now - start < .seconds(30))
    _ = try? await answer.value
  }

  @Test func timesAreWrittenAsGethWritesThem() {
    for (milliseconds, text) in [
      (0, "0s"), (1, "1ms"), (999, "999ms"), (1000, "1s"), (1500, "1.5s"), (1001, "1.001s"),
      (60_000, "1m0s"), (61_010, "1m1.01s"), (3_600_000, "1h0m0s"),
    ] {
      #expect(Duration.milliseconds(milliseconds).goText == text)
    }
  }

  @Test func onlySoManyMayWait() throws {
    let waits = WaitingCalls()
    func nest(_ depth: Int) throws(RPCError) -> Int {
      try waits.hold { () throws(RPCError) in depth == 1 ? 1 : try 1 + nest(depth - 1) }
    }
    let limit = waits.limits.calls
    #expect(try nest(limit) == limit)
    let error = #expect(throws: RPCError.self) { try nest(limit + 1) }
    #expect(error?.code == -32005)
    // Who was refused has left nothing behind.
    #expect(try nest(limit) == limit)
    waits.end()
    #expect(throws: RPCError.self) { try nest(1) }
  }
}
