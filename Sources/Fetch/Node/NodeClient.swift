// Calling methods of a node over JSON-RPC 2.0.

internal import Foundation
internal import JSON

/// A node that is asked one thing after another, again where that may help.
final class NodeClient {
  /// How much of an answer without JSON is quoted.
  private static let quoteLength = 120

  /// Where the node is.
  let address: NodeAddress
  /// How many requests were sent.
  private(set) var requestCount = 0
  private let http: HTTPClient
  private let retry: RetryPolicy
  private let limit: Int
  private let willDo: (Step) -> Void

  /// The most bytes of an answer that is a number or the code of one account.
  private static let smallLimit = 1 << 20
  /// The methods whose answers are as long as a block or more.
  private static let largeMethods: Set = ["eth_getBlockByNumber", "debug_traceBlockByNumber"]

  /// What a client is about to do.
  enum Step {
    /// To call this method.
    case call(String)
    /// To do nothing for so many seconds; whether the node wants it so.
    case wait(seconds: Double, isWish: Bool)
  }

  /// A client that waits `timeout` seconds for an answer of up to `limit` bytes, or far fewer from
  /// methods with short answers, and says to `willDo` what it does next.
  init(
    _ address: NodeAddress, timeout: Int, limit: Int, retry: RetryPolicy,
    willDo: @escaping (Step) -> Void = { _ in }
  ) throws(RPCError) {
    self.address = address
    self.retry = retry
    self.limit = limit
    self.willDo = willDo
    do throws(HTTPError) {
      http = try HTTPClient(
        url: address.url,
        // An empty "Expect:" spares a round trip before larger bodies.
        headers: ["Content-Type: application/json", "Expect:"] + address.headers,
        timeout: timeout)
    } catch {
      throw RPCError(node: address.name, method: "connect", problem: error.problem, attempts: 1)
    }
  }

  /// Calls `method` with the parameters that `write` puts into an array. Answers its result, nil for
  /// null.
  func call(
    _ method: String, _ write: (inout JSONWriter) -> Void
  ) throws(RPCError) -> JSONValue? {
    willDo(.call(method))
    var attempt = 1
    while true {
      requestCount += 1
      let id = UInt64(requestCount)
      var wish = 0
      do throws(RPCError.Problem) {
        return try ask(method, body: Self.request(method, id: id, write), id: id, wish: &wish)
      } catch {
        let error = RPCError(
          node: address.name, method: method, problem: error, attempts: attempt)
        guard error.mayPass, attempt < retry.attempts else { throw error }
      }
      // Blocks this thread, which has nothing else to do: fetching has a thread of its own, and an
      // interrupted program ends in the middle of it as in the middle of a request.
      let delay = retry.delay(after: attempt, wish: wish)
      willDo(.wait(seconds: delay, isWish: delay > retry.delay(after: attempt, wish: 0)))
      Thread.sleep(forTimeInterval: delay)
      attempt += 1
    }
  }

  /// Whether the answer to a method may have as many bytes as `--max-response` says.
  static func isLarge(_ method: String) -> Bool { largeMethods.contains(method) }

  /// What errors about an answer to `method` name as their source.
  func source(_ method: String) -> String { "\(address.name): \(method)" }

  private static func request(
    _ method: String, id: UInt64, _ write: (inout JSONWriter) -> Void
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.object {
      $0.member("jsonrpc", "2.0")
      $0.member("id", id)
      $0.member("method", method)
      $0.key("params")
      $0.array(write)
    }
    return Array(writer.text.utf8)
  }

  private func ask(
    _ method: String, body: [UInt8], id: UInt64, wish: inout Int
  ) throws(RPCError.Problem) -> JSONValue? {
    let limit = Self.isLarge(method) ? self.limit : min(self.limit, Self.smallLimit)
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try http.post(body, limit: limit)
    } catch {
      throw error.problem
    }
    wish = response.retryAfter
    let isSuccess = (200..<300).contains(response.status)
    if isSuccess && response.body.isEmpty { throw .status(response.status, "") }
    let answer: Answer
    do throws(JSONError) {
      answer = try Answer(
        JSONDocument(
          parsing: response.body, source: source(method), limits: JSONDocument.Limits(bytes: limit)
        ).root)
    } catch {
      throw isSuccess ? .malformed(error) : status(response)
    }
    // Some servers give a refusal a status of its own. Where trying again may help, only the status
    // says so.
    if let refusal = answer.refusal, isSuccess || (400..<429).contains(response.status) {
      throw .refused(code: refusal.code, message: refusal.message)
    }
    guard isSuccess else { throw status(response) }
    guard answer.id == id else { throw .wrongID(expected: id) }
    return answer.result
  }

  private func status(_ response: HTTPResponse) -> RPCError.Problem {
    let text = String(decoding: response.body.prefix(4 * Self.quoteLength), as: UTF8.self)
    let words = text.split(whereSeparator: { $0.isWhitespace }).joined(separator: " ")
    return .status(response.status, String(words.prefix(Self.quoteLength)))
  }
}

/// The parts of an answer of JSON-RPC.
private struct Answer {
  /// The number of the request, or nil for none that we send.
  let id: UInt64?
  /// The result; nil for null.
  let result: JSONValue?
  /// What stands there in place of a result.
  let refusal: (code: Int64, message: String)?

  init(_ root: JSONValue) throws(JSONError) {
    id = try root.optionalField("id")?.wholeNumber
    if let error = try root.optionalField("error") {
      let code = try error.field("code")
      guard let number = code.signedNumber else { throw code.unexpected("a whole number") }
      let message = try error.optionalField("message")?.text?.string ?? ""
      // Scalars, since a single character may have any number of them.
      refusal = (number, String(String.UnicodeScalarView(message.unicodeScalars.prefix(500))))
      result = nil
      return
    }
    refusal = nil
    result = try root.nullableField("result")
  }
}

extension HTTPError {
  fileprivate var problem: RPCError.Problem {
    switch self {
    case .network(let words): .network(words)
    case .timeout(let words): .timeout(words)
    case .tooLarge(let limit): .tooLarge(limit: limit)
    case .refused(let words): .unusable(words)
    }
  }
}
