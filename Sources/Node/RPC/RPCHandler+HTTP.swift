// JSON-RPC over HTTP.

extension RPCHandler {
  /// As geth takes them.
  private static let contentTypes = [
    "application/json", "application/json-rpc", "application/jsonrequest",
  ]

  /// The answer over HTTP.
  func answer(_ request: HTTPRequest) -> HTTPResponse {
    switch request.method {
    case "GET", "HEAD":
      // Who looks whether anybody is there is not told more.
      return request.path == "/"
        ? HTTPResponse(status: 200) : .text("there is nothing at this path", status: 404)
    case "POST": break
    default:
      var response = HTTPResponse.text("method not allowed", status: 405)
      response.headers.append(("Allow", "GET, HEAD, OPTIONS, POST"))
      return response
    }
    let type = (request.headers["content-type"] ?? "").split(separator: ";").first ?? ""
    guard Self.contentTypes.contains(type.lowercased().filter { $0 != " " }) else {
      return .text("invalid content type, only application/json is supported", status: 415)
    }
    guard let text = answer(request.body) else { return HTTPResponse(status: 200) }
    return .json(text)
  }
}
