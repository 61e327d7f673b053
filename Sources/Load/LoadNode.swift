// The node that is loaded.

internal import Fetch
internal import JSON
internal import Primitives

/// One connection to the node. It belongs to one thread.
final class LoadNode {
  private let client: HTTPClient

  /// Seconds to wait for an answer.
  private static let timeout = 60
  private static let answerLimit = 256 << 20

  init(_ url: String) throws(LoadError) {
    do throws(HTTPError) {
      // Compressing what does not leave the machine would be measured with the rest.
      client = try HTTPClient(
        url: url, headers: ["Content-Type: application/json", "Accept-Encoding: identity"],
        timeout: Self.timeout)
    } catch {
      throw LoadError(description: "\(url): \(error)")
    }
  }

  /// The answer to a request or a batch.
  func post(_ body: [UInt8]) throws(LoadError) -> JSONValue {
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try client.post(body, limit: Self.answerLimit)
    } catch {
      throw LoadError(description: "the node does not answer: \(error)", isSilence: true)
    }
    guard response.status == 200 else {
      throw LoadError(description: "the node answers with status \(response.status)")
    }
    do throws(JSONError) {
      return try JSONDocument(parsing: response.body, source: "answer").root
    } catch {
      throw LoadError(description: "the node's answer: \(error)")
    }
  }

  /// The result of a method; parameters are JSON.
  func ask(_ method: String, _ parameters: String = "[]") throws(LoadError) -> JSONValue? {
    let body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":\(parameters)}"
    let answer = try post(Array(body.utf8))
    return try reading(method) { () throws(JSONError) in
      if let error = try answer.optionalField("error") {
        throw error.unexpected("a result")
      }
      return try answer.optionalField("result")
    }
  }

  /// A quantity that a method answers.
  func quantity(_ method: String, _ parameters: String = "[]") throws(LoadError) -> UInt256 {
    guard let result = try ask(method, parameters) else {
      throw LoadError(description: "\(method) answers nothing")
    }
    return try reading(method) { () throws(JSONError) in try result.uint256() }
  }

  /// A count that a method answers: a nonce, a block's number. What is added to it must not overflow.
  func count(_ method: String, _ parameters: String = "[]") throws(LoadError) -> UInt64 {
    let quantity = try quantity(method, parameters)
    guard let count = quantity.asUInt64, count <= UInt64.max / 2 else {
      throw LoadError(description: "\(method): \(quantity.hex) is no count")
    }
    return count
  }

  /// The results of a method for many hashes, in their order; nil where one is null.
  func ask(_ method: String, ofEach hashes: some Collection<Hash256>) throws(LoadError)
    -> [JSONValue?]
  {
    let calls = hashes.enumerated().map { id, hash in
      "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"\(method)\",\"params\":[\"\(hash.hex)\"]}"
    }
    if calls.isEmpty { return [] }
    let answer = try post(Array("[\(calls.joined(separator: ","))]".utf8))
    return try reading(method) { () throws(JSONError) in
      var results: [JSONValue?] = []
      for part in try answer.elements() { results.append(try part.optionalField("result")) }
      return results
    }
  }

  /// Sends signed transactions; why each was refused, nil where it was accepted.
  func send(_ encodings: some Collection<ArraySlice<UInt8>>) throws(LoadError) -> [String?] {
    var body: [UInt8] = [UInt8(ascii: "[")]
    body.reserveCapacity(encodings.reduce(0) { $0 + 2 * $1.count + 100 })
    for (id, encoding) in encodings.enumerated() {
      if id > 0 { body.append(UInt8(ascii: ",")) }
      body +=
        "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"eth_sendRawTransaction\",\"params\":[\""
        .utf8
      body += Hex.encode(encoding).utf8
      body += "\"]}".utf8
    }
    body.append(UInt8(ascii: "]"))
    let answer = try post(body)
    var outcomes = [String?](repeating: "no answer", count: encodings.count)
    try reading("eth_sendRawTransaction") { () throws(JSONError) in
      if answer.kind == .object { throw answer.unexpected("answers to a batch") }
      for part in try answer.elements() {
        let id = try part.field("id").index()
        guard outcomes.indices.contains(id) else { throw part.unexpected("an id of the batch") }
        outcomes[id] = try part.optionalField("error")?.field("message").string()
        if outcomes[id] == nil { _ = try part.field("result").hash() }
      }
    }
    return outcomes
  }

  private func reading<Value>(
    _ method: String, _ body: () throws(JSONError) -> Value
  ) throws(LoadError) -> Value {
    do throws(JSONError) {
      return try body()
    } catch {
      throw LoadError(description: "\(method): \(error)")
    }
  }
}
