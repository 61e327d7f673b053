// A small HTTP server on a loopback port, which can also behave badly.

import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the server does with a request.
enum Reaction: Sendable {
  /// Answers with this body.
  case answer(String)
  /// Answers with a status, a body and further header lines.
  case status(Int, String, headers: [String] = [])
  /// Promises a longer body than it sends, and closes.
  case breakOff(String)
  /// Waits so many seconds in the middle of the body.
  case stall(String, seconds: Double)
  /// Closes without a word.
  case hangUp
}

/// A request as the server has read it.
struct StubRequest: Sendable {
  var headers: [String]
  var body: [UInt8]
}

struct StubFailure: Error { let words: String }

/// Listens until it is stopped; every connection has a thread.
final class StubServer: @unchecked Sendable {
  let port: UInt16
  private let listener: Int32
  private let react: @Sendable (StubRequest) -> Reaction
  private let lock = NSLock()
  private var isStopped = false

  var url: String { "http://127.0.0.1:\(port)" }

  init(_ react: @escaping @Sendable (StubRequest) -> Reaction) throws {
    signal(SIGPIPE, SIG_IGN)
    self.react = react
    #if canImport(Glibc)
      let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    guard listener >= 0 else { throw StubFailure(words: "socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 16) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard bound else { throw StubFailure(words: "bind") }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in acceptAll() }
  }

  /// Refuses connections from now on.
  func stop() {
    let mustClose = lock.withLock {
      defer { isStopped = true }
      return !isStopped
    }
    guard mustClose else { return }
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func acceptAll() {
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { return }
      Thread.detachNewThread { [self] in
        serve(connection)
        close(connection)
      }
    }
  }

  private func serve(_ connection: Int32) {
    var pending: [UInt8] = []
    while let request = next(connection, &pending) {
      switch react(request) {
      case .answer(let body):
        guard send(Self.response(200, body, []), connection) else { return }
      case .status(let status, let body, let headers):
        guard send(Self.response(status, body, headers), connection) else { return }
      case .breakOff(let body):
        _ = send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count + 9)\r\n\r\n", connection)
        _ = send(body, connection)
        return
      case .stall(let body, let seconds):
        _ = send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n", connection)
        _ = send(String(body.prefix(body.count / 2)), connection)
        Thread.sleep(forTimeInterval: seconds)
        return
      case .hangUp: return
      }
    }
  }

  private static func response(_ status: Int, _ body: String, _ headers: [String]) -> String {
    let lines = ["HTTP/1.1 \(status) Words", "Content-Length: \(body.utf8.count)"] + headers
    return lines.map { $0 + "\r\n" }.joined() + "\r\n" + body
  }

  private func next(_ connection: Int32, _ pending: inout [UInt8]) -> StubRequest? {
    let blank = Array("\r\n\r\n".utf8)
    while true {
      if let end = pending.firstRange(of: blank) {
        let head = String(decoding: pending[..<end.lowerBound], as: UTF8.self)
        let lines = head.split(separator: "\r\n").map(String.init)
        let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
        let digits = length.map { $0.filter(\.isNumber) } ?? "0"
        let count = Int(digits) ?? 0
        if pending.count >= end.upperBound + count {
          let body = Array(pending[end.upperBound..<end.upperBound + count])
          pending.removeFirst(end.upperBound + count)
          return StubRequest(headers: lines, body: body)
        }
      }
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      pending += buffer[..<count]
    }
  }

  private func send(_ text: String, _ connection: Int32) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
