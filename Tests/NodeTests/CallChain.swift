// A chain without a network, for tests of methods that execute.

import Chain
import EVM
import Execution
import Foundation
import JSON
import Ledger
import Primitives
import State
import Storage
import Testing

@testable import Node

/// The first block of a development chain in a folder that goes away with the object, and what answers
/// requests about it.
final class CallChain {
  static let accounts = TestNode.accounts
  static var rich: String { accounts[0].address.hex }

  let chain: ChainReader
  private let folder: String
  private let methods: [String: RPCMethod]
  private let handler: RPCHandler

  init(
    gasLimit: UInt64 = CallLimits().gas, timeout: Duration = CallLimits().time,
    fork: Fork = .latest
  ) throws {
    folder = NSTemporaryDirectory() + "needletail-calls-\(UUID().uuidString)"
    var development = DevelopmentGenesis(timestamp: 1000)
    development.fork = fork
    let genesis = try development.genesis(Self.accounts)
    let store = try Store.create(
      at: folder, genesis: genesis.header, allocations: genesis.allocations,
      options: Store.Options(cacheSize: 32 << 20, isSynced: false))
    chain = ChainReader(store, rules: ChainRules(chainID: 31_337, always: fork))
    var limits = CallLimits()
    (limits.gas, limits.time) = (gasLimit, timeout)
    let runner = CallRunner(chain, limits: limits)
    methods = RPCHandler.methods(reading: chain, runner, clientVersion: "test")
      .merging(TestingMethods(runner: runner, pool: nil).methods) { first, _ in first }
    handler = RPCHandler(methods)
  }

  deinit {
    try? chain.store.close()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// The answer to a method with these parameters in JSON, on a stack that calls can be executed on.
  func ask(_ method: String, _ parameters: String) throws -> JSONValue {
    let request =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":\(parameters)}"
    let answer = Answer()
    let done = DispatchSemaphore(value: 0)
    let handler = handler
    let started = DeepThread.start {
      answer.text = handler.answer(Array(request.utf8)) ?? ""
      done.signal()
    }
    try #require(started)
    done.wait()
    return try JSONDocument(parsing: Array(answer.text.utf8), source: method).root
  }

  private final class Answer: @unchecked Sendable {
    var text = ""
  }

  /// The result of a method; the whole answer where there is none.
  func result(_ method: String, _ parameters: String) throws -> JSONValue {
    let answer = try ask(method, parameters)
    if let error = try answer.optionalField("error") {
      Issue.record("\(method): \(try error.field("message").string())")
    }
    return try answer.optionalField("result") ?? answer
  }

  /// Code and message of the error that a method answers.
  func error(_ method: String, _ parameters: String) throws -> (code: Int64, message: String) {
    let error = try ask(method, parameters).field("error")
    return (try #require(error.field("code").signedNumber), try error.field("message").string())
  }
}
