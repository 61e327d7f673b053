// From the bytes of a request to the bytes of the answer.

internal import JSON
internal import Synchronization

/// A method: writes its result, one JSON value, or throws.
typealias RPCMethod = @Sendable (RPCParameters, inout JSONWriter) throws(RPCError) -> Void

/// Answers requests of JSON-RPC 2.0, single ones and batches, whatever brought them. Any thread may call it.
public final class RPCHandler: Sendable {
  /// What a request may be at most. The defaults are geth's.
  public struct Limits: Sendable {
    /// The most bytes of a request.
    public var requestBytes = 5 << 20
    /// The most requests of a batch.
    public var batchCount = 1000
    /// The most bytes of the answer to a batch.
    public var answerBytes = 25 << 20
    /// How long the requests of a batch may take together, as geth gives an answer.
    public var batchTime = Duration.seconds(30)
    /// The most levels of arrays and objects.
    public var depth = 64

    /// The usual limits.
    public init() {}
  }

  /// The method that says which names others begin with.
  static let modulesName = "rpc_modules"

  private let methods: [String: RPCMethod]
  let batchMethods: [String: RPCBatchMethod]
  /// How often and how long methods were asked for.
  let metrics: RPCMetrics
  private let limits: Limits
  private let isEnding = Atomic(false)
  private let heavyCalls = HeavyCalls()

  init(
    _ methods: [String: RPCMethod], batchMethods: [String: RPCBatchMethod] = [:],
    limits: Limits = Limits(), metrics: RPCMetrics? = nil
  ) {
    let modules = Set((Array(methods.keys) + [Self.modulesName]).map { $0.prefix { $0 != "_" } })
    let methods = methods.merging([
      Self.modulesName: { (_, writer) throws(RPCError) in
        writer.object { list in for name in modules.sorted() { list.member(String(name), "1.0") } }
      }
    ]) { first, _ in first }
    self.methods = methods
    self.batchMethods = batchMethods
    self.metrics = metrics ?? RPCMetrics(methods.keys)
    self.limits = limits
  }

  /// The names of the methods, in order.
  public var methodNames: [String] { methods.keys.sorted() }

  /// Answers no more requests of batches: the node stops.
  func end() {
    isEnding.store(true, ordering: .relaxed)
    heavyCalls.end()
  }

  /// The answer to a request; nil where it wants none, as notifications do.
  public func answer(_ request: [UInt8]) -> String? { answer(request, from: nil) }

  /// The answer to a request of a client that stays connected.
  func answer(_ request: [UInt8], from session: RPCSession?) -> String? {
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(
        parsing: request, source: "request",
        limits: JSONDocument.Limits(bytes: limits.requestBytes, depth: limits.depth))
    } catch {
      return Self.text(of: .parseError("invalid JSON: \(error.words)"))
    }
    if document.root.kind != .array { return answer(document.root, session) }
    return answerBatch(document.root, session)
  }

  private func answerBatch(_ batch: JSONValue, _ session: RPCSession?) -> String? {
    guard let elements = try? batch.elements() else { return nil }
    let requests = Array(elements.prefix(limits.batchCount + 1))
    if requests.isEmpty { return Self.text(of: .invalidRequest("empty batch")) }
    if requests.count > limits.batchCount {
      // One answer, to the first that wants one, as geth gives it.
      let first = requests.first { request in
        (try? Self.call(in: request)) != nil && Self.id(of: request)?.isEmpty == false
      }
      let id = first.flatMap { Self.id(of: $0) } ?? "null"
      return "[" + Self.text(of: .invalidRequest("batch too large"), id: id) + "]"
    }
    let deadline = ContinuousClock.now.advanced(by: limits.batchTime)
    var all: [String] = []
    var size = 0
    var place = 0
    /// Why no more of them are answered.
    var end: RPCError?
    while place < requests.count {
      if end == nil, ContinuousClock.now > deadline {
        end = RPCError(code: -32002, message: "request timed out")
      } else if end == nil, isEnding.load(ordering: .relaxed) {
        end = RPCError(code: -32002, message: "the node stops")
      }
      if let end {
        // A notification is not told either; what is no request at all is none.
        let id = requests[place].kind == .object ? Self.id(of: requests[place]) : nil
        if id?.isEmpty != true { all.append(Self.text(of: end, id: id)) }
        place += 1
        continue
      }
      for answer in answers(from: place, of: requests, session) {
        let request = requests[place]
        place += 1
        guard var answer else { continue }
        if size + answer.utf8.count > limits.answerBytes {
          let tooLarge = RPCError(code: -32003, message: "response too large")
          answer = Self.text(of: tooLarge, id: Self.id(of: request))
          end = tooLarge
        }
        size += answer.utf8.count
        all.append(answer)
      }
    }
    return all.isEmpty ? nil : "[" + all.joined(separator: ",") + "]"
  }

  func answer(_ request: JSONValue, _ session: RPCSession?) -> String? {
    answer(request) { (request) throws(RPCError) in try result(of: request, session) }
  }

  /// The answer to a request whose result `result` finds.
  func answer(
    _ request: JSONValue, _ result: (JSONValue) throws(RPCError) -> String
  ) -> String? {
    guard request.kind == .object, let id = Self.id(of: request) else {
      return Self.text(of: .invalidRequest("invalid request"))
    }
    do throws(RPCError) {
      let result = try result(request)
      // A request without an id wants no answer.
      return id.isEmpty ? nil : "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"result\":\(result)}"
    } catch {
      // What is no request at all is no notification either.
      if id.isEmpty && error.code != -32600 { return nil }
      return Self.text(of: error, id: id)
    }
  }

  private func result(of request: JSONValue, _ session: RPCSession?) throws(RPCError) -> String {
    let (name, values) = try Self.call(in: request)
    guard let method = methods[name] else {
      metrics.noteUnknown()
      throw .noMethod(name)
    }
    var writer = JSONWriter(.compact)
    let parameters = RPCParameters(values, from: session)
    func answer() throws(RPCError) {
      try metrics.measure(name) { () throws(RPCError) in try method(parameters, &writer) }
    }
    if RequestWeight.isHeavy(name) { try heavyCalls.pass(answer) } else { try answer() }
    return writer.text
  }

  /// The method that a request names, and its parameters.
  static func call(
    in request: JSONValue
  ) throws(RPCError) -> (name: String, parameters: [JSONValue]) {
    guard let version = try? request.optionalField("jsonrpc")?.string(), version == "2.0",
      let name = try? request.optionalField("method")?.string()
    else { throw .invalidRequest("invalid request") }
    var values: [JSONValue] = []
    if let parameters = try request.rpcMember("params") {
      guard let elements = try? parameters.elements() else {
        throw .invalidParameters("non-array args")
      }
      values = Array(elements)
    }
    return (name, values)
  }

  /// The id as it is written in the answer; empty where there is none, nil where it is none that may be.
  static func id(of request: JSONValue) -> String? {
    // An id that is null is one, too.
    guard let member = (try? request.members())?.first(where: { $0.key.string == "id" })?.value
    else { return "" }
    switch member.kind {
    case .null: return "null"
    case .string:
      guard let text = try? member.string() else { return nil }
      var writer = JSONWriter(.compact)
      writer.value(text)
      return writer.text
    case .array, .object, .boolean: return nil
    default:
      return member.wholeNumber.map { "\($0)" } ?? member.signedNumber.map { "\($0)" }
        ?? member.fraction.map { "\($0)" }
    }
  }

  /// The answer that is an error. Where there is no id, or none that may be, it is null.
  private static func text(of error: RPCError, id: String? = nil) -> String {
    let id = id.flatMap { $0.isEmpty ? nil : $0 } ?? "null"
    var writer = JSONWriter(.compact)
    writer.object { object in
      object.member("code", error.code)
      object.member("message", error.message)
      if let data = error.data { object.member("data", data: data) }
    }
    return "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"error\":\(writer.text)}"
  }
}
