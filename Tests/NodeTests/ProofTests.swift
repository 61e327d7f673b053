// eth_getProof, eth_createAccessList and what else tells of accounts and slots.

import Chain
import JSON
import Node
import Primitives
import State
import Storage
import Testing

@Suite(.serialized) struct ProofTests {
  private var from: String { TestNode.accounts[0].address.hex }

  @Test func proofsHoldAtTheHeadAndAtBlocksBefore() async throws {
    let node = try TestNode()
    // A contract that keeps its number of calls: PUSH1 1, PUSH0, SLOAD, ADD, PUSH0, SSTORE.
    let hash = try await node.result(
      "eth_sendTransaction",
      "[{\"from\":\"\(from)\",\"data\":\"0x6760015f54015f55005f5260086018f3\"}]"
    ).string()
    let contract = try await node.receipt(hash).field("contractAddress").string()
    for _ in 0..<3 {
      let call = try await node.result(
        "eth_sendTransaction", "[{\"from\":\"\(from)\",\"to\":\"\(contract)\"}]"
      ).string()
      _ = try await node.receipt(call)
    }
    let head = try await node.result("eth_blockNumber").uint64()
    #expect(head == 4)
    for number in 0...head {
      let name = "\"0x\(String(number, radix: 16))\""
      let header = try await node.result("eth_getBlockByNumber", "[\(name),false]")
      let root = try header.field("stateRoot").hash()
      let proof = try await node.result(
        "eth_getProof", "[\"\(contract)\",[\"0x0\",\"0x7\"],\(name)]")
      let read = try AccountProof(proof)
      try read.verify(root: root)
      #expect(read.slots.map(\.word) == [UInt256(number > 0 ? number - 1 : 0), .zero])
      let own = try AccountProof(try await node.result("eth_getProof", "[\"\(from)\",[],\(name)]"))
      try own.verify(root: root)
      #expect(own.nonce == number)
    }
    // Keys are in the answer as they were in the request.
    let whole = "0x\(String(repeating: "0", count: 63))1"
    let keys = try await node.result(
      "eth_getProof", "[\"\(contract)\",[\"0x01\",\"\(whole)\"],\"latest\"]"
    ).field("storageProof").elements().map { try $0.field("key").string() }
    #expect(keys == ["0x1", whole])
    let many = try await node.ask(
      "eth_getProof",
      "[\"\(contract)\",[\(Array(repeating: "\"0x1\"", count: 1025).joined(separator: ","))],\"latest\"]"
    )
    #expect(try many.field("error").field("code").signedNumber == -32602)
    try node.node.stop()
  }

  @Test func anAccessListNamesWhatACallTouches() throws {
    let chain = try CallChain()
    let contract = "0xc100000000000000000000000000000000000000"
    // SLOAD of slot 7, BALANCE of account 0xabcdef, BALANCE of the caller.
    let list = try chain.result(
      "eth_createAccessList",
      "[{\"to\":\"\(contract)\"},\"latest\",{\"\(contract)\":{\"code\":\"0x6007545062abcdef31503331\"}}]"
    )
    let entries = Array(try list.field("accessList").elements())
    #expect(
      try entries.map { try $0.field("address").string() }
        == ["0x0000000000000000000000000000000000abcdef", contract])
    let slots = try entries.map { try $0.field("storageKeys").elements().map { try $0.uint64() } }
    #expect(slots == [[], [7]])
    #expect(try list.optionalField("error") == nil)
    let reverted = try chain.result(
      "eth_createAccessList",
      "[{\"to\":\"\(contract)\"},\"latest\",{\"\(contract)\":{\"code\":\"0x6007545f5ffd\"}}]")
    #expect(try reverted.field("error").string() == "execution reverted")
  }

  @Test func aBlockCanBeBuiltThatTheChainNeverHearsOf() throws {
    let chain = try CallChain()
    let head = chain.chain.store.head.hash.hex
    func build(_ parent: String, _ timestamp: String, _ transactions: String) throws -> JSONValue {
      try chain.ask(
        "testing_buildBlockV1",
        "[\"\(parent)\",{\"timestamp\":\"\(timestamp)\",\"prevRandao\":\"\(head)\","
          + "\"suggestedFeeRecipient\":\"\(CallChain.rich)\",\"withdrawals\":[],"
          + "\"parentBeaconBlockRoot\":\"\(head)\"},\(transactions),\"0x616263\"]")
    }
    let payload = try build(head, "0x1000", "[]").field("result").field("executionPayload")
    #expect(try payload.field("blockNumber").string() == "0x1")
    #expect(try payload.field("extraData").string() == "0x616263")
    #expect(try payload.field("parentHash").string() == head)
    #expect(chain.chain.store.head.number == 0)
    for (parent, timestamp, transactions) in [
      ("0x\(String(repeating: "1", count: 64))", "0x1000", "[]"), (head, "0x1", "[]"),
      (head, "0x1000", "[\"0x02ff\"]"), (head, "0x1000", "[\"0x\"]"),
    ] {
      let error = try build(parent, timestamp, transactions).field("error")
      #expect(try error.field("code").signedNumber != nil)
    }
  }
}
