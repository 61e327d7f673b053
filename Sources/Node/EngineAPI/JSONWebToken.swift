// Whether who asks knows the secret: JSON Web Tokens.

internal import Crypto
internal import JSON

/// Checks the tokens that come with requests of the Engine API: signed by HMAC with SHA-256 under a secret
/// that both sides know, a minute ago at most. Problems are in geth's words.
public struct JSONWebToken: Sendable {
  /// How far the clocks of both sides may be apart, in seconds.
  static let tolerance: Double = 60
  private static let prefix = "Bearer "

  let secret: [UInt8]

  /// Why a request with this header `Authorization` is not answered, at a time in seconds since 1970; nil where
  /// it is.
  func problem(in authorization: String?, at now: Double) -> String? {
    guard let authorization, authorization.hasPrefix(Self.prefix) else { return "missing token" }
    let token = authorization.dropFirst(Self.prefix.count)
    if token.isEmpty { return "missing token" }
    let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 else { return "token contains an invalid number of segments" }
    guard let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
      let signature = Self.bytes(parts[2])
    else { return "token is malformed" }
    guard let algorithm = (try? header.optionalField("alg"))?.text?.string else {
      return "signing method (alg) is unspecified."
    }
    if algorithm != "HS256" { return "signing method \(algorithm.prefix(16)) is invalid" }
    let signed = Array(token.utf8.prefix(parts[0].count + 1 + parts[1].count))
    let code = HMACSHA256.authenticate(signed, key: secret)
    if !HMACSHA256.areEqual(code, signature) { return "signature is invalid" }
    return Self.problem(in: claims, at: now)
  }

  private static func problem(in claims: JSONValue, at now: Double) -> String? {
    func time(_ name: String) -> Double? {
      guard let value = try? claims.optionalField(name) else { return nil }
      return value.fraction ?? value.wholeNumber.map { Double($0) }
        ?? value.signedNumber.map { Double($0) }
    }
    if let end = time("exp"), now >= end { return "token is expired" }
    guard let issued = time("iat") else { return "missing issued-at" }
    if now - issued > tolerance { return "stale token" }
    if issued - now > tolerance { return "future token" }
    return nil
  }

  /// A token under a secret, issued at a time in seconds since 1970.
  public static func make(secret: [UInt8], issuedAt time: UInt64) -> String {
    let signed =
      text(Array("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".utf8)) + "."
      + text(Array("{\"iat\":\(time)}".utf8))
    return signed + "." + text(HMACSHA256.authenticate(Array(signed.utf8), key: secret))
  }

  private static func object(_ text: some Sequence<UInt8>) -> JSONValue? {
    guard let bytes = bytes(text),
      let document = try? JSONDocument(
        parsing: bytes, source: "token", limits: JSONDocument.Limits(bytes: 16 << 10, depth: 8)),
      document.root.kind == .object
    else { return nil }
    return document.root
  }

  // MARK: - Base64 for addresses (RFC 4648), without padding

  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// The bytes that a text spells; nil where it spells none.
  static func bytes(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var (bits, count) = (UInt32(0), 0)
    for digit in text {
      guard let value = digits.firstIndex(of: digit) else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    // What is left over of the last digit is zero.
    return count < 6 && bits & (1 << UInt32(count) - 1) == 0 ? bytes : nil
  }

  private static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    var (bits, count) = (UInt32(0), 0)
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 6 {
        count -= 6
        text.append(digits[Int(bits >> UInt32(count) & 63)])
      }
    }
    if count > 0 { text.append(digits[Int(bits << UInt32(6 - count) & 63)]) }
    return String(decoding: text, as: UTF8.self)
  }
}
