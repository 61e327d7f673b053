// A client that is started for a test, and asked over HTTP.

internal import Foundation
internal import JSON
internal import Node
internal import Primitives

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Posts to a URL; what comes back, or why nothing does.
public protocol EngineTransport {
  /// Posts JSON with a token; status and body of the answer.
  func post(
    _ body: [UInt8], token: String
  ) throws(EngineTransportError) -> (status: Int, body: [UInt8])
}

/// Why no answer came.
public struct EngineTransportError: Error, Sendable, CustomStringConvertible {
  /// Why, for people.
  public let description: String

  /// An error with this reason.
  public init(_ description: String) { self.description = description }
}

/// A client process with its folder.
final class EngineClient {
  /// How a client is started and reached.
  struct Setting: Sendable {
    /// The command, with `{genesis}`, `{jwt}` and `{port}` in it.
    let command: String
    /// Makes what asks a URL.
    let connect: @Sendable (_ url: String) throws(EngineTransportError) -> any EngineTransport
    /// Seconds that a client may take to its first answer.
    var patience = 60.0
  }

  /// Why a client cannot be asked.
  struct Failure: Error {
    let reason: String
    /// Whether the client ended before it could be asked.
    var isEarlyEnd = false
  }

  /// Seconds that a client may take to its end.
  private static let endPatience = 5.0

  private let folder: String
  private var process = Process()
  private let secret: [UInt8]
  private var transport: (any EngineTransport)?
  private var number = 0

  /// Starts a client on a genesis and waits until it answers.
  init(_ setting: Setting, genesis: String) throws(Failure) {
    folder = NSTemporaryDirectory() + "needletail-engine-\(UUID().uuidString)"
    secret = (0..<JWTSecret.size).map { _ in UInt8.random(in: 0...255) }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try Data(genesis.utf8).write(to: URL(fileURLWithPath: path("genesis.json")))
      try Data(Hex.encode(secret).utf8).write(to: URL(fileURLWithPath: path("jwt.hex")))
      do {
        try start(setting)
      } catch let failure as Failure where failure.isEarlyEnd {
        // Between the question for a port and its use, the port may become somebody else's.
        process = Process()
        try start(setting)
      }
    } catch {
      let reason = (error as? Failure)?.reason ?? "\(error)"
      end()
      throw Failure(reason: reason)
    }
  }

  deinit { end() }

  private func start(_ setting: Setting) throws {
    let port = try Self.freePort()
    let command = setting.command
      .replacingOccurrences(of: "{genesis}", with: path("genesis.json"))
      .replacingOccurrences(of: "{jwt}", with: path("jwt.hex"))
      .replacingOccurrences(of: "{port}", with: "\(port)")
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "exec \(command)"]
    _ = FileManager.default.createFile(atPath: path("log"), contents: nil)
    let log = try FileHandle(forWritingTo: URL(fileURLWithPath: path("log")))
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = log
    process.standardError = log
    try process.run()
    transport = try setting.connect("http://127.0.0.1:\(port)/")
    try waitUntilReady(setting)
  }

  private func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// The result of a method, or its error.
  func ask(_ method: String, _ parameters: String) throws(Failure) -> JSONValue {
    guard let transport else { throw Failure(reason: "the client was ended") }
    number += 1
    let body =
      "{\"jsonrpc\":\"2.0\",\"id\":\(number),\"method\":\"\(method)\",\"params\":\(parameters)}"
    do {
      let token = JSONWebToken.make(
        secret: secret, issuedAt: UInt64(max(0, Date().timeIntervalSince1970)))
      let (status, answer) = try transport.post(Array(body.utf8), token: token)
      guard status == 200 else {
        throw Failure(reason: "\(method): status \(status), \(Self.shown(answer))")
      }
      return try JSONDocument(parsing: answer, source: method).root
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(reason: "\(method): \(error)\(lastWords)")
    }
  }

  private func waitUntilReady(_ setting: Setting) throws {
    let deadline = Date().addingTimeInterval(setting.patience)
    while true {
      if !process.isRunning {
        throw Failure(reason: "the client ended at once\(lastWords)", isEarlyEnd: true)
      }
      do throws(Failure) {
        // On a port that was free a moment ago somebody else may listen, who knows no such method.
        let answer = try ask("engine_exchangeCapabilities", "[[]]")
        if (try? answer.field("result").elements()) != nil { return }
        throw Failure(reason: "engine_exchangeCapabilities is not answered")
      } catch {
        if Date() > deadline {
          throw Failure(
            reason: "no answer within \(Int(setting.patience)) seconds: \(error.reason)")
        }
      }
      usleep(5_000)
    }
  }

  /// The end of what the client printed.
  private var lastWords: String {
    guard let log = FileManager.default.contents(atPath: path("log")), !log.isEmpty else {
      return ""
    }
    return "; it said: " + Self.shown(Array(log.suffix(400)))
  }

  private static func shown(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.prefix(400), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Ends the client, by force where it does not end by itself.
  func end() {
    transport = nil
    if process.isRunning {
      process.terminate()
      let deadline = Date().addingTimeInterval(Self.endPatience)
      while process.isRunning, Date() < deadline { usleep(2_000) }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      // Its end may go unnoticed on a loaded machine; nobody needs it.
      let last = Date().addingTimeInterval(Self.endPatience)
      while process.isRunning, Date() < last { usleep(2_000) }
    }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// A port that nobody listens on now.
  private static func freePort() throws(Failure) -> UInt16 {
    #if canImport(Glibc)
      let stream = Int32(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    let handle = socket(AF_INET, stream, 0)
    if handle < 0 { throw Failure(reason: "the system gives no socket") }
    defer { close(handle) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(handle, address, size) == 0 && getsockname(handle, address, &size) == 0
      }
    }
    if !isBound { throw Failure(reason: "the system gives no port") }
    return UInt16(bigEndian: address.sin_port)
  }
}
