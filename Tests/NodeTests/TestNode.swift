// A node for one test, and what asks it.

import Chain
import Foundation
import JSON
import Ledger
import Node
import Primitives
import Storage
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A development chain in a folder that goes away with the object.
final class TestNode {
  static let accounts = DevelopmentAccounts.derive(
    3, from: DevelopmentAccounts.standardMnemonic)

  let folder: String
  private var running: DevelopmentNode?
  var node: DevelopmentNode {
    get throws { try #require(running) }
  }
  private let options: DevelopmentNode.Options

  private let onConsole: @Sendable (String) -> Void

  init(
    genesis: Genesis? = nil, _ change: (inout DevelopmentNode.Options) -> Void = { _ in },
    onConsole: @escaping @Sendable (String) -> Void = { _ in }
  ) throws {
    folder = NSTemporaryDirectory() + "needletail-node-\(UUID().uuidString)"
    var options = DevelopmentNode.Options()
    options.service.server.port = 0
    change(&options)
    self.options = options
    self.onConsole = onConsole
    let genesis = try genesis ?? DevelopmentGenesis(timestamp: 1000).genesis(Self.accounts)
    try DevelopmentStore.create(at: folder, genesis: genesis, options: Self.storeOptions)
      .store.close()
    running = try Self.start(folder, options, onConsole)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  static let storeOptions = Store.Options(
    cacheSize: 32 << 20, isSynced: false, history: .archive)

  private static func start(
    _ folder: String, _ options: DevelopmentNode.Options,
    _ onConsole: @escaping @Sendable (String) -> Void
  ) throws -> DevelopmentNode {
    let chain = try whenFree { try DevelopmentStore.open(at: folder, options: storeOptions) }
    do {
      return try DevelopmentNode(
        store: chain.store, rules: chain.rules, accounts: accounts,
        clientVersion: "needletail/test", options: options, onConsole: onConsole)
    } catch {
      try chain.store.close()
      throw error
    }
  }

  /// Ends the node; nothing holds its store any more.
  func end() throws {
    try node.stop()
    running = nil
  }

  /// Ends the node and starts it again on the same store.
  func restart() throws {
    try end()
    try start()
  }

  /// Starts the node again, which was ended.
  func start() throws { running = try Self.start(folder, options, onConsole) }

  /// The answer to a body that is sent.
  func post(_ body: [UInt8]) async throws -> (status: Int, text: String) {
    let url = try #require(URL(string: "http://127.0.0.1:\(try node.port)/"))
    var request = URLRequest(url: url)
    request.httpMethod = "POST"
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    request.httpBody = Data(body)
    let (data, response) = try await URLSession.shared.data(for: request)
    return (
      (response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self)
    )
  }

  /// The answer of a method to parameters in JSON.
  func ask(_ method: String, _ parameters: String = "[]") async throws -> JSONValue {
    let body =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":\(parameters)}"
    let text = try await post(Array(body.utf8)).text
    return try JSONDocument(parsing: Array(text.utf8), source: method).root
  }

  /// The result of a method; where it is null, the whole answer.
  @discardableResult
  func result(_ method: String, _ parameters: String = "[]") async throws -> JSONValue {
    let answer = try await ask(method, parameters)
    if let error = try answer.optionalField("error") {
      Issue.record("\(method): \(try error.field("message").string())")
    }
    return try answer.optionalField("result") ?? answer
  }

  /// The text of a method's result.
  func text(_ method: String, _ parameters: String = "[]") async throws -> String {
    try await result(method, parameters).string()
  }

  /// What a method is refused with.
  func refusal(_ method: String, _ parameters: String = "[]") async throws -> String {
    try await ask(method, parameters).field("error").field("message").string()
  }

  /// Sends a transaction that the node signs, with these members; its hash.
  func send(_ members: String) async throws -> String {
    try await text("eth_sendTransaction", "[{\(members)}]")
  }

  /// The receipt of a transaction, waited for.
  func receipt(_ hash: String) async throws -> JSONValue {
    for _ in 0..<500 {
      let answer = try await ask("eth_getTransactionReceipt", "[\"\(hash)\"]")
      if let receipt = try answer.optionalField("result"), receipt.kind == .object {
        return receipt
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw TestFailure("no receipt of \(hash)")
  }
}

struct TestFailure: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// Opens a store that this process had open: a thread of the node that ended may hold it for a moment more.
func whenFree<Value>(_ open: () throws -> Value) throws -> Value {
  for _ in 0..<1000 {
    do {
      return try open()
    } catch  where "\(error)".contains("another process has this store open") {
      usleep(5_000)
    }
  }
  return try open()
}
