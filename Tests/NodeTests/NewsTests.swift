// Subscriptions and filters.

import Foundation
import JSON
@testable import Node
import Primitives
import Storage
import Testing

@Suite(.serialized) struct NewsTests {
  private var from: String { TestNode.accounts[0].address.hex }
  private var to: String { TestNode.accounts[1].address.hex }
  private var transfer: String { "[{\"from\":\"\(from)\",\"to\":\"\(to)\",\"value\":\"0x1\"}]" }
  /// PUSH1 7, PUSH0, PUSH0, LOG1 as the code that deploys.
  private var deployment: String { "[{\"from\":\"\(from)\",\"data\":\"0x60075f5fa1\"}]" }
  private var topic: String { "0x" + String(repeating: "0", count: 63) + "7" }

  private func parse(_ text: String) throws -> JSONValue {
    try JSONDocument(parsing: Array(text.utf8), source: "message").root
  }

  private func result(_ text: String) throws -> String {
    try parse(text).field("result").string()
  }

  /// The results of the next notifications, by the subscriptions' names.
  private func news(_ client: TestWebSocket, _ count: Int) throws -> [String: [JSONValue]] {
    var news: [String: [JSONValue]] = [:]
    while news.values.reduce(0, { $0 + $1.count }) < count {
      let message = try parse(try client.readNews())
      #expect(try message.field("method").string() == "eth_subscription")
      let parameters = try message.field("params")
      news[try parameters.field("subscription").string(), default: []].append(
        try parameters.field("result"))
    }
    return news
  }

  @Test func blocksLogsAndTransactionsAreTold() throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let client = try TestWebSocket(port: try node.node.port)
    let heads = try result(try client.ask("eth_subscribe", "[\"newHeads\"]"))
    let logs = try result(
      try client.ask("eth_subscribe", "[\"logs\",{\"topics\":[\"\(topic)\"]}]"))
    let others = try result(
      try client.ask("eth_subscribe", "[\"logs\",{\"address\":\"\(to)\"}]"))
    let hashes = try result(try client.ask("eth_subscribe", "[\"newPendingTransactions\"]"))
    let full = try result(try client.ask("eth_subscribe", "[\"newPendingTransactions\",true]"))
    _ = try result(try client.ask("eth_subscribe", "[\"syncing\"]"))
    #expect(Set([heads, logs, others, hashes, full]).count == 5)

    _ = try result(try client.ask("eth_sendTransaction", deployment))
    let pending = try news(client, 2)
    let hash = try #require(pending[hashes]?.first).string()
    let transaction = try #require(pending[full]?.first)
    #expect(try transaction.field("hash").string() == hash)
    #expect(try transaction.optionalField("blockHash") == nil)

    _ = try client.ask("evm_mine")
    let mined = try news(client, 2)
    let header = try #require(mined[heads]?.first)
    #expect(try header.field("number").string() == "0x1")
    let log = try #require(mined[logs]?.first)
    #expect(try log.field("transactionHash").string() == hash)
    #expect(try log.field("blockHash").string() == header.field("hash").string())
    #expect(try log.field("removed").boolean == false)
    #expect(mined[others] == nil)

    #expect(try client.ask("eth_unsubscribe", "[\"\(heads)\"]").contains("\"result\":true"))
    #expect(try client.ask("eth_unsubscribe", "[\"\(heads)\"]").contains("subscription not found"))
    try node.node.stop()
  }

  @Test func whatCannotBeSubscribedToIsToldAsGethDoes() async throws {
    let node = try TestNode { $0.service.events.subscriptionsPerClient = 2 }
    let overHTTP = try await node.ask("eth_subscribe", "[\"newHeads\"]").field("error")
    #expect(try overHTTP.field("code").signedNumber == -32601)
    #expect(try overHTTP.field("message").string() == "notifications not supported")
    let client = try TestWebSocket(port: try node.node.port)
    let other = try client.ask("eth_subscribe", "[\"weather\"]")
    #expect(other.contains("no \\\"weather\\\" subscription in eth namespace"))
    #expect(try client.ask("eth_subscribe").contains("expected subscription name"))
    #expect(try client.ask("eth_subscribe", "[7]").contains("-32602"))
    #expect(try client.ask("eth_subscribe", "[\"logs\",{\"topics\":7}]").contains("-32602"))
    let name = try result(try client.ask("eth_subscribe", "[\"newHeads\"]"))
    _ = try result(try client.ask("eth_subscribe", "[\"newHeads\"]"))
    #expect(try client.ask("eth_subscribe", "[\"newHeads\"]").contains("-32005"))
    // Another client neither hears of it nor can end it.
    let stranger = try TestWebSocket(port: try node.node.port)
    #expect(
      try stranger.ask("eth_unsubscribe", "[\"\(name)\"]").contains("subscription not found"))
    try node.node.stop()
  }

  @Test func subscribersThatReadNothingLoseTheirConnectionsAndOthersHearAll() throws {
    let node = try TestNode {
      $0.minesOnRequest = true
      $0.service.server.limits.outgoingBytes = 1 << 16
    }
    let deaf = try (0..<8).map { _ in
      let client = try TestWebSocket(port: try node.node.port, receiveBuffer: 4096)
      _ = try result(try client.ask("eth_subscribe", "[\"logs\"]"))
      return client
    }
    let client = try TestWebSocket(port: try node.node.port)
    let heads = try result(try client.ask("eth_subscribe", "[\"newHeads\"]"))
    // PUSH2 8000, JUMPDEST, PUSH0, PUSH0, LOG0, PUSH1 1, SWAP1, SUB, DUP1, PUSH1 3, JUMPI
    let code = "0x611f405b5f5fa06001900380600357"
    for number in 1...3 {
      let answer = try client.ask(
        "eth_sendTransaction", "[{\"from\":\"\(from)\",\"data\":\"\(code)\",\"gas\":\"0x800000\"}]")
      _ = try result(answer)
      _ = try client.ask("evm_mine")
      let head = try #require(try news(client, 1)[heads]?.first)
      #expect(try head.field("number").uint64() == UInt64(number))
      #expect(try head.field("gasUsed").uint64() > 3_000_000)
    }
    for client in deaf {
      #expect(throws: TestFailure.self) { while true { _ = try client.read() } }
    }
    try node.node.stop()
  }

  @Test func filtersTellWhatIsNew() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let blocks = try await node.result("eth_newBlockFilter").string()
    let logs = try await node.result("eth_newFilter", "[{\"topics\":[\"\(topic)\"]}]").string()
    let later = try await node.result("eth_newFilter", "[{\"fromBlock\":\"0x2\"}]").string()
    let hashes = try await node.result("eth_newPendingTransactionFilter").string()
    let full = try await node.result("eth_newPendingTransactionFilter", "[true]").string()
    func changes(_ filter: String) async throws -> [JSONValue] {
      Array(try await node.result("eth_getFilterChanges", "[\"\(filter)\"]").elements())
    }
    #expect(try await changes(blocks).isEmpty)
    let hash = try await node.result("eth_sendTransaction", deployment).string()
    _ = try await node.result("evm_mine")
    var pending: [JSONValue] = []
    while pending.isEmpty { pending = try await changes(hashes) }
    #expect(try pending.map { try $0.string() } == [hash])
    #expect(try await changes(full).map { try $0.field("hash").string() } == [hash])
    #expect(try await changes(blocks).count == 1)
    let found = try await changes(logs)
    #expect(try found.map { try $0.field("transactionHash").string() } == [hash])
    #expect(try await changes(later).isEmpty)
    for filter in [blocks, logs, hashes] { #expect(try await changes(filter).isEmpty) }
    _ = try await node.result("eth_sendTransaction", deployment)
    _ = try await node.result("evm_mine")
    #expect(try await changes(later).count == 1)
    let all = try await node.result("eth_getFilterLogs", "[\"\(later)\"]")
    #expect(Array(try all.elements()).count == 1)
    #expect(try await node.ask("eth_getFilterLogs", "[\"\(blocks)\"]").isFilterNotFound)
    #expect(try await node.result("eth_uninstallFilter", "[\"\(logs)\"]").boolean == true)
    #expect(try await node.result("eth_uninstallFilter", "[\"\(logs)\"]").boolean == false)
    #expect(try await node.ask("eth_getFilterChanges", "[\"\(logs)\"]").isFilterNotFound)
    try node.node.stop()
  }

  @Test func filtersAreFewAndDoNotLiveLong() async throws {
    let node = try TestNode {
      $0.minesOnRequest = true
      $0.service.events.filters = 2
      $0.service.events.newsPerFilter = 1
    }
    let first = try await node.result("eth_newPendingTransactionFilter").string()
    _ = try await node.result("eth_newBlockFilter")
    let third = try await node.ask("eth_newBlockFilter").field("error")
    #expect(try third.field("code").signedNumber == -32005)
    // What nobody fetches is not kept for ever.
    for _ in 0..<3 { _ = try await node.result("eth_sendTransaction", transfer) }
    var isGone = false
    for _ in 0..<500 where !isGone {
      isGone = (try? await node.result("eth_newBlockFilter").string()) != nil
    }
    #expect(isGone)
    #expect(try await node.ask("eth_getFilterChanges", "[\"\(first)\"]").isFilterNotFound)
    try node.node.stop()

    let brief = try TestNode { $0.service.events.filterSeconds = 0 }
    let filter = try await brief.result("eth_newBlockFilter").string()
    #expect(try await brief.ask("eth_getFilterChanges", "[\"\(filter)\"]").isFilterNotFound)
    try brief.node.stop()
  }

  @Test func blocksThatGoAreToldBeforeThoseThatCome() {
    func block(_ number: UInt64, _ mark: UInt64) -> BlockIdentity {
      BlockIdentity(number: number, hash: Hash256(UInt256(number &* 1000 &+ mark)))
    }
    let journal = BlockJournal(head: block(0, 0), limit: 4)
    #expect(journal.add(block(1, 1), parent: block(0, 0).hash).isEmpty)
    #expect(journal.add(block(2, 1), parent: block(1, 1).hash).isEmpty)
    let start = journal.end
    #expect(
      journal.add(block(1, 2), parent: block(0, 0).hash).map(\.block) == [block(2, 1), block(1, 1)])
    let entries = journal.entries(from: start)
    #expect(entries?.map(\.block) == [block(2, 1), block(1, 1), block(1, 2)])
    #expect(entries?.map(\.isRemoval) == [true, true, false])
    // Announced: then nothing is guessed, and nothing told twice.
    let gone = BlockJournal.Entry(block: block(1, 2), isRemoval: true)
    #expect(journal.leave([gone], for: block(0, 0)).count == 1)
    #expect(journal.leave([gone], for: block(0, 0)).isEmpty)
    #expect(journal.add(block(1, 3), parent: block(0, 0).hash).isEmpty)
    // What is too long ago is forgotten.
    for number in 2...20 as ClosedRange<UInt64> {
      _ = journal.add(block(number, 3), parent: block(number - 1, 3).hash)
    }
    #expect(journal.entries(from: start) == nil)
    #expect(journal.entries(from: journal.end)?.isEmpty == true)
  }

  @Test func whatHappensBehindASubscriptionInItsBatchIsTold() throws {
    let node = try TestNode { $0.minesOnRequest = true }
    let client = try TestWebSocket(port: try node.node.port)
    let requests = [
      TestWebSocket.request("eth_subscribe", "[\"newHeads\"]"),
      TestWebSocket.request("anvil_mine", "[\"0x3\"]"),
    ]
    client.send("[\(requests.joined(separator: ","))]")
    // The name comes first.
    let name = try Array(parse(try client.read()).elements())[0].field("result").string()
    let heads = try news(client, 3)[name]
    #expect(try heads?.map { try $0.field("number").string() } == ["0x1", "0x2", "0x3"])
    try node.node.stop()
  }

  @Test func subscriptionsThatEndLeaveNothingBehind() throws {
    let folder = NSTemporaryDirectory() + "needletail-news-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let genesis = try DevelopmentGenesis(timestamp: 1000).genesis(TestNode.accounts)
    let made = try DevelopmentStore.create(
      at: folder, genesis: genesis, options: TestNode.storeOptions)
    let reader = ChainReader(made.store, rules: made.rules)
    let subscriptions = Subscriptions(ChainEvents(reader), reader, limits: EventLimits())
    let handler = RPCHandler(subscriptions.methods)
    let session = RPCSession()
    func ask(_ method: String, _ parameters: String) throws -> String {
      try #require(
        handler.answer(Array(TestWebSocket.request(method, parameters).utf8), from: session))
    }
    for _ in 0..<20 {
      let name = try result(try ask("eth_subscribe", "[\"newHeads\"]"))
      session.finishAnswer()
      #expect(try ask("eth_unsubscribe", "[\"\(name)\"]").contains("true"))
    }
    #expect(subscriptions.count == 0)
    #expect(session.endListenerCount == 1)
    for _ in 0..<3 { _ = try ask("eth_subscribe", "[\"newPendingTransactions\"]") }
    #expect(subscriptions.count == 3)
    session.end()
    #expect(subscriptions.count == 0)
    // One that comes too late is gone at once.
    _ = try ask("eth_subscribe", "[\"newHeads\"]")
    #expect(subscriptions.count == 0)
    try made.store.close()
  }
}

extension JSONValue {
  fileprivate var isFilterNotFound: Bool {
    (try? field("error").field("message").string()) == "filter not found"
  }
}
