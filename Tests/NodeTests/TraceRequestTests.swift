// How traces are asked for.

import JSON
import Ledger
import Primitives
import Testing

@testable import Node

@Suite(.serialized) struct TraceRequestTests {
  private var from: String { TestNode.accounts[0].address.hex }
  private let contract = "0x00000000000000000000000000000000000000cc"

  @Test func timesAreReadAsGoWritesThem() throws {
    for (text, time) in [
      ("0", .zero), ("500ms", .milliseconds(500)), ("1m30s", .seconds(90)),
      ("100us", .microseconds(100)), ("100\u{b5}s", .microseconds(100)), ("7ns", .nanoseconds(7)),
      ("1.5h", .seconds(5400)), (".5s", .milliseconds(500)), ("1.s", .seconds(1)),
      ("+2h3m4.5s", .milliseconds(7_384_500)), ("-5s", .zero),
    ] as [(String, Duration)] {
      #expect(try GoDuration.read(text) == time, "\(text)")
    }
    for (text, words) in [
      ("", "invalid duration \"\""), ("s", "invalid duration \"s\""),
      (".s", "invalid duration \".s\""), ("1.2.3s", "invalid duration \"1.2.3s\""),
      ("5", "missing unit in duration \"5\""), ("1m5", "missing unit in duration \"1m5\""),
      ("5 years", "unknown unit \" years\" in duration \"5 years\""),
      ("--5s", "invalid duration \"--5s\""), ("1e9s", "unknown unit \"e\" in duration \"1e9s\""),
      ("999999999999h", "invalid duration \"999999999999h\""),
    ] {
      #expect(throws: RPCError.failed("time: \(words)"), "\(text)") {
        _ = try GoDuration.read(text)
      }
    }
  }

  @Test func whatATracerDoesNotKnowIsIgnoredAndOneSeesNothing() throws {
    let chain = try CallChain()
    let call = "{\"to\":\"\(contract)\"}"
    for configuration in [
      "{\"tracer\":\"callTracer\",\"tracerConfig\":{\"onlyTop\":true},\"more\":1}",
      "{\"enableStack\":true,\"tracerConfig\":{}}",
    ] {
      _ = try chain.result("debug_traceCall", "[\(call),\"latest\",\(configuration)]")
    }
    let nothing = try chain.result(
      "debug_traceCall", "[\(call),\"latest\",{\"tracer\":\"noopTracer\"}]")
    #expect(nothing.kind == .object)
    #expect(Array(try nothing.members()).isEmpty)
  }

  /// A contract that returns what its first slot had, and sets it to one: PUSH0, SLOAD, PUSH0, MSTORE, PUSH1 1,
  /// PUSH0, SSTORE, PUSH1 32, PUSH0, RETURN.
  private let counting = "0x5f545f5260015f5560205ff3"

  @Test func aCallIsTracedBetweenTheTransactionsOfABlock() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    try await node.result("anvil_setCode", "[\"\(contract)\",\"\(counting)\"]")
    let members = "\"from\":\"\(from)\",\"to\":\"\(contract)\",\"gas\":\"0x186a0\""
    let hashes = [try await node.send(members), try await node.send(members)]
    try await node.result("evm_mine")
    func output(_ index: String) async throws -> UInt256 {
      try await node.result(
        "debug_traceCall",
        "[{\"to\":\"\(contract)\"},\"latest\",{\"tracer\":\"callTracer\"\(index)}]"
      ).field("output").uint256()
    }
    #expect(try await output("") == UInt256(1))
    #expect(try await output(",\"txIndex\":\"0x0\"").isZero)
    #expect(try await output(",\"txIndex\":\"0x1\"") == UInt256(1))
    let refusal = try await node.refusal(
      "debug_traceCall", "[{},\"latest\",{\"txIndex\":\"0x2\"}]")
    #expect(refusal.hasPrefix("transaction index 2 out of range for block 0x"))
    #expect(
      try await node.refusal("debug_traceCall", "[{},\"0x0\",{\"txIndex\":\"0x0\"}]")
        == "no transaction in genesis")
    // The time is that of the transaction which is traced, and not of those before it.
    #expect(
      try await node.refusal("debug_traceTransaction", "[\"\(hashes[1])\",{\"timeout\":\"1ns\"}]")
        == "execution timeout")
    try node.node.stop()
  }

  @Test func aGivenBlockWhoseTransactionNobodySignedIsRefused() throws {
    let chain = try CallChain()
    let parent = try chain.chain.existingBlock(.latest)
    var header = parent.header
    (header.parentHash, header.number, header.timestamp) = (parent.hash, 1, 2000)
    let unsigned = Transaction(
      kind: .dynamicFee, chainID: 31_337, nonce: 0, maxFeePerGas: UInt256(1), gasLimit: 21_000,
      to: .zero)
    let block = Block(header: header, transactions: [unsigned], withdrawals: [])
    let error = try chain.error("debug_traceBlock", "[\"\(Hex.encode(block.encoded))\"]")
    #expect(error.code == -32000)
    #expect(error.message.hasPrefix("invalid sender of transaction 0: "))
  }
}
