// Calls that would never end, or take all memory.

import JSON
import Primitives
import Testing

@Suite struct CallLimitTests {
  private let contract = "0xc100000000000000000000000000000000000000"

  /// A call of code, with so much gas as there is.
  private func call(_ code: String, with gas: String = "0x7fffffffffffffff") -> String {
    "[{\"to\":\"\(contract)\",\"gas\":\"\(gas)\"},\"latest\",{\"\(contract)\":{\"code\":\"0x\(code)\"}}]"
  }

  @Test func anEndlessLoopEndsAtTheDeadline() throws {
    let chain = try CallChain(gasLimit: 0, timeout: .milliseconds(50))
    let loops = [
      // JUMPDEST, PUSH0, JUMP
      "5b5f56",
      // JUMPDEST, PUSH1 1, PUSH0, JUMPI
      "5b60015f57",
      // Calls itself, and again, without a jump: five times nothing, ADDRESS, GAS, CALL, twice.
      "5f5f5f5f5f305af15f5f5f5f5f305af1",
      // Asks the MODEXP contract for much, again and again.
      "5b61040060005261040060205261040060405260206000610c606000600060056300fffffff1505f56",
      // Hashes 32 MiB, again and again, without a jump: PUSH4, PUSH0, KECCAK256, POP.
      String(repeating: "63020000005f2050", count: 400),
    ]
    for loop in loops {
      let start = ContinuousClock.now
      for method in ["eth_call", "eth_createAccessList"] {
        let error = try chain.error(method, call(loop))
        #expect(error.code == -32000, "\(method) \(loop)")
        #expect(error.message == "execution aborted (timeout = 50ms)", "\(method) \(loop)")
      }
      // No transaction may have so much gas that this took long.
      #expect(try chain.error("eth_estimateGas", call(loop)).code == -32000)
      #expect(ContinuousClock.now - start < .seconds(10))
    }
    let simulated = try chain.error(
      "eth_simulateV1",
      "[{\"blockStateCalls\":[{\"blockOverrides\":{\"gasLimit\":\"0x7fffffffffffffff\"},"
        + "\"stateOverrides\":{\"\(contract)\":{\"code\":\"0x5b5f56\"}},"
        + "\"calls\":[{\"to\":\"\(contract)\"}]}]}]")
    #expect(simulated.message == "execution aborted (timeout = 50ms)")
    // The next call is none the worse for it.
    #expect(
      try chain.result("eth_call", call("602a5f5260205ff3")).uint256() == UInt256(42 as UInt64))
  }

  @Test func aTraceEndsAtItsOwnDeadline() throws {
    let chain = try CallChain(gasLimit: 0)
    let error = try chain.error(
      "debug_traceCall",
      "[{\"to\":\"\(contract)\",\"gas\":\"0x7fffffffffffffff\"},\"latest\",{\"tracer\":\"callTracer\","
        + "\"timeout\":\"20ms\",\"stateOverrides\":{\"\(contract)\":{\"code\":\"0x5b5f56\"}}}]")
    #expect(error.message == "execution timeout")
    #expect(
      try chain.error("debug_traceCall", "[{},\"latest\",{\"timeout\":\"5 years\"}]").message
        == "time: unknown unit \" years\" in duration \"5 years\"")
  }

  @Test func gasIsLimitedAndMemoryWithIt() throws {
    let chain = try CallChain()
    // JUMPDEST, MSIZE, MLOAD, POP, PUSH0, JUMP: a word more each time.
    let error = try chain.error("eth_call", call("5b5951505f56"))
    #expect(error.message == "out of gas")
    // PUSH4 0x7fffffff, MLOAD
    #expect(try chain.error("eth_call", call("637fffffff51")).message == "out of gas")
    let unlimited = try CallChain(gasLimit: 0)
    let memory = try unlimited.error("eth_call", call("637fffffff51"))
    #expect(memory.message.contains("memory"))
    // GAS: what a call has unless it says otherwise is the limit less what it pays at once.
    let gas = try chain.result("eth_call", call("5a5f5260205ff3")).uint64()
    #expect(gas == 50_000_000 - 21_000 - 2)
  }

  @Test func refusalsAreInGethsWords() throws {
    let chain = try CallChain()
    let poor = "0xC000000000000000000000000000000000000000"
    #expect(
      try chain.error("eth_call", "[{\"from\":\"\(poor)\",\"value\":\"0x5\"},\"latest\"]").message
        == "err: insufficient funds for gas * price + value: address \(poor) have 0 want 5 "
        + "(supplied gas 50000000)")
    #expect(
      try chain.error("eth_call", "[{\"gas\":\"0x1\"},\"latest\"]").message
        == "err: intrinsic gas too low: have 1, want 53000 (supplied gas 1)")
  }
}
