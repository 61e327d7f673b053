// Recorded exchanges of JSON-RPC, repeated on the chain they were recorded on.

internal import Chain
internal import Foundation
internal import JSON
internal import Ledger
internal import Node
internal import Primitives
internal import Storage

/// Imports the chain of a folder into a store and asks a node on it what the folder's exchanges ask.
struct RPCExchangeRunner {
  /// Runs the exchanges among the files beside a chain that begins with `genesis`.
  func run(
    _ file: FixtureFile, _ genesis: Genesis, _ selection: CaseSelection,
    report: (CaseResult) -> Void
  ) {
    let exchanges = file.beside.filter { ChainFolder.isExchange($0.key) }
      .filter { selection.includes($0.key, path: file.path) }.sorted { $0.key < $1.key }
    if exchanges.isEmpty { return }
    var specification: OpenRPC?
    do throws(JSONError) {
      specification = try file.beside[OpenRPC.fileName].map(OpenRPC.init)
    } catch {
      report(CaseResult(name: OpenRPC.fileName, verdict: .failed("\(error)")))
    }
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("needletail-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      let store = try store(of: file, genesis, in: folder)
      defer { try? store.close() }
      let handler = RPCHandler(
        testing: ChainReader(store, rules: genesis.rules), clientVersion: "needletail")
      for (name, bytes) in exchanges {
        let verdict = Self.verdict(on: bytes, handler, specification, of: name)
        report(CaseResult(name: name, verdict: verdict))
      }
      Self.checkParameters(specification, handler, selection, path: file.path, report: report)
    } catch {
      report(CaseResult(name: ChainFolder.blocks, verdict: .failed("the store: \(error)")))
    }
  }

  private func store(
    of file: FixtureFile, _ genesis: Genesis, in folder: String
  ) throws -> Store {
    let store = try Store.create(
      at: folder, genesis: genesis.header, allocations: genesis.allocations,
      options: Store.Options(cacheSize: 64 << 20, isSynced: false))
    let chain = try StoredChain(
      store: store, rules: genesis.rules, options: Pipeline.Options(threads: 1))
    var encodings = RLPReader(file.beside[ChainFolder.blocks] ?? [])
    while !encodings.isAtEnd { _ = try chain.add(EncodedBlock(Array(try encodings.readRaw()))) }
    try chain.close()
    return store
  }

  /// Gives the methods that the specification describes parameters of wrong types.
  private static func checkParameters(
    _ specification: OpenRPC?, _ handler: RPCHandler, _ selection: CaseSelection, path: String,
    report: (CaseResult) -> Void
  ) {
    guard let specification else { return }
    for name in handler.methodNames {
      let caseName = "\(OpenRPC.fileName)/\(name)"
      guard let method = specification.methods[name], !method.parameters.isEmpty,
        selection.includes(caseName, path: path)
      else { continue }
      let verdict: Verdict
      do throws(JSONError) {
        verdict =
          try RPCParameterCheck(handler: handler).problem(with: method)
          .map { .failed($0) } ?? .passed
      } catch {
        verdict = .failed("\(error)")
      }
      report(CaseResult(name: caseName, verdict: verdict))
    }
  }

  private static func verdict(
    on bytes: [UInt8], _ handler: RPCHandler, _ specification: OpenRPC?, of name: String
  ) -> Verdict {
    guard let exchange = RPCExchange(bytes) else { return .failed("it has another form") }
    // The folder bears the name of the method.
    let method = Companions.folder(of: name)
    if !handler.methodNames.contains(String(method)) { return .leftOut(String(method)) }
    for (index, round) in exchange.rounds.enumerated() {
      do throws(JSONError) {
        let method = try round.methodName()
        let schema = exchange.isShapeOnly ? specification?.methods[method]?.result : nil
        if let difference = try difference(round, exchange.isShapeOnly, schema, handler) {
          return .failed("round \(index + 1): \(difference)")
        }
      } catch {
        return .failed("round \(index + 1): \(error)")
      }
    }
    return .passed
  }

  private static func difference(
    _ round: RPCExchange.Round, _ isShapeOnly: Bool, _ schema: JSONSchema?, _ handler: RPCHandler
  ) throws(JSONError) -> String? {
    let answer = handler.answer(round.request)
    guard let expected = round.answer else {
      return answer.map { "expected no answer, got \($0.prefix(200))" }
    }
    guard let answer else { return "no answer" }
    let wanted = try JSONDocument(parsing: expected, source: "recorded answer").root
    let found = try JSONDocument(parsing: Array(answer.utf8), source: "answer").root
    if let error = try wanted.optionalField("error") {
      guard let other = try found.optionalField("error") else {
        return "expected an error, got \(answer.prefix(200))"
      }
      // Messages are free.
      for name in ["code", "data"] {
        guard let value = try error.optionalField(name) else { continue }
        guard let same = try other.optionalField(name) else { return "the error has no \(name)" }
        if let difference = try same.difference(from: value, .equality, at: "error.\(name)") {
          return difference
        }
      }
      return nil
    }
    if let schema {
      guard let result = try found.optionalField("result") else {
        return "expected a result, got \(answer.prefix(200))"
      }
      return try schema.problem(with: result)
    }
    return try found.difference(from: wanted, isShapeOnly ? .shape : .equality)
  }
}

extension RPCExchange.Round {
  /// The method that is asked for.
  fileprivate func methodName() throws(JSONError) -> String {
    try JSONDocument(parsing: request, source: "request").root.field("method").string()
  }
}
