// Receipts and logs of blocks with several transactions.

import JSON
import Ledger
import Primitives
import Storage
import Testing

@testable import Node

@Suite(.serialized) struct ReceiptsAndLogsTests {
  private var from: String { TestNode.accounts[0].address.hex }

  /// A contract that logs twice what it is called with, by one topic of its number: CALLDATASIZE, PUSH0, PUSH0,
  /// CALLDATACOPY, then twice PUSH1 topic, CALLDATASIZE, PUSH0, LOG1.
  private func deploy(on node: TestNode, topic: String) async throws -> String {
    let code = "365f5f3760\(topic)365fa160\(topic)365fa100"
    let size = code.utf8.count / 2
    // PUSH code, PUSH0, MSTORE, and its bytes from where they stand in the word are returned.
    let creation: [UInt8] =
      [0x5f + UInt8(size)] + (try Hex.decode(code)) + [0x5f, 0x52, 0x60, UInt8(size), 0x60]
      + [UInt8(32 - size), 0xf3]
    let hash = try await node.result(
      "eth_sendTransaction",
      "[{\"from\":\"\(from)\",\"data\":\"\(Hex.encode(creation))\"}]"
    ).string()
    _ = try await node.result("evm_mine")
    return try await node.receipt(hash).field("contractAddress").string()
  }

  @Test func eachReceiptHasItsPlaceInTheBlock() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let contract = try await deploy(on: node, topic: "2a")
    var hashes: [String] = []
    for index in 0..<5 {
      hashes.append(
        try await node.result(
          "eth_sendTransaction",
          "[{\"from\":\"\(from)\",\"to\":\"\(contract)\",\"data\":\"0x0\(index)\"}]"
        ).string())
    }
    _ = try await node.result("evm_mine")
    let all = Array(try await node.result("eth_getBlockReceipts", "[\"latest\"]").elements())
    #expect(all.count == 5)
    var gas: UInt64 = 0
    for (index, receipt) in all.enumerated() {
      #expect(try receipt.field("transactionHash").string() == hashes[index])
      let alone = try await node.receipt(hashes[index])
      #expect(try alone.field("from").string() == from)
      #expect(
        try alone.field("gasUsed").uint64() == receipt.field("gasUsed").uint64())
      gas += try receipt.field("gasUsed").uint64()
      #expect(try receipt.field("cumulativeGasUsed").uint64() == gas)
      let logs = Array(try alone.field("logs").elements())
      #expect(
        try logs.map { try $0.field("logIndex").uint64() } == [
          2 * UInt64(index), 2 * UInt64(index) + 1,
        ])
    }
    let logs = Array(
      try await node.result("eth_getLogs", "[{\"address\":\"\(contract)\",\"fromBlock\":\"0x0\"}]")
        .elements())
    #expect(try logs.map { try $0.field("logIndex").uint64() } == Array(0..<10))
    #expect(try logs.map { try $0.field("data").string() }.last == "0x04")
    try node.node.stop()
  }

  @Test func logsAreFoundByAddressAndTopic() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let contracts = [
      try await deploy(on: node, topic: "2a"), try await deploy(on: node, topic: "2b"),
    ]
    for contract in contracts {
      _ = try await node.result(
        "eth_sendTransaction", "[{\"from\":\"\(from)\",\"to\":\"\(contract)\",\"data\":\"0xff\"}]")
    }
    _ = try await node.result("evm_mine")
    func count(_ filter: String) async throws -> Int {
      Array(try await node.result("eth_getLogs", "[{\"fromBlock\":\"0x0\"\(filter)}]").elements())
        .count
    }
    let topic = "0x" + String(repeating: "0", count: 62) + "2b"
    #expect(try await count("") == 4)
    #expect(try await count(",\"address\":\"\(contracts[0])\"") == 2)
    #expect(try await count(",\"topics\":[\"\(topic)\"]") == 2)
    #expect(try await count(",\"address\":\"\(contracts[0])\",\"topics\":[\"\(topic)\"]") == 0)
    #expect(try await count(",\"topics\":[null,\"\(topic)\"]") == 0)
    #expect(try await count(",\"topics\":[[]]") == 4)
    // Null among the topics of a place lets any stand there, whatever comes behind it.
    #expect(try await count(",\"topics\":[[null,\"\(topic)\"]]") == 4)
    #expect(try await count(",\"topics\":[[\"\(topic)\",null,7]]") == 4)
    #expect(try await count(",\"topics\":[[null],[null]]") == 0)
    #expect(
      try await node.refusal("eth_getLogs", "[{\"topics\":[[7,null]]}]").contains("string"))
    #expect(
      try await node.refusal("eth_getLogs", "[{\"fromBlock\":\"0x500\",\"toBlock\":\"0x1\"}]")
        == "invalid block range params")
    try node.node.stop()
  }

  @Test func logsAreFoundInLongChains() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let contract = try await deploy(on: node, topic: "2a")
    var numbers: [UInt64] = []
    for count in [3000, 1094, 1, 900, 3195, 2] {
      _ = try await node.result("hardhat_mine", "[\"0x\(String(count, radix: 16))\"]")
      _ = try await node.result(
        "eth_sendTransaction", "[{\"from\":\"\(from)\",\"to\":\"\(contract)\"}]")
      _ = try await node.result("evm_mine")
      numbers.append(try await node.result("eth_blockNumber").uint64())
    }
    func found(_ first: UInt64, _ last: UInt64) async throws -> [UInt64] {
      try await node.result(
        "eth_getLogs",
        "[{\"address\":\"\(contract)\",\"fromBlock\":\"\(UInt256(first).hex)\",\"toBlock\":\"\(UInt256(last).hex)\"}]"
      ).elements().map { try $0.field("blockNumber").uint64() }
    }
    let head = try #require(numbers.last)
    // From the headers first, and then from what was remembered.
    for _ in 0..<2 {
      for (first, last) in [
        (0, head), (4095, 4096), (4096, head), (numbers[0] + 1, numbers[4]), (8192, 8192),
      ] {
        let expected = numbers.filter { first <= $0 && $0 <= last }.flatMap { [$0, $0] }
        #expect(try await found(first, last) == expected, "\(first) to \(last)")
      }
    }
    try node.node.stop()
  }

  @Test func aQueryForTooManyLogsIsRefusedWithWhatToAskFor() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let contract = try await deploy(on: node, topic: "2a")
    for _ in 0..<3 {
      _ = try await node.result(
        "eth_sendTransaction", "[{\"from\":\"\(from)\",\"to\":\"\(contract)\"}]")
      _ = try await node.result("evm_mine")
    }
    try node.end()
    let store = try whenFree { try Store.open(at: node.folder) }
    let chain = ChainReader(store, rules: ChainRules(chainID: 31_337, always: .latest))
    func answer(_ limits: EthLogs.Limits, _ range: String = "\"fromBlock\":\"0x0\"") -> String? {
      RPCHandler(EthLogs(chain: chain, limits: limits).methods).answer(
        Array(
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getLogs\",\"params\":[{\(range)}]}"
            .utf8))
    }
    // The logs of one block can be had however many they are.
    #expect(
      answer(.init(logs: 1), "\"fromBlock\":\"0x2\",\"toBlock\":\"0x2\"")?.contains("result")
        == true)
    #expect(answer(.init(logs: 6))?.contains("result") == true)
    let refusal = try #require(answer(.init(logs: 5)))
    #expect(refusal.contains("-32005"))
    #expect(refusal.contains("more than 5 results; ask for blocks 0 to 3 first"))
    #expect(answer(.init(time: .zero))?.contains("-32005") == true)
    try store.close()
  }
}
