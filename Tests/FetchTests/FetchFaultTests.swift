// Fetching from a node that fails in every way: each has its error, and leaves no half of a block.

import Fixtures
import Foundation
import JSON
import Ledger
import Testing

@testable import Fetch

/// A node that does something wrong, and what must be said of it.
struct Fault: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// The method that goes wrong.
  let method: String
  /// What happens then; the number is that of the request.
  let reaction: @Sendable (UInt64) -> Reaction
  /// What the error must say.
  let words: String
  /// How often the method is tried.
  var attempts = 1

  init(
    _ name: String, _ method: String, words: String, attempts: Int = 1,
    _ reaction: @escaping @Sendable (UInt64) -> Reaction
  ) {
    testDescription = name
    (self.method, self.words, self.attempts) = (method, words, attempts)
    self.reaction = reaction
  }

  /// The method answers with this result.
  init(_ name: String, _ method: String, result: String, words: String) {
    self.init(name, method, words: words) { .answer(StubNode.result(result, id: $0)) }
  }

  private static let block = "eth_getBlockByNumber"
  private static let trace = "debug_traceBlockByNumber"

  static let transport = [
    Fault("closes in the body", block, words: "tried 3 times", attempts: 3) { _ in
      .breakOff(#"{"jsonrpc"#)
    },
    // libcurl itself tries once more when a connection that it had kept is gone.
    Fault("hangs up", block, words: "tried 3 times", attempts: 4) { _ in .hangUp },
    Fault("500 for ever", block, words: "HTTP status 500: out of order", attempts: 3) { _ in
      .status(500, "out of order")
    },
    Fault("429 for ever", block, words: "HTTP status 429", attempts: 3) { _ in
      .status(429, "slower", headers: ["Retry-After: 1"])
    },
    Fault("limit exceeded", block, words: "error -32005: slower", attempts: 3) {
      StubNode.refusal(-32005, "slower", id: $0)
    },
    Fault("forbidden", block, words: "--header") { _ in .status(403, "<html>") },
    Fault("redirect", block, words: "redirects are not followed") { _ in
      .status(308, "", headers: ["Location: http://127.0.0.1:1/"])
    },
    Fault("refusal with a status", block, words: "error -32602: no such thing") { _ in
      .status(400, #"{"id": null, "error": {"code": -32602, "message": "no such thing"}}"#)
    },
    Fault("huge body", block, words: "--max-response") { _ in
      .answer(String(repeating: " ", count: 2 << 20))
    },
  ]

  static let answers = [
    Fault("no JSON", block, words: "not valid JSON") { _ in .answer("<html>hello</html>") },
    Fault("empty body", block, words: "HTTP status 200 without a body") { _ in .answer("") },
    Fault("no content", block, words: "HTTP status 204 without a body") { _ in .status(204, "") },
    Fault("an array", block, words: "an object") { _ in .answer("[]") },
    Fault("no result", block, words: "result: is missing") {
      .answer(#"{"jsonrpc": "2.0", "id": \#($0)}"#)
    },
    Fault("wrong id", block, words: "another request than 2") { _ in
      .answer(StubNode.result("null", id: 77))
    },
    Fault("an error", block, words: "error -32000: missing trie node") {
      StubNode.refusal(-32000, "missing trie node", id: $0)
    },
    Fault("an error without a code", block, words: "error.code") {
      .answer(#"{"id": \#($0), "error": {"message": "x"}}"#)
    },
    Fault("no chain id", "eth_chainId", result: "null", words: "a result"),
    Fault("a wrong chain id", "eth_chainId", result: #""0xzz""#, words: "quantity"),
    Fault("an empty chain id", "eth_chainId", result: #""0x""#, words: "the id of a chain"),
    Fault("no such block", block, result: "null", words: "block 100: the node does not have it"),
    Fault("pending", block, result: #"{"hash": null, "number": null}"#, words: "not yet part"),
    Fault(
      "another block", block, result: #"{"hash": "0x00", "number": "0x65"}"#,
      words: "answers with block 101"),
    Fault(
      "a block without fields", block, result: #"{"hash": "0x00", "number": "0x64"}"#,
      words: "parentHash: is missing"),
    Fault(
      "no tracer", trace, words: "--without-tracer"
    ) { StubNode.refusal(-32601, "the method debug_traceBlockByNumber does not exist", id: $0) },
    Fault("no traces", trace, result: "null", words: "does not have it"),
    Fault("too few traces", trace, result: "[]", words: "the node traces 0"),
    Fault(
      "a failed trace", trace, result: #"[{"error": "timeout"}]"#,
      words: "could not trace transaction 0: timeout"),
    Fault(
      "another trace", trace,
      result: #"[{"txHash": "0x\#(String(repeating: "1", count: 64))", "result": {}}]"#,
      words: "trace 0 is of another"),
    Fault("a trace without result", trace, result: "[{}]", words: "[0].result: is missing"),
    Fault(
      "a trace with a wrong address", trace, result: #"[{"result": {"0x12": {}}}]"#,
      words: "an address of 40 hex digits"),
    Fault(
      "a trace with wrong hex", trace,
      result: #"[{"result": {"0x\#(String(repeating: "1", count: 40))": {"code": "0x1"}}}]"#,
      words: "pairs of hex digits"),
    Fault(
      "a trace with a huge number", trace,
      result:
        #"[{"result": {"0x\#(String(repeating: "1", count: 40))": {"nonce": 18446744073709551616}}}]"#,
      words: "quantity"),
    Fault("wrong code", "eth_getCode", result: #""0x0g""#, words: "pairs of hex digits"),
    Fault("a wrong balance", "eth_getBalance", result: "{}", words: "quantity"),
    Fault(
      "a state that is gone", "eth_getTransactionCount", words: "error -32000: no state"
    ) { StubNode.refusal(-32000, "no state", id: $0) },
    Fault("a slot that fails", "eth_getStorageAt", words: "error -32000: no state") {
      StubNode.refusal(-32000, "no state", id: $0)
    },
  ]

  /// What moves the cursor, and far too much.
  private static let rudeWords =
    #"\u001b]0;A\u0007\n1 equal, 0 differ"# + String(repeating: "x", count: 3000)

  static let rude = [
    Fault("in a refusal", "eth_chainId", words: "error -32000: \\u{1B}]0;A\\u{07}\\n1 equal") {
      StubNode.refusal(-32000, rudeWords, id: $0)
    },
    Fault("in a status", "eth_chainId", words: "HTTP status 400: A\\u{1B}[2J") { _ in
      .status(400, "A\u{1b}[2J" + String(repeating: "e\u{301}", count: 3000))
    },
    Fault("in a value", "eth_chainId", result: "\"\(rudeWords)\"", words: "\\u{1B}]0;A"),
    Fault(
      "in a trace", "debug_traceBlockByNumber", result: "[{\"error\": \"\(rudeWords)\"}]",
      words: "transaction 0: \\u{1B}]0;A"),
  ]
}

@Suite struct FetchFaultTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: Fault.transport + Fault.answers)
  func aFaultIsNamedAndLeavesNothing(_ fault: Fault) throws {
    let requests = RequestNumbers()
    let node = try StubNode(SmallChain(.cancun)) { method, _ in
      let id = requests.next()
      return method == fault.method ? fault.reaction(id) : nil
    }
    var settings = node.settings(into: folder.path)
    settings.responseLimit = 1 << 20
    let report = FetchRun(settings).run()
    #expect(report.exitStatus == 2 && report.blocks.isEmpty && report.errors.count == 1)
    let text = report.errors.first?.description ?? ""
    #expect(text.contains(fault.words))
    #expect(text.contains("block 100") || text.contains("\(node.server.url): \(fault.method)"))
    #expect(node.count(fault.method) == fault.attempts)
    #expect(folder.contents == [])
  }

  @Test(arguments: Fault.rude)
  func wordsOfTheServerAreMadeFitForATerminal(_ fault: Fault) throws {
    let requests = RequestNumbers()
    let node = try StubNode(SmallChain(.cancun)) { method, _ in
      let id = requests.next()
      return method == fault.method ? fault.reaction(id) : nil
    }
    let text = FetchText.lines(FetchRun(node.settings(into: folder.path)).run())
    #expect(text.contains(fault.words))
    #expect(text.count < 1000)
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
    #expect(!text.contains("\n1 equal"))
  }

  @Test(arguments: ["eth_chainId", "eth_getBalance", "eth_getCode"])
  func shortAnswersMayNotBeLong(_ method: String) throws {
    let node = try StubNode(SmallChain(.cancun)) { called, _ in
      called == method ? .answer(String(repeating: " ", count: 2 << 20)) : nil
    }
    let text = FetchText.lines(FetchRun(node.settings(into: folder.path)).run())
    #expect(text.contains("\(method): the answer has more than the allowed 1048576 bytes\n"))
  }

  @Test func aFileInPlaceOfTheFolderIsFoundBeforeAnythingIsAsked() throws {
    let path = folder.path + "/file"
    try Data().write(to: URL(fileURLWithPath: path))
    let node = try StubNode(SmallChain(.cancun))
    let report = FetchRun(node.settings(into: path)).run()
    #expect(report.exitStatus == 2 && node.requestCount == 0)
    #expect(FetchText.lines(report).contains("it is a file, not a folder"))
  }

  @Test func whatHappensIsToldAtOnce() throws {
    let node = try StubNode(SmallChain(.cancun)) { method, count in
      method == "eth_chainId" && count == 1
        ? .status(429, "slower", headers: ["Retry-After: 1"]) : nil
    }
    let news = Lines()
    let run = FetchRun(node.settings(into: folder.path, "0,100")) {
      news.append(FetchText.line($0))
    }
    let report = run.run()
    let lines = news.lines
    #expect(lines.count == 3)
    #expect(lines.first?.hasSuffix(", as the node asks") == true)
    #expect(lines.dropFirst().first?.hasPrefix("NOT FETCHED  block 0") == true)
    #expect(lines.last?.hasPrefix("block 100 ") == true)
    #expect(FetchText.summary(report) == "1 equal, 0 differ, 1 not fetched\n")
  }

  @Test func aRunThatIsStoppedSaysWhatItHas() throws {
    let node = try StubNode(SmallChain(.cancun))
    let run = FetchRun(node.settings(into: folder.path, "100,101"))
    let report = run.stop()
    #expect(report.exitStatus == 2 && report.untriedCount == 2)
    #expect(FetchText.summary(report).hasPrefix("stopped\n2 blocks were not fetched to the end\n"))
  }

  @Test func aRefusedConnectionNamesTheNode() throws {
    let node = try StubNode(SmallChain(.cancun))
    node.server.stop()
    let report = FetchRun(node.settings(into: folder.path, "100-104")).run()
    #expect(report.exitStatus == 2 && report.untriedCount == 5)
    let text = report.errors.first?.description ?? ""
    #expect(text.contains("\(node.server.url): eth_chainId") && text.contains("tried 3 times"))
  }

  @Test func aSlowBodyIsCutOff() throws {
    let node = try StubNode(SmallChain(.cancun)) { method, _ in
      method == "eth_chainId" ? .stall(StubNode.result("1", id: 1), seconds: 3) : nil
    }
    var settings = node.settings(into: folder.path)
    settings.timeout = 1
    settings.retry.attempts = 1
    let report = FetchRun(settings).run()
    #expect(report.errors.first?.description.contains("no answer in time") == true)
  }

  @Test(arguments: [
    "eth_chainId", "eth_getBlockByNumber", "debug_traceBlockByNumber", "eth_getCode",
  ])
  func whatPassesIsTriedAgain(_ method: String) throws {
    let node = try StubNode(SmallChain(.cancun)) { called, count in
      guard called == method else { return nil }
      switch count {
      case 1: return .status(429, "slower", headers: ["Retry-After: 0"])
      case 2: return .breakOff("{")
      default: return nil
      }
    }
    let report = FetchRun(node.settings(into: folder.path)).run()
    #expect(report.errors == [] && report.exitStatus == 0)
    #expect(node.count(method) >= 3)
  }

  @Test func oneBadBlockDoesNotEndTheRun() throws {
    let node = try StubNode(SmallChain(.cancun))
    let report = FetchRun(node.settings(into: folder.path, "0,98,100")).run()
    #expect(
      report.errors.map(\.description) == [
        "block 0: is the first of the chain: there is nothing to execute",
        "block 98: the node does not have it",
      ])
    #expect(report.equalCount == 1 && report.exitStatus == 2 && report.untriedCount == 0)
    #expect(folder.contents == ["100"])
  }

  @Test func aNodeThatDiesEndsTheRunAndTheNextGoesOn() throws {
    let chain = try SmallChain(.cancun)
    let dying = try StubNode(chain) { method, count in
      method == "eth_getBlockByNumber" && count > 4 ? .hangUp : nil
    }
    let first = FetchRun(dying.settings(into: folder.path, "100,101-110")).run()
    #expect(first.equalCount == 1 && first.exitStatus == 2 && first.untriedCount > 0)
    #expect(folder.contents == ["100"])
    let healthy = try StubNode(chain)
    let second = FetchRun(healthy.settings(into: folder.path)).run()
    #expect(second.exitStatus == 0 && second.blocks.map(\.wasThere) == [true])
  }
}

/// Lines from another thread.
private final class Lines: @unchecked Sendable {
  private let lock = NSLock()
  private var stored: [String] = []

  var lines: [String] { lock.withLock { stored } }

  func append(_ line: String) { lock.withLock { stored.append(line) } }
}
