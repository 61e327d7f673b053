// What listeners hear when the consensus client changes its mind.

import Foundation
import JSON
import Ledger
import Node
import Primitives
import Testing

@Suite(.serialized) struct ReorganisationNewsTests {
  /// What a listener was told of a log, or of a block.
  private struct Told: Equatable, CustomStringConvertible {
    let block: String
    var isRemoved = false

    init(_ block: String, isRemoved: Bool = false) {
      (self.block, self.isRemoved) = (block, isRemoved)
    }

    init(log: JSONValue) throws {
      block = try log.field("blockHash").string()
      isRemoved = try log.field("removed").boolean == true
    }

    var description: String { (isRemoved ? "-" : "+") + block.prefix(10) }
  }

  /// A transaction whose creation logs a topic, signed by the first funded account.
  private func logging(nonce: UInt64) throws -> String {
    let draft = Transaction(
      kind: .dynamicFee, chainID: 31_337, nonce: nonce,
      maxPriorityFeePerGas: UInt256(2_000_000_000 as UInt64),
      maxFeePerGas: UInt256(10_000_000_000 as UInt64), gasLimit: 100_000, to: nil,
      // PUSH1 7, PUSH0, PUSH0, LOG1
      data: [0x60, 7, 0x5f, 0x5f, 0xa1])
    return Hex.encode(try #require(draft.signed(by: TestNode.accounts[0].privateKey)).encoded)
  }

  /// A branch with a log in each of two blocks, and one of three blocks with a log in the last.
  private func branches() async throws -> (a: [TestEngine.Payload], b: [TestEngine.Payload]) {
    let maker = try TestEngine()
    let b1 = try await maker.build(on: maker.genesisHash, time: 1013, payee: 2)
    let b2 = try await maker.build(on: b1.hash, time: 1025, payee: 2)
    _ = try await maker.status(maker.genesisHash)
    _ = try await maker.ask("eth_sendRawTransaction", [try logging(nonce: 0)])
    let a1 = try await maker.build(on: maker.genesisHash, time: 1012)
    _ = try await maker.status(a1.hash)
    _ = try await maker.ask("eth_sendRawTransaction", [try logging(nonce: 1)])
    let a2 = try await maker.build(on: a1.hash, time: 1024)
    // Where they never stood they wait again; both are in one block there.
    let b3 = try await maker.build(on: b2.hash, time: 1037, payee: 2)
    for (payload, count) in zip([a1, a2, b1, b2, b3], [1, 1, 0, 0, 2]) {
      #expect((payload.object["transactions"] as? [String])?.count == count)
    }
    return ([a1, a2], [b1, b2, b3])
  }

  /// The results of the next so many messages, by the subscriptions' names.
  private func news(_ client: TestWebSocket, _ count: Int) throws -> [String: [JSONValue]] {
    var news: [String: [JSONValue]] = [:]
    for _ in 0..<count {
      let message = Array(try client.readNews().utf8)
      let parameters = try JSONDocument(parsing: message, source: "news").root.field("params")
      news[try parameters.field("subscription").string(), default: []].append(
        try parameters.field("result"))
    }
    return news
  }

  private func subscribe(_ client: TestWebSocket, _ parameters: String) throws -> String {
    let answer = Array(try client.ask("eth_subscribe", parameters).utf8)
    return try JSONDocument(parsing: answer, source: "answer").root.field("result").string()
  }

  @Test func subscribersHearOfLogsThatGoAndOfTheHeadsOfTheOtherBranch() async throws {
    let (a, b) = try await branches()
    let engine = try TestEngine()
    for payload in a + b { #expect(try await engine.give(payload).status == "VALID") }
    let client = try TestWebSocket(port: try engine.node.port)
    let heads = try subscribe(client, "[\"newHeads\"]")
    let topic = "0x" + String(repeating: "0", count: 63) + "7"
    let logs = try subscribe(client, "[\"logs\",{\"topics\":[\"\(topic)\"]}]")
    let others = try subscribe(client, "[\"logs\",{\"topics\":[\"\(TestEngine.zero)\"]}]")

    /// What is told when this becomes the head.
    func move(
      to head: TestEngine.Payload, expecting blocks: [TestEngine.Payload], _ expected: [Told]
    ) async throws {
      #expect(try await engine.status(head.hash) == "VALID")
      let heard = try news(client, blocks.count + expected.count)
      #expect(try heard[heads]?.map { try $0.field("hash").string() } == blocks.map(\.hash))
      let numbers = try heard[heads]?.map { try $0.field("number").uint64() } ?? []
      #expect(numbers.sorted() == numbers)
      #expect(try (heard[logs] ?? []).map { try Told(log: $0) } == expected)
      #expect(heard[others] == nil)
    }
    try await move(to: a[0], expecting: [a[0]], [Told(a[0].hash)])
    try await move(to: a[1], expecting: [a[1]], [Told(a[1].hash)])
    // The last goes first; nothing is in the blocks that come.
    let gone = [Told(a[1].hash, isRemoved: true), Told(a[0].hash, isRemoved: true)]
    try await move(to: b[1], expecting: [b[0], b[1]], gone)
    try await move(to: b[2], expecting: [b[2]], [Told(b[2].hash), Told(b[2].hash)])
    // And back: several blocks at once, in their order.
    try await move(
      to: a[1], expecting: a,
      [
        Told(b[2].hash, isRemoved: true), Told(b[2].hash, isRemoved: true), Told(a[0].hash),
        Told(a[1].hash),
      ])
    // To a block before the head: there is no new head, but what was behind it is gone.
    #expect(try await engine.status(a[0].hash) == "VALID")
    let last = try #require(try news(client, 1)[logs]?.first)
    #expect(try Told(log: last) == Told(a[1].hash, isRemoved: true))
    // What went is the same log as the one that came.
    #expect(try last.field("logIndex").uint64() == 0)
    #expect(try last.field("blockNumber").uint64() == 2)
    #expect(try last.field("topics").elements().map { try $0.string() } == [topic])
  }

  @Test func filtersTellOfLogsThatWentSinceTheyWereAskedLast() async throws {
    let (a, b) = try await branches()
    let engine = try TestEngine()
    for payload in a + b { #expect(try await engine.give(payload).status == "VALID") }
    func add(_ method: String, _ parameters: [Any] = []) async throws -> String {
      try #require(try await engine.ask(method, parameters)["result"] as? String)
    }
    func changes(_ filter: String) async throws -> [Any] {
      try #require(try await engine.ask("eth_getFilterChanges", [filter])["result"] as? [Any])
    }
    func told(_ filter: String) async throws -> [Told] {
      try await changes(filter).map { change in
        let log = try #require(change as? TestEngine.Object)
        return Told(
          try #require(log["blockHash"] as? String), isRemoved: log["removed"] as? Bool == true)
      }
    }
    let blocks = try await add("eth_newBlockFilter")
    let logs = try await add("eth_newFilter", [[String: Any]()])
    let lazy = try await add("eth_newFilter", [[String: Any]()])
    let late = try await add("eth_newFilter", [["fromBlock": "0x3"]])

    #expect(try await engine.status(a[1].hash) == "VALID")
    #expect(try await told(logs) == [Told(a[0].hash), Told(a[1].hash)])
    #expect(try await changes(blocks) as? [String] == a.map(\.hash))
    #expect(try await engine.status(b[1].hash) == "VALID")
    let gone = [Told(a[1].hash, isRemoved: true), Told(a[0].hash, isRemoved: true)]
    #expect(try await told(logs) == gone)
    #expect(try await changes(blocks) as? [String] == [b[0].hash, b[1].hash])
    #expect(try await engine.status(b[2].hash) == "VALID")
    #expect(try await told(logs) == [Told(b[2].hash), Told(b[2].hash)])
    #expect(try await told(late) == [Told(b[2].hash), Told(b[2].hash)])
    #expect(try await engine.status(a[1].hash) == "VALID")
    let back = [Told(b[2].hash, isRemoved: true), Told(b[2].hash, isRemoved: true)]
    #expect(try await told(logs) == back + [Told(a[0].hash), Told(a[1].hash)])
    #expect(try await told(late) == back)
    // Who asks seldom ends up with the same, and hears nothing of what came and went meanwhile.
    var standing: [String: Int] = [:]
    for told in try await told(lazy) { standing[told.block, default: 0] += told.isRemoved ? -1 : 1 }
    #expect(standing == [a[0].hash: 1, a[1].hash: 1])
    for filter in [logs, lazy, late] { #expect(try await told(filter).isEmpty) }
  }
}
