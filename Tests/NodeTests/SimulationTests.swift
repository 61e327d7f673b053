// eth_simulateV1, by request and answer.

import JSON
import Primitives
import Testing

@Suite struct SimulationTests {
  private let poor = "0xc000000000000000000000000000000000000000"
  private let contract = "0xc100000000000000000000000000000000000000"

  @Test func blocksFollowEachOtherAndSeeWhatCameBefore() throws {
    let chain = try CallChain()
    let blocks = try chain.result(
      "eth_simulateV1",
      "[{\"blockStateCalls\":[{\"stateOverrides\":{\"\(poor)\":{\"balance\":\"0x64\"}},\"calls\":["
        + "{\"from\":\"\(poor)\",\"to\":\"\(contract)\",\"value\":\"0x64\"}]},"
        + "{\"blockOverrides\":{\"number\":\"0x4\"},\"calls\":["
        + "{\"from\":\"\(contract)\",\"to\":\"\(poor)\",\"value\":\"0x63\"}]}]},\"latest\"]")
    let found = Array(try blocks.elements())
    #expect(found.count == 4)
    for (index, block) in found.enumerated() {
      #expect(try block.field("number").uint64() == UInt64(index + 1))
      #expect(try block.field("timestamp").uint64() == 1000 + 12 * UInt64(index + 1))
      if index > 0 {
        #expect(
          try block.field("parentHash").string() == found[index - 1].field("hash").string())
      }
    }
    let call = try #require(Array(try found[3].field("calls").elements()).first)
    #expect(try call.field("status").string() == "0x1")
    #expect(try call.field("gasUsed").uint64() == 21_000)
    // Nothing of it is in the chain.
    #expect(try chain.result("eth_getBalance", "[\"\(poor)\",\"latest\"]").uint256().isZero)
  }

  @Test func movedEtherIsAnEventWhereThatIsAskedFor() throws {
    let chain = try CallChain()
    func logs(_ code: String) throws -> [JSONValue] {
      let blocks = try chain.result(
        "eth_simulateV1",
        "[{\"traceTransfers\":true,\"blockStateCalls\":[{\"stateOverrides\":{"
          + "\"\(poor)\":{\"balance\":\"0x64\"},\"\(contract)\":{\"code\":\"0x\(code)\"}},\"calls\":["
          + "{\"from\":\"\(poor)\",\"to\":\"\(contract)\",\"value\":\"0x5\"}]}]}]")
      let block = try #require(Array(try blocks.elements()).first)
      let call = try #require(Array(try block.field("calls").elements()).first)
      return Array(try call.field("logs").elements())
    }
    // LOG0 of nothing, then five times nothing and a CALL with value 1 to account 0x99.
    let both = try logs("5f5fa05f5f5f5f600160995af1")
    #expect(
      try both.map { try $0.field("address").string().prefix(6) } == ["0xeeee", "0xc100", "0xeeee"])
    #expect(try both.map { try $0.field("logIndex").string() } == ["0x0", "0x1", "0x2"])
    // REVERT: none of it happened.
    #expect(try logs("5f5fa05f5ffd").isEmpty)
  }

  @Test func requestsThatMakeNoSenseHaveTheirCodes() throws {
    let chain = try CallChain()
    func code(_ simulation: String) throws -> Int64 {
      try chain.error("eth_simulateV1", "[\(simulation),\"latest\"]").code
    }
    let call = "{\"from\":\"\(poor)\",\"to\":\"\(contract)\"}"
    #expect(try code("{\"blockStateCalls\":[]}") == -32602)
    #expect(try code("{\"blockStateCalls\":[5]}") == -32602)
    #expect(try code("{\"blockStateCalls\":[{\"blockOverrides\":{\"number\":\"0x0\"}}]}") == -38020)
    #expect(try code("{\"blockStateCalls\":[{\"blockOverrides\":{\"time\":\"0x1\"}}]}") == -38021)
    #expect(
      try code("{\"blockStateCalls\":[{\"blockOverrides\":{\"number\":\"0x102\"}}]}") == -38026)
    #expect(
      try code("{\"blockStateCalls\":[{\"blockOverrides\":{\"number\":\"0xffffffffffffffff\"}}]}")
        == -38026)
    #expect(
      try code(
        "{\"blockStateCalls\":[{\"blockOverrides\":{\"number\":\"0x1\",\"time\":"
          + "\"0xffffffffffffffff\"}},{}]}") == -38021)
    #expect(
      try code("{\"validation\":true,\"blockStateCalls\":[{\"calls\":[\(call)]}]}") == -38012)
    let nonce = "{\"from\":\"\(CallChain.rich)\",\"maxFeePerGas\":\"0x77359400\",\"nonce\":\"0x5\"}"
    #expect(
      try code("{\"validation\":true,\"blockStateCalls\":[{\"calls\":[\(nonce)]}]}") == -38011)
    #expect(
      try code(
        "{\"blockStateCalls\":[{\"calls\":[{\"from\":\"\(poor)\",\"value\":\"0x1\"}]}]}") == -38014)
    #expect(try code("{\"blockStateCalls\":[{\"calls\":[{\"gas\":\"0x5207\"}]}]}") == -38013)
    #expect(
      try code(
        "{\"blockStateCalls\":[{\"blockOverrides\":{\"gasLimit\":\"0x10\"},\"calls\":["
          + "{\"gas\":\"0x5208\"}]}]}") == -38015)
  }

  @Test func theGasOfAllCallsTogetherIsLimited() throws {
    let chain = try CallChain(gasLimit: 100_000)
    let loop = "\"\(contract)\":{\"code\":\"0x5b5f56\"}"
    let call = "{\"to\":\"\(contract)\"}"
    let blocks = try chain.result(
      "eth_simulateV1",
      "[{\"blockStateCalls\":[{\"stateOverrides\":{\(loop)},\"calls\":[\(call)]}]}]")
    let block = try #require(Array(try blocks.elements()).first)
    #expect(try block.field("gasUsed").uint64() == 100_000)
    let second = try chain.error(
      "eth_simulateV1",
      "[{\"blockStateCalls\":[{\"stateOverrides\":{\(loop)},\"calls\":[\(call),\(call)]}]}]")
    #expect(second.code == -38013)
  }
}
