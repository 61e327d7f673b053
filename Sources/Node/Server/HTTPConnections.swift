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
    /// The next request, of which nothing has come.
    case idle
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
    /// From where it came.
    let network: UInt64
    var phase = Phase.request
    var since: ContinuousClock.Instant
    var deadline: ContinuousClock.Instant?
    /// What the client is to take.
    var answer: AnswerBytes?
    var isEnded = false
  }

  private struct Contents {
    var connections: [CInt: Connection] = [:]
    /// How many there are from each network.
    var counts: [UInt64: Int] = [:]
  }

  private let limits: ServerLimits
  private let contents = Mutex(Contents())

  init(_ limits: ServerLimits) { self.limits = limits }

  /// How many there are.
  var count: Int { contents.withLock { $0.connections.count } }

  /// How many are WebSockets.
  var upgradedCount: Int {
    contents.withLock { $0.connections.values.count { $0.phase == .upgraded } }
  }

  /// Notes a new connection from a network.
  func begin(_ socket: CInt, from network: UInt64) {
    let now = ContinuousClock.now
    contents.withLock { contents in
      let isCrowd = contents.counts[network, default: 0] >= limits.connectionsPerAddress
      let hasRoom =
        isCrowd
        ? Self.makeRoom(&contents) { $0.network == network }
        : contents.connections.count < limits.connections || Self.makeRoom(&contents) { _ in true }
      contents.connections[socket] = Connection(
        network: network, since: now, deadline: now + .seconds(limits.requestSeconds))
      contents.counts[network, default: 0] += 1
      if !hasRoom { Self.end(socket, &contents) }
    }
  }

  /// Notes what is waited for from now on, and the answer that the client is to take.
  func turn(_ socket: CInt, to phase: Phase, of answer: AnswerBytes? = nil) {
    let now = ContinuousClock.now
    let seconds: Int? =
      switch phase {
      case .idle: limits.idleSeconds
      case .request, .body: limits.requestSeconds
      case .delivery: limits.answerSeconds
      case .answer, .upgraded: nil
      }
    contents.withLock { contents in
      // One that was ended stays so, whatever the library still makes of it.
      guard let old = contents.connections[socket], !old.isEnded else { return }
      contents.connections[socket] = Connection(
        network: old.network, phase: phase, since: now,
        deadline: seconds.map { now + .seconds($0) }, answer: answer)
    }
  }

  /// Forgets a connection, before its socket is closed.
  func end(_ socket: CInt) {
    contents.withLock { contents in
      guard let connection = contents.connections.removeValue(forKey: socket) else { return }
      let left = contents.counts[connection.network, default: 1] - 1
      contents.counts[connection.network] = left == 0 ? nil : left
    }
  }

  /// Ends the connections whose time is over. To be called a few times a second.
  func endLate(now: ContinuousClock.Instant) {
    contents.withLock { contents in
      for (socket, connection) in contents.connections {
        if connection.phase == .idle, !connection.isEnded,
          SocketBytes.hasReceived(socket, since: connection.since, now: now)
        {
          // A request has begun.
          contents.connections[socket]?.phase = .request
          contents.connections[socket]?.since = now
          contents.connections[socket]?.deadline = now + .seconds(limits.requestSeconds)
          continue
        }
        guard let deadline = connection.deadline, deadline < now else { continue }
        Self.end(socket, &contents)
      }
    }
  }

  /// Ends the connection of the client that has been taking its answer longest; false where nobody has been for as
  /// long as a second.
  func endSlowest() -> Bool {
    let latest = ContinuousClock.now - .seconds(1)
    return contents.withLock { contents in
      let slow = contents.connections.filter {
        $0.value.answer != nil && !$0.value.isEnded && $0.value.since < latest
      }
      guard let slowest = slow.min(by: { $0.value.since < $1.value.since })?.key else {
        return false
      }
      contents.connections[slowest]?.answer?.giveUp()
      contents.connections[slowest]?.answer = nil
      Self.end(slowest, &contents)
      return true
    }
  }

  /// Ends the connection that has been waiting for its client longest; false where none is.
  private static func makeRoom(
    _ contents: inout Contents, _ isMeant: (Connection) -> Bool
  ) -> Bool {
    var oldest: (socket: CInt, since: ContinuousClock.Instant)?
    for (socket, connection) in contents.connections {
      guard !connection.isEnded, [.idle, .request, .body].contains(connection.phase),
        isMeant(connection), oldest.map({ connection.since < $0.since }) ?? true
      else { continue }
      oldest = (socket, connection.since)
    }
    guard let oldest else { return false }
    end(oldest.socket, &contents)
    return true
  }

  /// Ends a connection as seen from the client; the library notices, and closes the socket.
  private static func end(_ socket: CInt, _ contents: inout Contents) {
    guard let phase = contents.connections[socket]?.phase else { return }
    contents.connections[socket]?.deadline = nil
    contents.connections[socket]?.isEnded = true
    if phase == .body {
      var text = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
      text.withUTF8 { _ = SocketBytes.write(socket, UnsafeRawBufferPointer($0)) }
    }
    shutdown(socket, CInt(SHUT_RDWR))
  }
}
