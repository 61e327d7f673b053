// Cases for clients that are driven by the Engine API.

internal import Chain
internal import Foundation
internal import JSON
internal import Ledger
internal import Primitives

/// A payload that a client is given, and what it shall answer.
struct EngineStep: Sendable {
  /// The versions of the methods.
  let version: Int
  let forkchoiceVersion: Int
  /// The parameters of `engine_newPayload`, as JSON.
  let parameters: String
  let blockHash: String
  let parentHash: String
  /// The code of the error that is to come.
  var errorCode: Int?
  /// What the block breaks; nil where it is valid.
  var refusal: String?
}

/// What a client is given after one start.
struct EngineCase: Sendable {
  let name: String
  let suite: SuiteKey
  let path: String
  let steps: [EngineStep]
  /// The head at the end.
  let head: String

  /// How many bytes it takes, about.
  var size: Int { steps.reduce(256) { $0 + $1.parameters.utf8.count + 256 } }
}

/// Cases that begin with the same genesis.
struct EngineGroup: Sendable {
  /// The genesis file.
  let genesis: String
  let genesisHash: String
  var cases: [EngineCase] = []
}

extension EngineCase {
  /// The selected cases of a file of engine tests, each with its genesis file and the hash of that block; those that
  /// no client is given are `passedOver`.
  static func forEach(
    in document: JSONDocument, path: String, suite: SuiteKey, _ selection: CaseSelection,
    passedOver: (CaseResult) -> Void,
    _ body: (_ case: EngineCase, _ genesis: String, _ hash: String) -> Void
  ) throws(JSONError) {
    for member in try document.root.members() {
      if member.key.hasPrefix("_") { continue }
      let (name, test) = (member.key.string, member.value)
      guard selection.includes(name, path: path) else { continue }
      let network = try FixtureNetwork(
        try test.field("network").string(), config: try test.optionalField("config"))
      guard selection.includes(network?.fork) else { continue }
      if let reason = SkipList.reason(path: path, name: name) {
        passedOver(CaseResult(name: name, verdict: .skipped(reason)))
        continue
      }
      guard let genesis = try EngineGenesis.text(of: test) else {
        let name = try test.field("network").string()
        passedOver(CaseResult(name: name, verdict: .leftOut("network \(name)")))
        continue
      }
      var steps: [EngineStep] = []
      for entry in try test.field("engineNewPayloads").elements() {
        steps.append(try EngineStep(engineTest: entry))
      }
      let found = EngineCase(
        name: name, suite: suite, path: path, steps: steps,
        head: try test.field("lastblockhash").string())
      body(found, genesis, try test.field("genesisBlockHeader").field("hash").string())
    }
  }

  /// The payloads of a chain, given their file, the genesis block's aside.
  init(
    chain payloads: [UInt8], genesisHash: String, path: String, suite: SuiteKey
  ) throws(JSONError) {
    let calls = try JSONDocument(parsing: payloads, source: "\(path)/\(ChainFolder.payloads)")
    var steps: [EngineStep] = []
    for call in try calls.root.elements() {
      let step = try EngineStep(call: call)
      if step.blockHash != genesisHash { steps.append(step) }
    }
    self.init(
      name: "\(ChainFolder.payloads) over HTTP", suite: suite, path: path, steps: steps,
      head: steps.last?.blockHash ?? genesisHash)
  }
}

extension EngineStep {
  /// An entry of `engineNewPayloads`.
  fileprivate init(engineTest entry: JSONValue) throws(JSONError) {
    let parameters = try entry.field("params")
    let payload = try Self.payload(in: parameters)
    var code: Int?
    if let value = try entry.optionalField("errorCode") {
      let digits = value.text?.string
      code = value.signedNumber.map { Int($0) } ?? digits.flatMap { Int($0) }
    }
    self.init(
      version: try entry.field("newPayloadVersion").index(),
      forkchoiceVersion: try entry.field("forkchoiceUpdatedVersion").index(),
      parameters: try Self.text(of: parameters),
      blockHash: try payload.field("blockHash").string(),
      parentHash: try payload.field("parentHash").string(), errorCode: code,
      refusal: try entry.optionalField("validationError")?.string())
  }

  /// A recorded call of `engine_newPayload`.
  fileprivate init(call: JSONValue) throws(JSONError) {
    let method = try call.field("method")
    guard let version = (try method.string()).last?.wholeNumberValue else {
      throw method.unexpected("engine_newPayloadV and a number")
    }
    let parameters = try call.field("params")
    let payload = try Self.payload(in: parameters)
    self.init(
      version: version, forkchoiceVersion: min(version, 3),
      parameters: try Self.text(of: parameters),
      blockHash: try payload.field("blockHash").string(),
      parentHash: try payload.field("parentHash").string())
  }

  private static func payload(in parameters: JSONValue) throws(JSONError) -> JSONValue {
    var elements = try parameters.elements()
    guard let payload = elements.next() else { throw parameters.unexpected("a payload") }
    return payload
  }

  /// The parameters as JSON. The generator of a published chain wrote requests in Base64.
  private static func text(of parameters: JSONValue) throws(JSONError) -> String {
    var writer = JSONWriter(.compact)
    let elements = try parameters.elements()
    try writer.array { (list) throws(JSONError) in
      for (index, element) in elements.enumerated() {
        guard index == 3, element.kind == .array else {
          try element.write(to: &list)
          continue
        }
        let requests = try element.elements()
        try list.array { (list) throws(JSONError) in
          for request in requests {
            let text = try request.string()
            let data = text.hasPrefix("0x") ? nil : Data(base64Encoded: text)
            list.value(data.map { Hex.encode($0) } ?? text)
          }
        }
      }
    }
    return writer.text
  }
}
