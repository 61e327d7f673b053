// Whole states in anvil's format.

import Foundation
import JSON
import Primitives
import State
import Testing

@testable import Node

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

@Suite(.serialized) struct StateDumpTests {
  private let someone = "0x00000000000000000000000000000000000000aa"
  private var from: String { TestNode.accounts[0].address.hex }

  @Test func aDumpHasAllAndIsLoadedAgain() async throws {
    let node = try TestNode()
    // Writes 7 to slot 1 when it is created, and leaves one byte of code.
    let hash = try await node.send(
      "\"from\":\"\(from)\",\"data\":\"0x600760015560fe5f5360015ff3\"")
    let contract = try await node.receipt(hash).field("contractAddress").string()
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x64\"]")
    let packed = try await node.text("anvil_dumpState")
    #expect(packed.hasPrefix("0x1f8b"))
    let dump = try StateDump(Array(packed.utf8), source: "dump")
    #expect(dump.number == 1)
    let made = try #require(dump.accounts.first { $0.address.hex == contract })
    #expect(made.code == [0xfe] && made.storage == [UInt256(1): UInt256(7)] && made.nonce == 1)
    #expect(dump.accounts.first { $0.address.hex == someone }?.balance == UInt256(0x64))
    try node.node.stop()

    let other = try TestNode()
    #expect(try await other.result("anvil_loadState", "[\"\(packed)\"]").boolean == true)
    #expect(try await other.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x64")
    #expect(try await other.text("eth_getCode", "[\"\(contract)\",\"latest\"]") == "0xfe")
    #expect(
      try await other.result("eth_getStorageAt", "[\"\(contract)\",\"0x1\",\"latest\"]").uint256()
        == UInt256(7))
    #expect(try await other.text("eth_getTransactionCount", "[\"\(from)\",\"latest\"]") == "0x1")
    try await other.result("evm_mine")
    try other.restart()
    #expect(try await other.text("eth_getCode", "[\"\(contract)\",\"latest\"]") == "0xfe")
    try other.node.stop()

    // A chain that begins with it begins behind its block.
    var chain = DevelopmentGenesis(timestamp: dump.timestamp)
    (chain.number, chain.state) = (dump.number, dump.accounts)
    let begun = try TestNode(genesis: try chain.genesis(TestNode.accounts))
    #expect(try await begun.text("eth_blockNumber") == "0x1")
    _ = try await begun.receipt(
      try await begun.send("\"from\":\"\(from)\",\"to\":\"\(someone)\",\"value\":\"0x1\""))
    #expect(try await begun.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x65")
    try begun.restart()
    #expect(try await begun.text("eth_blockNumber") == "0x2")
    #expect(try await begun.text("eth_getCode", "[\"\(contract)\",\"latest\"]") == "0xfe")
    #expect(try StateDump(Array(try begun.node.dump().json().utf8), source: "again").number == 2)
    try begun.node.stop()
  }

  @Test func aDumpIsPutOverWhatIsThere() async throws {
    let node = try TestNode()
    try await node.result("anvil_setNonce", "[\"\(someone)\",\"0x5\"]")
    try await node.result("anvil_setStorageAt", "[\"\(someone)\",\"0x1\",\"0x7\"]")
    try await node.result("anvil_setStorageAt", "[\"\(someone)\",\"0x2\",\"0x8\"]")
    let dump = """
      {"accounts":{"\(someone)":{"nonce":3,"balance":"0x5","code":"0x","storage":{"0x2":"0x9"}}}}
      """
    try await node.result("anvil_loadState", "[\"\(Hex.encode(Array(dump.utf8)))\"]")
    for (slot, word) in [("0x1", 7), ("0x2", 9)] {
      #expect(
        try await node.result("eth_getStorageAt", "[\"\(someone)\",\"\(slot)\",\"latest\"]")
          .uint256() == UInt256(UInt64(word)))
    }
    #expect(try await node.text("eth_getTransactionCount", "[\"\(someone)\",\"latest\"]") == "0x5")
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x5")
    try node.node.stop()
  }

  @Test func dumpsOfAnvilAreRead() throws {
    let newer = """
      {"block":{"number":2,"beneficiary":"0x00000000000000000000000000000000000000bb","timestamp":1724763179,
      "gas_limit":30000000,"basefee":875175000,"difficulty":"0x0","prevrandao":null,
      "blob_excess_gas_and_price":{"excess_blob_gas":0,"blob_gasprice":1}},
      "accounts":{"\(someone)":{"nonce":3,"balance":"0x5","code":"0x00","storage":{"0x1":"0x2"}}},
      "best_block_number":9,"blocks":[],"transactions":[]}
      """
    let older = """
      {"block":{"number":"0x2","coinbase":"0x00000000000000000000000000000000000000bb","timestamp":"0x66cdc823",
      "gas_limit":"0x1c9c380","basefee":"0x342a1c58","difficulty":"0x0"},
      "accounts":{"\(someone)":{"nonce":3,"balance":"0x5","code":"0x00","storage":{}}},"best_block_number":"0x9"}
      """
    for text in [newer, older] {
      let dump = try StateDump(Array(text.utf8), source: "dump")
      #expect(dump.number == 9 && dump.gasLimit == 30_000_000 && dump.timestamp > 1_724_000_000)
      #expect(dump.coinbase == Address(truncating: 0xbb))
      #expect(dump.accounts.first?.nonce == 3)
      #expect(dump.baseFee == UInt256(dump.baseFee.asUInt64 ?? 0))
    }
    #expect(
      try StateDump(Array(newer.utf8), source: "dump").accounts.first?.storage
        == [UInt256(1): UInt256(2)])
  }

  @Test func hostileDumpsAreErrorsThatNameThem() {
    for text in [
      "", "0x", "0x1", "0x1f8b", "0x1f8b0800000000000003", "{}", "[]", "{\"accounts\":[]}",
      "{\"accounts\":{\"0x1\":{}}}", "{\"accounts\":{\"\(someone)\":{\"balance\":-1}}}",
      "{\"accounts\":{\"\(someone)\":{},\"\(someone)\":{}}}",
      "{\"accounts\":{},\"block\":{\"number\":\"0x10000000000000000\"}}",
    ] {
      #expect(throws: NodeError.self, "\(text)") {
        _ = try StateDump(Array(text.utf8), source: "dump")
      }
    }
  }

  @Test func aPackedDumpIsNoLongerThanItMayBe() async throws {
    let json = "{\"accounts\":{}" + String(repeating: " ", count: 1 << 20) + "}"
    let packed = try #require(Gzip.pack(Array(json.utf8)))
    #expect(packed.count < 4096)
    #expect(try StateDump(packed, source: "dump").accounts.isEmpty)
    #expect(throws: NodeError.self) {
      _ = try StateDump(packed, source: "dump", limit: 1 << 20)
    }
    // What a request brings may be a few times as long as a request.
    let node = try TestNode { $0.service.requests.requestBytes = 16 << 10 }
    let refusal = try await node.refusal("anvil_loadState", "[\"\(Hex.encode(packed))\"]")
    #expect(refusal.hasSuffix("or to more than 262144 bytes"))
    try node.node.stop()
  }

  @Test func theStateAtTheEndHasAllThatWasAnswered() async throws {
    let node = try TestNode()
    let running = try node.node
    let url = try #require(URL(string: "http://127.0.0.1:\(running.port)/"))
    let body = """
      {"jsonrpc":"2.0","id":1,"method":"eth_sendTransaction","params":[{"from":"\(from)","to":"\(someone)"}]}
      """
    let client = Task { () -> UInt64 in
      var answered: UInt64 = 0
      while true {
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = Data(body.utf8)
        guard let (data, _) = try? await URLSession.shared.data(for: request),
          String(decoding: data, as: UTF8.self).contains("\"result\"")
        else { return answered }
        answered += 1
      }
    }
    while try await node.result("eth_blockNumber").uint64() < 20 {}
    var state: StateDump?
    try running.stop { state = $0 }
    let answered = await client.value
    let sender = state?.accounts.first { $0.address.hex == from }
    #expect(answered >= 20)
    #expect(try #require(sender).nonce >= answered)
  }

  @Test func aStateThatCannotBeKeptIsToldAndTheStoreIsClosed() throws {
    let node = try TestNode()
    #expect {
      try node.node.stop { _ in throw NodeError(description: "no room") }
    } throws: { "\($0)" == "the state is not written: no room" }
  }
}
