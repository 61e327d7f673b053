// How a request of HTTP becomes a WebSocket.

internal import CCrypto

/// The handshake of a WebSocket (RFC 6455, section 4).
enum WebSocketHandshake {
  /// What comes of a request.
  enum Outcome {
    /// It asks for none.
    case none
    /// It is refused.
    case refused(HTTPResponse)
    /// It is answered with this `Sec-WebSocket-Accept`.
    case accepted(String)
  }

  static func judge(_ request: HTTPRequest, _ access: HTTPAccess) -> Outcome {
    guard names("websocket", in: request.headers["upgrade"]),
      names("upgrade", in: request.headers["connection"])
    else { return .none }
    guard request.method == "GET" else {
      return .refused(.text("a WebSocket is asked for by GET", status: 405))
    }
    guard access.allowsWebSocket(origin: request.headers["origin"]) else {
      return .refused(.text("origin not allowed", status: 403))
    }
    guard request.headers["sec-websocket-version"] == "13" else {
      var response = HTTPResponse.text("version 13 of WebSockets is spoken here", status: 426)
      response.headers.append(("Sec-WebSocket-Version", "13"))
      return .refused(response)
    }
    guard let key = request.headers["sec-websocket-key"], isKey(key) else {
      return .refused(.text("Sec-WebSocket-Key is no 16 bytes in Base64", status: 400))
    }
    return .accepted(answer(to: key))
  }

  /// The proof that the server speaks WebSocket.
  static func answer(to key: String) -> String {
    let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
    var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
    SHA1(text, text.count, &digest)
    // 28 characters, and a zero behind them.
    var encoded = [UInt8](repeating: 0, count: 29)
    let count = EVP_EncodeBlock(&encoded, digest, CInt(digest.count))
    return String(decoding: encoded.prefix(Int(count)), as: UTF8.self)
  }

  /// Whether it is 16 bytes in Base64.
  private static func isKey(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 24, text.hasSuffix("=="), !text.dropLast(2).contains("=") else {
      return false
    }
    var decoded = [UInt8](repeating: 0, count: 18)
    return EVP_DecodeBlock(&decoded, bytes, 24) == 18
  }

  private static func names(_ word: String, in value: String?) -> Bool {
    guard let value else { return false }
    return value.lowercased().split(separator: ",").contains {
      $0.filter { $0 != " " && $0 != "\t" } == word
    }
  }
}
