// Why a node's method gave no result.

internal import Fixtures
public import JSON

/// A call of a node that failed.
public struct RPCError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Problem: Error, Equatable, Sendable {
    /// The connection could not be made or broke off; the reason in words.
    case network(String)
    /// The answer did not come in time; in words.
    case timeout(String)
    /// The answer has more bytes than allowed.
    case tooLarge(limit: Int)
    /// The server answered with an HTTP status that is no success, or with nothing; the beginning of
    /// what it said.
    case status(Int, String)
    /// The answer is no JSON, or not an answer of JSON-RPC.
    case malformed(JSONError)
    /// The answer belongs to another request.
    case wrongID(expected: UInt64)
    /// The node refuses, with a code and a message of JSON-RPC.
    case refused(code: Int64, message: String)
    /// The request cannot be sent at all.
    case unusable(String)
  }

  /// How many characters of a server's own words are shown.
  static let shownWords = 200

  /// The node, without what may be a key.
  public let node: String
  /// The method.
  public let method: String
  /// What went wrong, the last time.
  public let problem: Problem
  /// How often it was tried.
  public let attempts: Int

  /// Whether trying again may help.
  var mayPass: Bool {
    switch problem {
    case .network, .timeout: true
    case .status(let status, _): status == 429 || status >= 500
    // "Limit exceeded" of EIP-1474, and what providers make of it.
    case .refused(let code, _): code == -32005 || code == 429
    case .tooLarge, .malformed, .wrongID, .unusable: false
    }
  }

  /// Whether the node says that it does not have the method.
  public var isMethodMissing: Bool {
    guard case .refused(let code, let message) = problem else { return false }
    let words = message.lowercased()
    let denials = [
      "not found", "not exist", "not available", "not supported", "unsupported", "not allowed",
      "disabled", "not whitelisted",
    ]
    return code == -32601 || (words.contains("method") && denials.contains { words.contains($0) })
  }

  /// Whether every further call of this node is likely to fail too.
  var concernsNode: Bool {
    switch problem {
    case .network, .timeout, .status, .unusable: true
    case .tooLarge, .malformed, .wrongID, .refused: false
    }
  }

  /// One line: node, method, and what went wrong.
  public var description: String {
    // What is wrong with an answer names its source itself.
    if case .malformed(let error) = problem { return error.description.printable }
    let times = attempts > 1 ? " (tried \(attempts) times)" : ""
    return "\(node): \(method): \(reason)\(times)"
  }

  private var reason: String {
    switch problem {
    case .network(let words): return words.printable(upTo: Self.shownWords)
    case .timeout(let words): return "no answer in time: \(words.printable(upTo: Self.shownWords))"
    case .tooLarge(let limit):
      let hint = NodeClient.isLarge(method) ? "; see --max-response" : ""
      return "the answer has more than the allowed \(limit) bytes\(hint)"
    case .status(let status, let words):
      let hint =
        switch status {
        case 200..<300: " without a body, which is no answer of JSON-RPC"
        case 300..<400: "; redirects are not followed, give the URL they lead to"
        case 401, 403: "; a key may be missing, see --header"
        default: ""
        }
      let said = words.isEmpty ? "" : ": \(words.printable(upTo: Self.shownWords))"
      return "HTTP status \(status)\(said)\(hint)"
    case .malformed(let error): return error.description.printable
    case .wrongID(let expected):
      return "the answer belongs to another request than \(expected)"
    case .refused(let code, let message):
      return "error \(code): \(message.printable(upTo: Self.shownWords))"
    case .unusable(let words):
      return "cannot be asked: \(words.printable(upTo: Self.shownWords))"
    }
  }
}
