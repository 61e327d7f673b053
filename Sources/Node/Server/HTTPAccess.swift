// Who may ask: what keeps web pages of others away from a node on this machine.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Whose web pages may ask, and under which names the node is asked. What is no web page sends no origin, and
/// is not concerned.
public struct HTTPAccess: Sendable {
  /// The origins whose pages may read answers, such as `https://example.org`; `*` stands for all.
  public var origins: [String] = []
  /// The names under which the node may be asked besides numeric addresses; `*` stands for all. A page that
  /// has its own name lead to this machine is found out by it.
  public var hosts = ["localhost"]

  /// No page, and the name of this machine.
  public init() {}

  /// Why a request is not taken, judged by its headers; nil where it is.
  func refusal(of request: HTTPRequest) -> HTTPResponse? {
    if let host = request.headers["host"], !allows(host: host) {
      return .text("invalid host specified", status: 403)
    }
    return nil
  }

  /// Whether the node may be asked under this name, with or without a port.
  func allows(host: String) -> Bool {
    let name = Self.withoutPort(host).lowercased()
    if name.isEmpty || hosts.contains("*") || Self.isNumeric(name) { return true }
    return hosts.contains { $0.lowercased() == name }
  }

  /// Whether a page of this origin may read answers.
  func allows(origin: String) -> Bool {
    origins.contains("*") || origins.contains { $0.lowercased() == origin.lowercased() }
  }

  /// Whether a page of this origin may open a WebSocket: as geth, those of this machine, too, where nothing
  /// else is said.
  func allowsWebSocket(origin: String?) -> Bool {
    guard let origin, !origin.isEmpty else { return true }
    if allows(origin: origin) { return true }
    guard origins.isEmpty, let scheme = origin.lowercased().split(separator: ":").first,
      scheme == "http" || scheme == "https"
    else { return false }
    let host = Self.withoutPort(String(origin.dropFirst(scheme.count + 3)).lowercased())
    return ["localhost", "127.0.0.1", "::1"].contains(host)
  }

  /// What is written above each answer to this request.
  func headers(for request: HTTPRequest) -> [(name: String, value: String)] {
    if origins.isEmpty { return [] }
    if origins.contains("*") { return [("Access-Control-Allow-Origin", "*")] }
    guard let origin = request.headers["origin"], allows(origin: origin) else {
      return [("Vary", "Origin")]
    }
    return [("Access-Control-Allow-Origin", origin), ("Vary", "Origin")]
  }

  /// The answer to a browser that asks whether a page may ask.
  func preflight(_ request: HTTPRequest) -> HTTPResponse {
    guard let origin = request.headers["origin"], allows(origin: origin),
      let method = request.headers["access-control-request-method"]
    else { return HTTPResponse(status: 200) }
    var response = HTTPResponse(status: 204)
    if ["GET", "HEAD", "POST"].contains(method) {
      response.headers.append(("Access-Control-Allow-Methods", "GET, POST"))
    }
    if let names = request.headers["access-control-request-headers"] {
      response.headers.append(("Access-Control-Allow-Headers", names))
    }
    response.headers.append(("Access-Control-Max-Age", "600"))
    return response
  }

  /// The name of `name:port`, and the address of `[address]:port`.
  private static func withoutPort(_ host: String) -> String {
    if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
      let isWhole = isPort(host[host.index(after: end)...])
      return isWhole ? String(host[host.index(after: host.startIndex)..<end]) : host
    }
    guard let colon = host.firstIndex(of: ":"), isPort(host[colon...]) else { return host }
    return String(host[..<colon])
  }

  /// Whether this is a colon and a number, or nothing.
  private static func isPort(_ text: Substring) -> Bool {
    text.isEmpty || text.first == ":" && text.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
  }

  private static func isNumeric(_ name: String) -> Bool {
    var (four, six) = (in_addr(), in6_addr())
    return inet_pton(AF_INET, name, &four) == 1 || inet_pton(AF_INET6, name, &six) == 1
  }
}
