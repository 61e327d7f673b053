// The file with the secret that consensus client and execution client share.

internal import Primitives

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The secret of the Engine API: 32 bytes, in hex digits in a file that only its owner may read.
public enum JWTSecret {
  /// How many bytes it has.
  public static let size = 32

  /// The secret in the file `path`, which is made where there is none.
  public static func load(_ path: String) throws(NodeError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    if file < 0 {
      guard errno == ENOENT else { throw failure("read", path) }
      return try make(path)
    }
    defer { close(file) }
    var text = [UInt8](repeating: 0, count: 256)
    let count = read(file, &text, text.count)
    if count < 0 { throw failure("read", path) }
    let spaces: Set<UInt8> = Set(" \t\r\n".utf8)
    let digits = text.prefix(count).drop { spaces.contains($0) }
      .split(whereSeparator: { spaces.contains($0) })
    guard digits.count == 1, let word = digits.first,
      let secret = try? Hex.decode(Self.withoutPrefix(word)), secret.count == size
    else {
      throw NodeError(
        description: "\(path): a JWT secret has \(2 * size) hex digits and nothing else")
    }
    return secret
  }

  private static func withoutPrefix(_ word: ArraySlice<UInt8>) -> String {
    let text = String(decoding: word, as: UTF8.self)
    return text.hasPrefix("0x") || text.hasPrefix("0X") ? String(text.dropFirst(2)) : text
  }

  /// Writes a new secret, for the owner's eyes only.
  private static func make(_ path: String) throws(NodeError) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    let secret = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
    // Whole under its name, or not there: half a secret would be none for ever.
    let new = path + ".new"
    unlink(new)
    let file = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if file < 0 { throw failure("write", path) }
    defer { close(file) }
    let text = Array((Hex.encode(secret) + "\n").utf8)
    guard write(file, text, text.count) == text.count, fsync(file) == 0, rename(new, path) == 0
    else { throw failure("write", path) }
    return secret
  }

  private static func failure(_ operation: String, _ path: String) -> NodeError {
    NodeError(
      description: "cannot \(operation) the JWT secret \(path): \(String(cString: strerror(errno)))"
    )
  }
}
