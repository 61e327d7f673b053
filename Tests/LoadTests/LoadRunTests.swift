// The load generator against a node in this process.

import Chain
import Foundation
import JSON
import Ledger
import Node
import Primitives
import Storage
import Testing

@testable import Load

@Suite(.serialized) struct LoadRunTests {
  private static let accounts = DevelopmentAccounts.derive(
    1, from: DevelopmentAccounts.standardMnemonic)

  private func withNode(
    _ body: (_ url: String) throws -> Void, _ change: (inout DevelopmentNode.Options) -> Void
  ) throws {
    let folder = NSTemporaryDirectory() + "needletail-load-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var options = DevelopmentNode.Options()
    options.service.server.port = 0
    change(&options)
    let genesis = try DevelopmentGenesis(timestamp: 1000).genesis(Self.accounts)
    let store = try Store.create(
      at: folder, genesis: genesis.header, allocations: genesis.allocations,
      options: Store.Options(cacheSize: 32 << 20, isSynced: false))
    let node = try DevelopmentNode(
      store: store, rules: ChainRules(chainID: 31_337, always: .latest), accounts: Self.accounts,
      clientVersion: "test", options: options)
    defer { try? node.stop() }
    try body("http://127.0.0.1:\(node.port)/")
  }

  private func settings(_ url: String) -> LoadSettings {
    var settings = LoadSettings(
      url: url, mnemonic: DevelopmentAccounts.standardMnemonic, seed: 7)
    (settings.rate, settings.duration, settings.batch) = (150, 1, 10)
    (settings.senders, settings.connections) = (5, 3)
    return settings
  }

  @Test(arguments: LoadSettings.Workload.allCases)
  func everyTransactionIsAcceptedAndFoundInABlock(_ workload: LoadSettings.Workload) throws {
    try withNode { url in
      var settings = settings(url)
      settings.workload = workload
      let report = try LoadRun(settings).run()
      #expect(report.isWhole)
      #expect(report.figures.accepted == 150)
      #expect(report.figures.included == 150)
      #expect(report.lost == 0)
      let json = try JSONDocument(parsing: Array(report.json.utf8), source: "report").root
      #expect(try json.field("included").wholeNumber == 150)
      #expect(try json.field("inclusionMilliseconds").field("p99").fraction ?? 0 > 0)
      #expect(report.text.contains("included   150 in"))
    } _: { _ in
    }
  }

  @Test func whatIsRefusedIsToldByItsReason() throws {
    try withNode { url in
      var settings = settings(url)
      settings.patience = 1
      let report = try LoadRun(settings).run()
      #expect(!report.isWhole)
      #expect(!report.figures.refused.isEmpty)
      #expect(report.text.contains("refused"))
    } _: { options in
      options.blockTime = 1
      options.pool.globalSlots = 10
      options.pool.globalQueue = 1
      options.pool.accountQueue = 1
      options.pool.accountSlots = 1
    }
  }

  @Test func whatIsAcceptedAndInNoBlockIsLost() throws {
    try withNode { url in
      var settings = settings(url)
      settings.patience = 1
      let run = LoadRun(settings)
      let stopsMining = Thread {
        while true {
          if case .loading = run.progress { break }
          usleep(1000)
        }
        _ = try? LoadNode(url).ask("evm_setAutomine", "[false]")
      }
      stopsMining.start()
      let report = try run.run()
      #expect(report.figures.accepted == 150)
      #expect(report.lost > 0)
      #expect(report.lost == report.figures.accepted - report.figures.included)
      #expect(!report.isWhole)
    } _: { _ in
    }
  }

  @Test func anInterruptedRunIsNotWhole() throws {
    try withNode { url in
      let run = LoadRun(settings(url))
      run.stop()
      #expect(throws: LoadError.self) { try run.run() }
    } _: { _ in
    }
    let plan = LoadPlan(
      LoadSettings(url: "", mnemonic: "", seed: 1),
      LoadSenders(2, seed: 1, chainID: 1, maxFee: .zero)
    ) { _ in false }
    #expect(plan.count < 10_000)
  }

  /// However slow it is to be: no request takes what belongs to the next ones.
  @Test func aSlowLoadIsAsLongAndAsFastAsItWasAskedToBe() throws {
    try withNode { url in
      var settings = settings(url)
      (settings.rate, settings.duration, settings.batch) = (20, 2, 100)
      #expect(settings.batchSize == 2)
      let report = try LoadRun(settings).run()
      #expect(report.isWhole)
      #expect(report.figures.accepted == 40)
      #expect(report.seconds >= 2)
      #expect(report.rate <= 20)
    } _: { _ in
    }
    for (rate, batch, size) in [(1, 100, 1), (999, 100, 99), (1000, 100, 100), (50_000, 7, 7)] {
      var settings = settings("")
      (settings.rate, settings.batch) = (rate, batch)
      #expect(settings.batchSize == size)
    }
  }

  @Test func recordsTellWhatWasLost() throws {
    var settings = settings("")
    (settings.rate, settings.duration, settings.batch, settings.connections) = (20, 1, 2, 1)
    let plan = LoadPlan(settings, LoadSenders(2, seed: 1, chainID: 1, maxFee: .zero)) { _ in true }
    let record = LoadRecord(plan)
    for batch in 0..<2 {
      record.noteSending(batch)
      // Patience begins with the last answer, not with the run.
      let before = ContinuousClock.now
      record.note([nil, batch == 0 ? nil : "nonce too low: 7"], of: batch)
      #expect(record.lastNews >= before)
    }
    record.noteBlock([plan.batches[0].hashes[1], .zero])
    record.noteBlock([plan.batches[0].hashes[1]])
    let report = record.report(seconds: 1)
    #expect(report.figures.accepted == 3)
    #expect(report.figures.included == 1)
    #expect(report.figures.refused == ["nonce too low": 1])
    #expect(report.lost == 2)
    #expect(!report.isWhole)
  }

  @Test(arguments: ["0xffffffffffffffff", "0x1ffffffffffffffff", "-1"])
  func aNodeWithoutSenseIsAnError(_ nonce: String) throws {
    let server = try HTTPServer(host: "127.0.0.1", port: 0) { request in
      let isNonce = String(decoding: request.body, as: UTF8.self).contains("TransactionCount")
      let result = isNonce ? nonce : "0xde0b6b3a7640000"
      return HTTPResponse(
        status: 200, body: Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"\(result)\"}".utf8))
    }
    defer { server.stop() }
    #expect(throws: LoadError.self) {
      try LoadRun(settings("http://127.0.0.1:\(server.port)/")).run()
    }
  }

  @Test func aNodeThatIsNotThereIsNamed() throws {
    #expect(throws: LoadError.self) { try LoadRun(settings("http://127.0.0.1:1/")).run() }
  }

  @Test func percentilesAreThoseOfTheSortedTimes() throws {
    let latency = try #require(LoadLatency((1...1000).map { UInt32($0 * 1000) }.shuffled()))
    #expect(latency.median == 501)
    #expect(latency.p90 == 901)
    #expect(latency.p99 == 991)
    #expect(latency.most == 1000)
    #expect(LoadLatency([]) == nil)
  }
}
