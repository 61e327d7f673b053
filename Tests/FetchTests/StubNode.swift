// A node that plays the small chain.

import Execution
import Fetch
import Foundation
import JSON
import Ledger
import Primitives
import State

/// Answers JSON-RPC about the small chain, and does something else where it is told to.
final class StubNode: @unchecked Sendable {
  /// What the node does in place of answering a method; nil to answer. The count says how often the
  /// method has been called, this time included.
  typealias Interference = @Sendable (_ method: String, _ count: Int) -> Reaction?

  private(set) var server: StubServer!
  private let chain: SmallChain
  private let state: MemoryState
  private let traces: String
  private let interfere: Interference
  private let lock = NSLock()
  private var counts: [String: Int] = [:]
  private var seenHeaders: [String] = []

  init(
    _ chain: SmallChain, listingEmpty: Bool = true, traces: String? = nil,
    _ interfere: @escaping Interference = { _, _ in nil }
  ) throws {
    self.chain = chain
    self.interfere = interfere
    self.traces = try traces ?? chain.traces(listingEmpty: listingEmpty)
    state = chain.state()
    server = try StubServer { [weak self] in self?.react(to: $0) ?? .hangUp }
  }

  deinit { server.stop() }

  /// How often a method was called.
  func count(_ method: String) -> Int { lock.withLock { counts[method] ?? 0 } }

  /// How many requests came.
  var requestCount: Int { lock.withLock { counts.values.reduce(0, +) } }

  /// The header lines of all requests.
  var headers: [String] { lock.withLock { seenHeaders } }

  /// Settings to fetch the block from this node, with little patience.
  func settings(into folder: String, _ blocks: String = "100") -> FetchSettings {
    FetchSettings.quick(server.url, into: folder, blocks)
  }

  private func react(to request: StubRequest) -> Reaction {
    do {
      let root = try JSONDocument(parsing: request.body, source: "request").root
      let method = try root.field("method").string()
      let id = try root.field("id").uint64()
      let count = lock.withLock {
        counts[method, default: 0] += 1
        seenHeaders += request.headers
        return counts[method] ?? 0
      }
      if let reaction = interfere(method, count) { return reaction }
      let parameters = try root.field("params").elements()
      guard let result = try answer(method, Array(parameters)) else {
        return Self.refusal(-32601, "the method \(method) does not exist", id: id)
      }
      return .answer(Self.result(result, id: id))
    } catch {
      return .status(400, "\(error)")
    }
  }

  static func result(_ result: String, id: UInt64) -> String {
    #"{"jsonrpc": "2.0", "id": \#(id), "result": \#(result)}"#
  }

  static func refusal(_ code: Int, _ message: String, id: UInt64 = 1) -> Reaction {
    .answer(
      #"{"jsonrpc": "2.0", "id": \#(id), "error": {"code": \#(code), "message": "\#(message)"}}"#)
  }

  /// The result of a method; nil for one that the node does not have.
  private func answer(_ method: String, _ parameters: [JSONValue]) throws -> String? {
    if method == "eth_chainId" { return quoted(UInt256(chain.rules.chainID).hex) }
    let number = SmallChain.number
    if method == "eth_getBlockByNumber" || method == "debug_traceBlockByNumber" {
      let asked = try parameters[0].uint64()
      if method == "debug_traceBlockByNumber" { return asked == number ? traces : "null" }
      if asked == number { return chain.blockJSON() }
      guard let hash = state.blockHash(asked) else { return "null" }
      return #"{"number": "\#(UInt256(asked).hex)", "hash": "\#(hash.hex)"}"#
    }
    guard Self.stateMethods.contains(method) else { return nil }
    let address = try parameters[0].address()
    guard try parameters[parameters.count - 1].uint64() == number - 1 else {
      throw StubFailure(words: "asked for another state than the parent's")
    }
    let account = state.account(address) ?? Account()
    switch method {
    case "eth_getBalance": return quoted(account.balance.hex)
    case "eth_getTransactionCount": return quoted(UInt256(account.nonce).hex)
    case "eth_getCode": return quoted(Hex.encode(try state.code(account.codeHash).bytes))
    default: return quoted(Hash256(state.storage(address, try parameters[1].uint256())).hex)
    }
  }

  private static let stateMethods = [
    "eth_getBalance", "eth_getTransactionCount", "eth_getCode", "eth_getStorageAt",
  ]

  private func quoted(_ text: String) -> String { "\"\(text)\"" }
}

extension FetchSettings {
  /// Settings with little patience.
  static func quick(_ url: String, into folder: String, _ blocks: String = "100") -> FetchSettings {
    guard let node = NodeAddress(url: url), let blocks = BlockNumbers(blocks) else {
      preconditionFailure("the tests give usable URLs and numbers")
    }
    var settings = FetchSettings(node: node, blocks: blocks, folder: folder)
    settings.timeout = 20
    settings.retry = RetryPolicy(
      attempts: 3, firstDelay: 0.01, longestDelay: 0.02, longestWish: 0.05)
    return settings
  }
}

/// A folder that goes when it is no longer used.
final class TemporaryFolder {
  let path = NSTemporaryDirectory() + "needletail-fetch-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The names of what lies in it, hidden or not.
  var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }
}

/// Counts requests as the client numbers them.
final class RequestNumbers: @unchecked Sendable {
  private let lock = NSLock()
  private var count: UInt64 = 0

  func next() -> UInt64 {
    lock.withLock {
      count += 1
      return count
    }
  }
}
