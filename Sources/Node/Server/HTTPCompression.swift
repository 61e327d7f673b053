// Answers made smaller.

/// Compression of answers (gzip).
enum HTTPCompression {
  /// The answer, compressed where it is large enough and the client takes that.
  static func apply(to response: HTTPResponse, for request: HTTPRequest, from size: Int)
    -> HTTPResponse
  {
    guard response.body.count >= size, accepts(request.headers["accept-encoding"] ?? ""),

      // Level 1: hex is made half as large by any, and answers should not wait for it.
      let compressed = Gzip.pack(response.body, level: 1), compressed.count < response.body.count
    else { return response }
    var smaller = response
    smaller.body = compressed
    smaller.headers.append(("Content-Encoding", "gzip"))
    smaller.headers.append(("Vary", "Accept-Encoding"))
    return smaller
  }

  /// Whether the value of `Accept-Encoding` names gzip, and not with a weight of zero.
  static func accepts(_ value: String) -> Bool {
    value.lowercased().split(separator: ",").contains { part in
      let words = part.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
      guard words.first == "gzip" else { return false }
      return !words.dropFirst().contains {
        $0.hasPrefix("q=0") && !$0.dropFirst(3).contains { "123456789".contains($0) }
      }
    }
  }
}
