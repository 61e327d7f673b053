// What goes over HTTP.

/// A request as it came in.
public struct HTTPRequest: Sendable {
  /// `GET`, `POST` and so on.
  public let method: String
  /// What stands behind the host.
  public let path: String
  /// The headers' values by their names in small letters.
  public let headers: [String: String]
  /// Whether the headers say where it ends, and do so once.
  var hasClearLength = true
  /// What it carries.
  public internal(set) var body: [UInt8] = []

  /// How many bytes its headers say that it carries; more than there can be where that is no number.
  var length: Int { headers["content-length"].map { Int($0) ?? .max } ?? 0 }
}

/// The answer to a request.
public struct HTTPResponse: Sendable {
  /// The status code.
  public var status: UInt32
  /// Headers besides those that the server writes.
  public var headers: [(name: String, value: String)]
  /// What it carries.
  public var body: [UInt8]

  /// An answer of these parts.
  public init(status: UInt32, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// JSON.
  static func json(_ text: String, status: UInt32 = 200) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: [("Content-Type", "application/json")], body: Array(text.utf8))
  }

  /// A line of text.
  static func text(_ text: String, status: UInt32) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: [("Content-Type", "text/plain; charset=utf-8")],
      body: Array((text + "\n").utf8))
  }
}
