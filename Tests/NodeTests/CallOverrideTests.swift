// Calls in a state and a block that are not there.

import EVM
import JSON
import Primitives
import Testing

@Suite struct CallOverrideTests {
  private let contract = "0x00000000000000000000000000000000000c0de0"
  private let other = "0x00000000000000000000000000000000000c0de1"

  /// The word that a call returns of code that leaves one word on the stack.
  private func word(
    _ chain: CallChain, pushing code: String, state: String = "", block: String = "{}",
    call: String = ""
  ) throws -> UInt256 {
    let override = "\"\(contract)\":{\"code\":\"0x\(code)5f5260205ff3\"}"
    return try chain.result(
      "eth_call",
      "[{\"to\":\"\(contract)\"\(call)},\"latest\",{\(override)\(state)},\(block)]"
    ).uint256()
  }

  @Test func codeBalanceNonceAndSlotsAreWhatTheRequestSays() throws {
    let chain = try CallChain()
    // SELFBALANCE
    #expect(try word(chain, pushing: "47").isZero)
    #expect(
      try chain.result(
        "eth_call",
        "[{\"to\":\"\(contract)\"},\"latest\",{\"\(contract)\":{\"code\":\"0x475f5260205ff3\","
          + "\"balance\":\"0x7b\"}}]"
      ).uint256() == UInt256(123 as UInt64))
    // PUSH0, SLOAD
    let slot =
      "\"0x\(String(repeating: "0", count: 64))\":\"0x\(String(repeating: "0", count: 63))9\""
    for name in ["state", "stateDiff"] {
      #expect(
        try chain.result(
          "eth_call",
          "[{\"to\":\"\(contract)\"},\"latest\",{\"\(contract)\":{\"code\":\"0x5f545f5260205ff3\","
            + "\"\(name)\":{\(slot)}}}]"
        ).uint256() == UInt256(9 as UInt64))
    }
    let both = try chain.error(
      "eth_call",
      "[{\"to\":\"\(contract)\"},\"latest\",{\"\(contract)\":{\"state\":{},\"stateDiff\":{}}}]")
    #expect(both.code == -32000)
    #expect(both.message.hasSuffix("has both 'state' and 'stateDiff'"))
    // A creation by a sender whose nonce is set: CREATE of nothing.
    let created = try chain.result(
      "eth_call",
      "[{\"to\":\"\(contract)\"},\"latest\",{\"\(contract)\":{\"code\":\"0x5f5f5ff05f5260205ff3\","
        + "\"nonce\":\"0x5\"}}]"
    ).uint256()
    let address = try #require(Address(hexText: contract))
    #expect(created == Address.created(by: address, nonce: 5).word)
  }

  @Test func theBlockIsWhatTheRequestSays() throws {
    let chain = try CallChain()
    let cases: [(code: String, name: String, value: String)] = [
      ("43", "number", "0x1234"), ("42", "time", "0x99999"), ("45", "gasLimit", "0x7777777"),
      ("41", "feeRecipient", other), ("4a", "blobBaseFee", "0x55"),
      ("44", "prevRandao", "0x\(String(repeating: "0", count: 62))21"),
    ]
    for (code, name, value) in cases {
      let found = try word(chain, pushing: code, block: "{\"\(name)\":\"\(value)\"}")
      #expect(found == UInt256(hexText: value), "\(name)")
    }
    // Who pays for gas sees the base fee; who does not, sees none.
    let fee = try word(
      chain, pushing: "48", block: "{\"baseFeePerGas\":\"0x7\"}",
      call: ",\"from\":\"\(CallChain.rich)\",\"gasPrice\":\"0x10\",\"gas\":\"0x10000\"")
    #expect(fee == UInt256(7 as UInt64))
    #expect(try word(chain, pushing: "48", block: "{\"baseFeePerGas\":\"0x7\"}").isZero)
    #expect(
      try chain.error("eth_call", "[{},\"latest\",{},{\"withdrawals\":[]}]").message
        == "block override \"withdrawals\" is not supported for this RPC method")
  }

  @Test func aPrecompiledContractIsWhereItWasMovedTo() throws {
    let chain = try CallChain()
    let identity = "0x0000000000000000000000000000000000000004"
    func call(_ address: String, _ overrides: String) throws -> String {
      try chain.result(
        "eth_call", "[{\"to\":\"\(address)\",\"input\":\"0xabcd\"},\"latest\",{\(overrides)}]"
      ).string()
    }
    let move = "\"\(identity)\":{\"movePrecompileToAddress\":\"\(other)\"}"
    #expect(try call(identity, "") == "0xabcd")
    #expect(try call(other, move) == "0xabcd")
    #expect(try call(identity, move) == "0x")
    // Code in the place of a precompiled contract is what runs there: PUSH1 1, PUSH0, MSTORE8, …
    #expect(
      try call(identity, "\"\(identity)\":{\"code\":\"0x60015f5360015ff3\"}") == "0x01")
    let wrong = try chain.error(
      "eth_call",
      "[{},\"latest\",{\"\(other)\":{\"movePrecompileToAddress\":\"\(contract)\"}}]")
    #expect(wrong.message.hasSuffix("is not a precompile"))
  }

  @Test func estimatesAndTracesTakeOverridesToo() throws {
    let chain = try CallChain()
    let state = "{\"\(contract)\":{\"code\":\"0x5f545f5260205ff3\"}}"
    let gas = try chain.result(
      "eth_estimateGas", "[{\"to\":\"\(contract)\"},\"latest\",\(state)]"
    ).uint64()
    #expect(gas > 23_000 && gas < 24_000)
    let trace = try chain.result(
      "debug_traceCall",
      "[{\"to\":\"\(contract)\"},\"latest\",{\"tracer\":\"callTracer\",\"stateOverrides\":\(state)}]"
    )
    #expect(try trace.field("output").uint256().isZero)
    #expect(try trace.field("type").string() == "CALL")
  }

  @Test func malformedOverridesAreRefused() throws {
    let chain = try CallChain()
    for state in [
      "[]", "5", "{\"0x12\":{}}", "{\"\(contract)\":5}", "{\"\(contract)\":{\"nonce\":-1}}",
      "{\"\(contract)\":{\"balance\":\"0x1\(String(repeating: "0", count: 64))\"}}",
      "{\"\(contract)\":{\"state\":{\"0x1\":\"0x1\"}}}", "{\"\(contract)\":{\"state\":[]}}",
    ] {
      #expect(
        try chain.error("eth_call", "[{},\"latest\",\(state)]").code == -32602, "\(state)")
    }
    for block in ["[]", "{\"number\":\"zz\"}", "{\"time\":1.5}", "{\"prevRandao\":\"0x1\"}"] {
      #expect(
        try chain.error("eth_call", "[{},\"latest\",{},\(block)]").code == -32602, "\(block)")
    }
  }
}

extension Address {
  fileprivate init?(hexText: String) {
    guard let word = UInt256(hexText: hexText) else { return nil }
    self.init(truncating: word)
  }
}

extension UInt256 {
  fileprivate init?(hexText: String) { try? self.init(hex: hexText.dropFirst(2)) }
}
