// What requests for calls say, and how they are refused.

import Crypto
import JSON
import Ledger
import Primitives
import Storage
import Testing

@testable import Node

@Suite struct CallRequestTests {
  private let contract = "0xc100000000000000000000000000000000000000"

  @Test func aCallForAnotherChainIsRefused() throws {
    let chain = try CallChain()
    let call = "{\"to\":\"\(contract)\",\"chainId\":\"0x1\"}"
    for (method, parameters) in [
      ("eth_call", "[\(call),\"latest\"]"), ("eth_estimateGas", "[\(call)]"),
      ("eth_createAccessList", "[\(call),\"latest\"]"),
      ("debug_traceCall", "[\(call),\"latest\",{}]"),
      ("eth_simulateV1", "[{\"blockStateCalls\":[{\"calls\":[\(call)]}]}]"),
    ] {
      let error = try chain.error(method, parameters)
      #expect(error.code == -32000, "\(method)")
      #expect(error.message == "chainId does not match node's (have=1, want=31337)", "\(method)")
    }
    let same = "{\"to\":\"\(contract)\",\"chainId\":\"0x7a69\"}"
    #expect(try chain.result("eth_call", "[\(same),\"latest\"]").string() == "0x")
  }

  @Test func aTipAboveTheMostThatIsPaidIsRefused() throws {
    let chain = try CallChain()
    let call =
      "{\"from\":\"\(CallChain.rich)\",\"to\":\"\(contract)\",\"maxPriorityFeePerGas\":\"0x1\"}"
    let words =
      "max priority fee per gas higher than max fee per gas: address "
      + "\(CallChain.accounts[0].address.checksummed), maxPriorityFeePerGas: 1, maxFeePerGas: 0"
    let error = try chain.error("eth_call", "[\(call),\"latest\"]")
    #expect(error.message == "err: \(words) (supplied gas 50000000)")
    let simulated = try chain.error(
      "eth_simulateV1", "[{\"blockStateCalls\":[{\"calls\":[\(call)]}]}]")
    #expect(simulated.code == -32602)
    #expect(simulated.message.contains(words))
    // Here geth fills in what is left out.
    _ = try chain.result("eth_createAccessList", "[\(call),\"latest\"]")
  }

  @Test func membersThatExcludeEachOtherAreRefusedWithGethsCode() throws {
    let chain = try CallChain()
    for members in [
      "\"gasPrice\":\"0x1\",\"maxFeePerGas\":\"0x1\"", "\"data\":\"0x01\",\"input\":\"0x02\"",
    ] {
      let error = try chain.error("eth_call", "[{\"to\":\"\(contract)\",\(members)},\"latest\"]")
      #expect(error.code == -32000)
      #expect(error.message.hasPrefix("both "))
    }
  }

  @Test func aCallSeesTheGasLimitOfItsBlockHoweverMuchItMayTake() throws {
    let chain = try CallChain()
    let limit = try chain.result("eth_getBlockByNumber", "[\"latest\",false]").field("gasLimit")
      .string()
    // Returns the block's gas limit.
    let code = "{\"\(contract)\":{\"code\":\"0x455f5260205ff3\"}}"
    for gas in ["", ",\"gas\":\"0x2faf080\"", ",\"gas\":\"0x30d40\""] {
      let word = try chain.result(
        "eth_call", "[{\"to\":\"\(contract)\"\(gas)},\"latest\",\(code)]"
      ).string()
      #expect(UInt64(word.dropFirst(2), radix: 16) == UInt64(limit.dropFirst(2), radix: 16))
    }
  }

  @Test func anAbsentBlockIsNamedAsGethDoes() throws {
    let chain = try CallChain()
    let hash = "0x" + String(repeating: "12", count: 32)
    for method in ["eth_call", "eth_estimateGas", "eth_createAccessList"] {
      #expect(try chain.error(method, "[{},\"0xffff\"]").message == "header not found")
      #expect(try chain.error(method, "[{},\"\(hash)\"]").message == "header for hash not found")
    }
    #expect(
      try chain.error("eth_getBalance", "[\"\(contract)\",\"0xffff\"]").message
        == "header not found")
    #expect(
      try chain.error("debug_traceBlockByNumber", "[\"0xffff\"]").message
        == "block #65535 not found")
    #expect(
      try chain.error("debug_traceCall", "[{},\"\(hash)\"]").message == "block \(hash) not found")
  }

  @Test func anAccessListLeavesOutWhatIsAccessedAnyway() throws {
    let chain = try CallChain()
    let other = "0x00000000000000000000000000000000000c0de1"
    let key = UInt256(5)
    let authorization = try #require(
      Authorization(chainID: .zero, address: .zero, nonce: 7).signed(by: key))
    let authority = try authorization.recoverAuthority()
    let asked = [contract, CallChain.rich, other, "0x0000000000000000000000000000000000000004"]
      .map { "{\"address\":\"\($0)\",\"storageKeys\":[]}" }.joined(separator: ",")
    let signature = authorization.signature
    let list =
      "[{\"chainId\":\"0x0\",\"address\":\"\(Address.zero.hex)\",\"nonce\":\"0x7\",\"yParity\":"
      + "\"\(UInt256(UInt64(signature.yParity)).hex)\",\"r\":\"\(signature.r.hex)\",\"s\":\"\(signature.s.hex)\"}]"
    // PUSH20, BALANCE: of the authority.
    let state = "{\"\(contract)\":{\"code\":\"0x73\(authority.hex.dropFirst(2))31\"}}"
    let answer = try chain.result(
      "eth_createAccessList",
      "[{\"from\":\"\(CallChain.rich)\",\"to\":\"\(contract)\",\"accessList\":[\(asked)],"
        + "\"authorizationList\":\(list)},\"latest\",\(state)]")
    let addresses = try answer.field("accessList").elements().map {
      try $0.field("address").string()
    }
    #expect(addresses == [other])
  }

  @Test func aSimulationSeesTheFeesThatTheRequestSets() throws {
    let chain = try CallChain()
    // BASEFEE, PUSH0, MSTORE, BLOBBASEFEE, PUSH1 32, MSTORE, GASPRICE, PUSH1 64, MSTORE, PUSH1 96, PUSH0, RETURN
    let code = "0x485f524a6020523a60405260605ff3"
    let blocks = try chain.result(
      "eth_simulateV1",
      "[{\"blockStateCalls\":[{\"blockOverrides\":{\"baseFeePerGas\":\"0x7\",\"blobBaseFee\":\"0x55\"},"
        + "\"stateOverrides\":{\"\(contract)\":{\"code\":\"\(code)\"}},"
        + "\"calls\":[{\"from\":\"\(CallChain.rich)\",\"to\":\"\(contract)\"}]}]}]")
    let block = try #require(Array(try blocks.elements()).first)
    let call = try #require(Array(try block.field("calls").elements()).first)
    let words = try call.field("returnData").bytes()
    #expect(UInt256(bigEndian: words[0..<32]) == UInt256(7))
    #expect(UInt256(bigEndian: words[32..<64]) == UInt256(0x55))
    #expect(UInt256(bigEndian: words[64..<96])?.isZero == true)
  }

  @Test func whatWasReadOfAnotherBranchIsNotAnswered() throws {
    let chain = try CallChain()
    let block = try chain.chain.existingBlock(.latest)
    #expect(try chain.chain.body(of: block).transactions.isEmpty)
    let gone = ChainReader.Found(
      number: block.number, hash: Hash256(UInt256(1)), header: block.header)
    for read in [
      { _ = try chain.chain.body(of: gone) }, { _ = try chain.chain.encoding(of: gone) },
      { _ = try chain.chain.receipts(of: gone) },
    ] as [() throws -> Void] {
      #expect(throws: RPCError.failed("block \(gone.hash) not found")) { try read() }
    }
  }
}
