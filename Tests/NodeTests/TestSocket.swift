// Sockets as clients, well-behaved or not, use them.

import Foundation
import Testing

/// A connection whose every byte the test decides on. Nothing waits longer than ten seconds.
final class TestSocket {
  let socket: CInt

  /// Connects to a port of this machine.
  init(port: UInt16, receiveBuffer: CInt? = nil) throws {
    socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    if var size = receiveBuffer {
      setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
    try connect(&address)
  }

  /// Connects to a unix socket.
  init(path: String) throws {
    socket = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    try connect(&address)
  }

  deinit { close(socket) }

  private func connect<Address>(_ address: inout Address) throws {
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(socket, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
    guard status == 0 else { throw TestFailure("cannot connect: \(errno)") }
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  /// Sends; false where the server has closed.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// What there is to read, at most so much; empty at the end.
  func read(_ limit: Int = 65_536) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = recv(socket, &bytes, limit, 0)
    if count < 0 && errno == EAGAIN { throw TestFailure("nothing came within ten seconds") }
    return Array(bytes.prefix(max(0, count)))
  }

  /// Exactly so many bytes.
  func read(exactly count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let piece = try read(count - bytes.count)
      if piece.isEmpty { throw TestFailure("the server has closed") }
      bytes += piece
    }
    return bytes
  }

  /// The text up to `mark`, with it.
  func read(through mark: String) throws -> String {
    var bytes: [UInt8] = []
    let mark = Array(mark.utf8)
    while !bytes.suffix(mark.count).elementsEqual(mark) { bytes += try read(exactly: 1) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// All that comes until the server closes.
  func readToEnd() throws -> String {
    var bytes: [UInt8] = []
    while true {
      let piece = try read()
      if piece.isEmpty { return String(decoding: bytes, as: UTF8.self) }
      bytes += piece
    }
  }
}

/// A WebSocket whose every frame the test decides on.
final class TestWebSocket {
  let socket: TestSocket
  private var news: [String] = []

  init(port: UInt16, _ headers: String = "", receiveBuffer: CInt? = nil) throws {
    socket = try TestSocket(port: port, receiveBuffer: receiveBuffer)
    socket.send(Self.handshake(headers))
    let answer = try socket.read(through: "\r\n\r\n")
    guard answer.hasPrefix("HTTP/1.1 101 "),
      answer.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    else { throw TestFailure(answer) }
  }

  /// A request for a WebSocket; the key is that of the standard's example.
  static func handshake(_ more: String = "", version: Int = 13) -> String {
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
      + "Sec-WebSocket-Version: \(version)\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      + more + "\r\n"
  }

  /// Sends a frame, masked as clients must.
  @discardableResult
  func send(
    _ payload: [UInt8], opcode: UInt8 = 1, isLast: Bool = true, isMasked: Bool = true
  ) -> Bool {
    var frame: [UInt8] = [opcode | (isLast ? 0x80 : 0)]
    let mark: UInt8 = isMasked ? 0x80 : 0
    switch payload.count {
    case ..<126: frame.append(UInt8(payload.count) | mark)
    case ..<65_536:
      frame.append(126 | mark)
      frame += [UInt8(payload.count >> 8), UInt8(payload.count & 255)]
    default:
      frame.append(127 | mark)
      frame += (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
    }
    let mask: [UInt8] = [1, 2, 3, 4]
    if isMasked { frame += mask }
    frame += isMasked ? payload.enumerated().map { $1 ^ mask[$0 % 4] } : payload
    return socket.send(frame)
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// The next frame that the server sends.
  func readFrame() throws -> (opcode: UInt8, payload: [UInt8]) {
    let head = try socket.read(exactly: 2)
    var count = Int(head[1])
    if count == 126 {
      count = try socket.read(exactly: 2).reduce(0) { $0 << 8 | Int($1) }
    } else if count == 127 {
      count = try socket.read(exactly: 8).reduce(0) { $0 << 8 | Int($1) }
    }
    return (head[0] & 15, try socket.read(exactly: count))
  }

  /// The next message.
  func read() throws -> String {
    while true {
      let (opcode, payload) = try readFrame()
      if opcode == 8 { throw TestFailure("closed: \(payload)") }
      if opcode == 1 { return String(decoding: payload, as: UTF8.self) }
    }
  }

  /// The code with which the server ends.
  func readEnd() throws -> Int {
    while true {
      let (opcode, payload) = try readFrame()
      if opcode == 8 { return payload.prefix(2).reduce(0) { $0 << 8 | Int($1) } }
    }
  }

  /// The answer to a request. News that comes before it is kept.
  func ask(_ method: String, _ parameters: String = "[]") throws -> String {
    send(TestWebSocket.request(method, parameters))
    while true {
      let message = try read()
      if !message.contains("\"eth_subscription\"") { return message }
      news.append(message)
    }
  }

  /// The next message of a subscription.
  func readNews() throws -> String { news.isEmpty ? try read() : news.removeFirst() }

  static func request(_ method: String, _ parameters: String = "[]") -> String {
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":\(parameters)}"
  }
}
