// What must not bring a node down, or lead it astray.

import Chain
import Foundation
import JSON
import Ledger
import Primitives
import Synchronization
import Testing

@testable import Node

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

@Suite(.serialized) struct HostileUseTests {
  private var from: String { TestNode.accounts[0].address.hex }
  private var to: String { TestNode.accounts[1].address.hex }
  private var transfer: String { "\"from\":\"\(from)\",\"to\":\"\(to)\",\"value\":\"0x1\"" }

  @Test func timesWithoutAnEndAreRefusedAndTheNodeGoesOn() async throws {
    let node = try TestNode()
    for (method, parameters) in [
      ("evm_setIntervalMining", "[\"0xffffffffffffffff\"]"),
      ("evm_setNextBlockTimestamp", "[\"0xffffffffffffffff\"]"),
      ("evm_mine", "[{\"timestamp\":\"0xffffffffffffffff\"}]"),
      ("evm_increaseTime", "[\"0xffffffffffffffff\"]"),
      ("evm_increaseTime", "[1000000000000]"),
    ] {
      #expect(try await !node.refusal(method, parameters).isEmpty)
    }
    _ = try await node.result("anvil_getIntervalMining")
    _ = try await node.result("evm_mine")
    _ = try await node.receipt(try await node.send(transfer))
    try node.node.stop()
  }

  @Test func aTransferIsEstimatedAtWhatItTakes() async throws {
    let node = try TestNode()
    #expect(try await node.result("eth_estimateGas", "[{\(transfer)}]").string() == "0x5208")
    #expect(
      try await node.result(
        "eth_estimateGas", "[{\"to\":\"0x00000000000000000000000000000000000000aa\"}]"
      )
      .string() == "0x5208")
    try node.node.stop()
  }

  @Test func droppedAndRevertedTransactionsStayGoneOverARestart() async throws {
    let journal = NSTemporaryDirectory() + "needletail-journal-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: journal) }
    let node = try TestNode {
      $0.minesOnRequest = true
      $0.journal = journal
    }
    let snapshot = try await node.result("evm_snapshot").string()
    _ = try await node.send(transfer)
    _ = try await node.result("evm_mine")
    #expect(try await node.result("evm_revert", "[\"\(snapshot)\"]").boolean == true)
    let dropped = try await node.send(transfer)
    _ = try await node.result("anvil_dropTransaction", "[\"\(dropped)\"]")
    try node.restart()
    #expect(try await node.result("txpool_status").field("pending").string() == "0x0")
    let kept = try await node.send(transfer)
    try node.restart()
    let pending = try await node.result("txpool_content").field("pending")
    #expect(pending.kind == .object)
    #expect(try await node.result("eth_getTransactionByHash", "[\"\(kept)\"]").kind == .object)
    #expect(try await node.result("txpool_status").field("pending").string() == "0x1")
    try node.node.stop()
  }

  @Test func whatIsGoneIsGoneFromTheJournalBeforeItIsAnswered() async throws {
    let journal = NSTemporaryDirectory() + "needletail-journal-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: journal) }
    let node = try TestNode {
      $0.minesOnRequest = true
      $0.journal = journal
    }
    /// What a node would find that is started when this one has been killed.
    func kept() throws -> Int { try JournalRecord.read(journal).encodings.count }
    let first = try await node.send(transfer)
    _ = try await node.send(transfer)
    #expect(try kept() == 2)
    let snapshot = try await node.text("evm_snapshot")
    try await node.result("anvil_dropTransaction", "[\"\(first)\"]")
    #expect(try kept() == 1)
    try await node.result("anvil_removePoolTransactions", "[\"\(from)\"]")
    #expect(try kept() == 0)
    _ = try await node.send(transfer)
    try await node.result("anvil_dropAllTransactions")
    #expect(try kept() == 0)
    #expect(try await node.result("evm_revert", "[\"\(snapshot)\"]").boolean == true)
    #expect(try kept() == 2)
    // Neither by a way back nor by another way does a block's transaction come to wait again.
    for method in ["anvil_rollback", "anvil_reorg"] {
      try await node.result("evm_mine")
      _ = try await node.send(transfer)
      try await node.result(method, "[1]")
      let waiting = try await node.result("txpool_status")
      let count = try ["pending", "queued"].map { try waiting.field($0).uint64() }.reduce(0, +)
      #expect(try UInt64(kept()) == count, "\(method)")
    }
    try await node.result("anvil_reset")
    #expect(try kept() == 0)
    try node.node.stop()
  }

  @Test func aFilterThatManyAskTellsEachBlockOnce() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let filter = try await node.result("eth_newBlockFilter").string()
    let asking = Asking(port: try node.node.port)
    var hashes: [String] = []
    try await withThrowingTaskGroup(of: [String].self) { group in
      for _ in 0..<4 {
        group.addTask {
          var told: [String] = []
          for _ in 0..<30 { told += try await asking.strings("eth_getFilterChanges", filter) }
          return told
        }
      }
      group.addTask {
        for _ in 0..<30 { _ = try await asking.strings("evm_mine", nil) }
        return []
      }
      for try await told in group { hashes += told }
    }
    hashes += try await asking.strings("eth_getFilterChanges", filter)
    #expect(hashes.count == 30)
    #expect(Set(hashes).count == 30)
    try node.node.stop()
  }

  @Test func nothingOfABatchIsDoneBehindTheAnswerThatIsTooLarge() throws {
    let calls = Atomic(0)
    let counting: RPCMethod = { (_, writer) throws(RPCError) in
      calls.add(1, ordering: .relaxed)
      writer.value(String(repeating: "x", count: 600))
    }
    var limits = RPCHandler.Limits()
    limits.answerBytes = 1000
    let request = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"large\"}"
    let batch = Array("[\(Array(repeating: request, count: 50).joined(separator: ","))]".utf8)
    let answer = try #require(RPCHandler(["large": counting], limits: limits).answer(batch))
    #expect(calls.load(ordering: .relaxed) == 2)
    let answers = Array(try JSONDocument(parsing: Array(answer.utf8), source: "").root.elements())
    #expect(answers.count == 50)
    #expect(try answers[49].field("error").field("code").signedNumber == -32003)
    limits.answerBytes = 1 << 20
    limits.batchTime = .zero
    let late = try #require(RPCHandler(["large": counting], limits: limits).answer(batch))
    #expect(late.contains("-32002"))
    #expect(calls.load(ordering: .relaxed) == 2)
  }

  @Test func aSenderMayNotBeStatedByOthers() async throws {
    let node = try TestNode()
    _ = try await node.result("anvil_autoImpersonateAccount", "[true]")
    let draft = Transaction(
      kind: .dynamicFee, chainID: 31_337, nonce: 0, maxPriorityFeePerGas: UInt256(1 as UInt64),
      maxFeePerGas: UInt256(3_000_000_000 as UInt64), gasLimit: 21_000, to: .zero)
    let stated = Hex.encode(draft.stating(sender: TestNode.accounts[0].address).encoded)
    #expect(try await node.refusal("eth_sendRawTransaction", "[\"\(stated)\"]").contains("sender"))
    try node.node.stop()
  }

  @Test func callsAreTracedOnAnotherStateWithoutATracer() async throws {
    let node = try TestNode()
    // PUSH1 1, PUSH0, SSTORE.
    let overrides = "{\"stateOverrides\":{\"\(to)\":{\"code\":\"0x60015f55\"}}}"
    let trace = try await node.result(
      "debug_traceCall", "[{\"to\":\"\(to)\"},\"latest\",\(overrides)]")
    #expect(Array(try trace.field("structLogs").elements()).count >= 3)
    try node.node.stop()
  }

  @Test func notificationsOfABatchAreNeverAnswered() throws {
    let large: RPCMethod = { (_, writer) throws(RPCError) in
      writer.value(String(repeating: "x", count: 600))
    }
    var limits = RPCHandler.Limits()
    limits.answerBytes = 1000
    let request = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"large\"}"
    let notification = "{\"jsonrpc\":\"2.0\",\"method\":\"large\"}"
    let batch = Array("[\(request),\(request),\(notification),\(request),7]".utf8)
    let answer = try #require(RPCHandler(["large": large], limits: limits).answer(batch))
    let answers = Array(try JSONDocument(parsing: Array(answer.utf8), source: "").root.elements())
    #expect(answers.count == 4)
    limits.batchTime = .zero
    let late = try #require(RPCHandler(["large": large], limits: limits).answer(batch))
    #expect(
      Array(try JSONDocument(parsing: Array(late.utf8), source: "").root.elements()).count == 4)
    let silent = Array("[\(notification),\(notification)]".utf8)
    #expect(RPCHandler(["large": large], limits: limits).answer(silent) == nil)
  }

  @Test func aBatchThatIsTooLargeIsRefusedAsGethDoes() throws {
    var limits = RPCHandler.Limits()
    limits.batchCount = 2
    let handler = RPCHandler([:], limits: limits)
    let error = "\"error\":{\"code\":-32600,\"message\":\"batch too large\"}}]"
    let call = "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"x\"}"
    let notification = "{\"jsonrpc\":\"2.0\",\"method\":\"x\"}"
    #expect(
      handler.answer(Array("[1,\(notification),\(call)]".utf8))
        == "[{\"jsonrpc\":\"2.0\",\"id\":5,\(error)")
    #expect(
      handler.answer(Array("[1,2,3]".utf8)) == "[{\"jsonrpc\":\"2.0\",\"id\":null,\(error)")
  }
}

/// Asks a node from any task.
private struct Asking: Sendable {
  let port: UInt16

  /// The strings in the result of a method; none where it is no array.
  func strings(_ method: String, _ parameter: String?) async throws -> [String] {
    let parameters = parameter.map { "\"\($0)\"" } ?? ""
    let url = try #require(URL(string: "http://127.0.0.1:\(port)/"))
    var request = URLRequest(url: url)
    request.httpMethod = "POST"
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    request.httpBody = Data(
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":[\(parameters)]}".utf8)
    let (data, _) = try await URLSession.shared.data(for: request)
    let result = try JSONDocument(parsing: Array(data), source: method).root.field("result")
    guard result.kind == .array else { return [] }
    return try result.elements().map { try $0.string() }
  }
}
