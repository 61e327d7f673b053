// Clients that are driven by the Engine API, and what is told of them.

import Chain
import Foundation
import JSON
import Ledger
import Primitives
import Testing

@testable import Fixtures

@Suite struct EngineConformTests {
  /// Answers as a client would that says the same of every payload.
  private struct Canned: EngineTransport {
    /// The status of payloads, and of heads.
    let word: String
    let head: String
    var latest: String?
    var isSilent = false
    /// Whether it knows the Engine API.
    var isClient = true

    func post(
      _ body: [UInt8], token: String
    ) throws(EngineTransportError) -> (status: Int, body: [UInt8]) {
      if isSilent { throw EngineTransportError("nobody listens") }
      guard token.split(separator: ".").count == 3 else { return (401, Array("no".utf8)) }
      let text = String(decoding: body, as: UTF8.self)
      guard isClient else {
        return (200, Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601}}".utf8))
      }
      var result = "[]"
      if text.contains("engine_newPayload") {
        let latest = latest ?? head
        let hash = latest == "null" ? latest : "\"\(latest)\""
        result = "{\"status\":\"\(word)\",\"latestValidHash\":\(hash)}"
      } else if text.contains("engine_forkchoiceUpdated") {
        let hash = text.components(separatedBy: "headBlockHash\":\"").last?.prefix(66) ?? ""
        result = "{\"payloadStatus\":{\"status\":\"VALID\",\"latestValidHash\":\"\(hash)\"}}"
      } else if text.contains("eth_getBlockByNumber") {
        result = "{\"hash\":\"\(head)\"}"
      }
      return (200, Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\(result)}".utf8))
    }
  }

  /// An engine test with one payload, which is valid or said to break something.
  private func test(
    exception: String? = nil, network: String = "Shanghai"
  ) throws -> (text: String, head: Block) {
    let genesis = try EmptyChain.genesis()
    let block = try #require(try EmptyChain.blocks(1).first)
    func header(_ header: Header) -> String {
      """
      {"parentHash": "\(header.parentHash.hex)", "uncleHash": "\(header.ommersHash.hex)",
       "coinbase": "\(header.coinbase.hex)", "stateRoot": "\(header.stateRoot.hex)",
       "transactionsTrie": "\(header.transactionsRoot.hex)",
       "receiptTrie": "\(header.receiptsRoot.hex)", "bloom": "\(Hex.encode(header.logsBloom.bytes))",
       "difficulty": "0x0", "number": "0x0", "gasLimit": "\(header.gasLimit)", "gasUsed": "0x0",
       "timestamp": "\(header.timestamp)", "extraData": "0x", "mixHash": "\(header.prevRandao.hex)",
       "nonce": "0x0", "baseFeePerGas": "\((header.baseFeePerGas ?? .zero).hex)",
       "withdrawalsRoot": "\(Header.emptyTrieRoot.hex)", "hash": "\(header.hash.hex)"}
      """
    }
    let refusal = exception.map { ", \"validationError\": \"\($0)\"" } ?? ""
    let text = """
      {"a": {"network": "\(network)", "lastblockhash": "\(block.hash.hex)",
        "config": {"chainid": "0x07"}, "genesisBlockHeader": \(header(genesis.header)),
        "pre": {"0x00000000000000000000000000000000000000aa": {"balance": "0x1"}},
        "engineNewPayloads": [{"newPayloadVersion": "2", "forkchoiceUpdatedVersion": "2",
          "params": [{"blockHash": "\(block.hash.hex)", "parentHash": "\(genesis.hash.hex)"}]
          \(refusal)}]}}
      """
    return (text, block)
  }

  private func run(
    _ text: String, command: String = "sleep 2 # {genesis} {jwt} {port}",
    _ connect: @escaping @Sendable () -> any EngineTransport
  ) throws -> ConformReport {
    let path = NSTemporaryDirectory() + "needletail-engine-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return EngineConformRun(paths: [path], jobs: 2, command: command) { _ in connect() }.run()
  }

  @Test func aGenesisFileIsWrittenFromWhichTheSameFirstBlockFollows() throws {
    let text = try test().text
    let document = try JSONDocument(parsing: Array(text.utf8), source: "test")
    let file = try #require(try EngineGenesis.text(of: try document.root.field("a")))
    let genesis = try Genesis(JSONDocument(parsing: Array(file.utf8), source: "genesis"))
    #expect(genesis.hash == (try EmptyChain.genesis().hash))
    #expect(genesis.rules.fork(block: 1, timestamp: 12) == .shanghai)
    #expect(genesis.rules.chainID == 7)
  }

  @Test func aClientIsHeldToWhatTheFixtureSays() throws {
    let (text, block) = try test()
    let (hash, parent) = (block.hash.hex, block.header.parentHash.hex)
    let right = try run(text) { Canned(word: "VALID", head: hash) }
    #expect(right.total.passed == 1 && right.exitStatus == 0, "\(right.failures)")
    let refused = try run(text) { Canned(word: "INVALID", head: hash, latest: parent) }
    #expect(refused.total.failed == 1)
    #expect(refused.failures.first?.detail.contains("expected VALID") == true)
    let elsewhere = try run(text) { Canned(word: "VALID", head: parent, latest: hash) }
    #expect(elsewhere.failures.first?.detail.contains("head: expected \(hash)") == true)
  }

  @Test func aPayloadThatIsToBeRefusedMustBe() throws {
    let (text, block) = try test(exception: "BlockException.INVALID_STATE_ROOT")
    let (hash, parent) = (block.hash.hex, block.header.parentHash.hex)
    // Refused payloads leave the head where the fixture says: here it names the block all the same.
    let refused = try run(text) { Canned(word: "INVALID", head: hash, latest: parent) }
    #expect(refused.total.passed == 1, "\(refused.failures)")
    let accepted = try run(text) { Canned(word: "VALID", head: hash) }
    #expect(accepted.failures.first?.detail.contains("INVALID_STATE_ROOT") == true)
    for latest in [hash, "0x" + String(repeating: "0", count: 64), "null"] {
      let wrongBranch = try run(text) { Canned(word: "INVALID", head: hash, latest: latest) }
      #expect(wrongBranch.total.failed == 1, "\(latest)")
    }
    let unmade = try run(try test(exception: "BlockException.INVALID_BLOCK_HASH").text) {
      Canned(word: "INVALID", head: hash, latest: "null")
    }
    #expect(unmade.total.passed == 1, "\(unmade.failures)")
  }

  @Test func casesThatNoClientIsGivenAreCounted() throws {
    let report = try run(try test(network: "Atlantis").text) { Canned(word: "VALID", head: "") }
    #expect(report.total.leftOut == 1)
    #expect(report.exitStatus == 2)
  }

  @Test func payloadsWithoutAGenesisFileAreAnError() throws {
    let folder = NSTemporaryDirectory() + "needletail-engine-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data("[]".utf8).write(to: URL(fileURLWithPath: folder + "/newpayload.json"))
    let report = EngineConformRun(paths: [folder], jobs: 1, command: "true") { _ in
      Canned(word: "VALID", head: "")
    }.run()
    #expect(report.errors.first?.contains("genesis.json") == true)
  }

  /// Is not heard before there is a file.
  private struct Late: EngineTransport {
    let file: String
    let canned: Canned

    func post(
      _ body: [UInt8], token: String
    ) throws(EngineTransportError) -> (status: Int, body: [UInt8]) {
      guard FileManager.default.fileExists(atPath: file) else {
        throw EngineTransportError("nobody listens")
      }
      return try canned.post(body, token: token)
    }
  }

  @Test func aClientThatEndsAtOnceIsStartedOnceMore() throws {
    let (text, block) = try test()
    let hash = block.hash.hex
    let mark = NSTemporaryDirectory() + "needletail-start-\(UUID().uuidString)"
    defer {
      for name in ["one", "two"] { try? FileManager.default.removeItem(atPath: mark + name) }
    }
    let script =
      "if [ -e \(mark)one ]; then touch \(mark)two; exec sleep 60; fi; touch \(mark)one; exit 1"
    let report = try run(text, command: "sh -c '\(script)' # {genesis} {jwt} {port}") {
      Late(file: mark + "two", canned: Canned(word: "VALID", head: hash))
    }
    #expect(report.total.passed == 1, "\(report.failures)")
  }

  @Test func whoeverElseListensOnThePortIsNotTakenForTheClient() throws {
    let (text, block) = try test()
    let hash = block.hash.hex
    let report = try run(text, command: "false {genesis} {jwt} {port}") {
      Canned(word: "VALID", head: hash, isClient: false)
    }
    #expect(report.failures.first?.detail.contains("ended at once") == true)
  }

  @Test func aClientThatDoesNotStartFailsItsCases() throws {
    let (text, block) = try test()
    let hash = block.hash.hex
    let report = try run(text, command: "false {genesis} {jwt} {port}") {
      Canned(word: "VALID", head: hash, isSilent: true)
    }
    #expect(report.total.failed == 1)
    #expect(report.failures.first?.detail.contains("ended at once") == true)
  }
}
