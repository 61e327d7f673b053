// The connections of a server of HTTP, and how long each of them may take.

internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What the connections of a server are about. Whoever takes longer than allowed loses the connection,
/// however steadily bytes dribble in; and where there are too many, the one that has kept the server waiting
/// longest makes room.
final class HTTPConnections: Sendable {
  /// What is waited for.
  enum Phase {
    /// A request, of which nothing is known yet.
    case request
    /// The rest of a request.
    case body
    /// The server's own answer.
    case answer
    /// That the client takes the answer.
    case delivery
    /// Nothing: it is a WebSocket.
    case upgraded
  }

  private struct Connection {
    var phase = Phase.request
    var since: ContinuousClock.Instant
    var deadline: ContinuousClock.Instant?
  }

  private let limits: ServerLimits
  private let connections = Mutex<[CInt: Connection]>([:])

  init(_ limits: ServerLimits) { self.limits = limits }

  /// How many there are.
  var count: Int { connections.withLock { $0.count } }

  /// How many are WebSockets.
  var upgradedCount: Int {
    connections.withLock { $0.values.count { $0.phase == .upgraded } }
  }

  /// Notes a new connection.
  func begin(_ socket: CInt) {
    let now = ContinuousClock.now
    connections.withLock { connections in
      if connections.count >= limits.connections { makeRoom(&connections) }
      connections[socket] = Connection(
        since: now, deadline: now + .seconds(limits.requestSeconds))
    }
  }

  /// Notes what is waited for from now on.
  func turn(_ socket: CInt, to phase: Phase) {
    let now = ContinuousClock.now
    let seconds: Int? =
      switch phase {
      case .request: limits.idleSeconds
      case .body: limits.requestSeconds
      case .delivery: limits.answerSeconds
      case .answer, .upgraded: nil
      }
    connections.withLock { connections in
      guard connections[socket] != nil else { return }
      connections[socket] = Connection(
        phase: phase, since: now, deadline: seconds.map { now + .seconds($0) })
    }
  }

  /// Forgets a connection, before its socket is closed.
  func end(_ socket: CInt) { connections.withLock { $0[socket] = nil } }

  /// Ends the connections whose time is over.
  func endLate(now: ContinuousClock.Instant) {
    connections.withLock { connections in
      for (socket, connection) in connections {
        guard let deadline = connection.deadline, deadline < now else { continue }
        connections[socket]?.deadline = nil
        Self.end(socket, connection.phase)
      }
    }
  }

  private func makeRoom(_ connections: inout [CInt: Connection]) {
    let waiting = connections.filter {
      $0.value.deadline != nil && ($0.value.phase == .request || $0.value.phase == .body)
    }
    guard let oldest = waiting.min(by: { $0.value.since < $1.value.since }) else { return }
    connections[oldest.key]?.deadline = nil
    Self.end(oldest.key, oldest.value.phase)
  }

  /// Ends a connection as seen from the client; the library notices, and closes the socket.
  private static func end(_ socket: CInt, _ phase: Phase) {
    if phase == .body {
      var text = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
      text.withUTF8 { _ = SocketBytes.write(socket, UnsafeRawBufferPointer($0)) }
    }
    shutdown(socket, CInt(SHUT_RDWR))
  }
}
