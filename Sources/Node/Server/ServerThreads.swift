// The threads of a server.

/// What all doors of a server share: the threads that answer, the thread that waits for sockets, and how
/// much memory clients may take.
final class ServerThreads: Sendable {
  let limits: ServerLimits
  let queue: RequestQueue
  let loop: SocketLoop
  /// For requests that come in.
  let incoming: ByteBudget
  /// For what is to be sent to WebSockets and unix sockets.
  let outgoing: ByteBudget
  /// For what is to be sent over HTTP: who does not receive there takes nothing from those.
  let answers: ByteBudget

  init(_ limits: ServerLimits) throws(ServerError) {
    guard let loop = SocketLoop() else {
      throw ServerError(description: "the system has no pipe or thread for sockets")
    }
    guard
      let queue =
        RequestQueue(
          threads: limits.threads, mostThreads: limits.mostThreads, limit: limits.waiting)
    else {
      loop.stop()
      throw ServerError(description: "the system starts no thread")
    }
    self.limits = limits
    self.queue = queue
    self.loop = loop
    incoming = ByteBudget(limit: limits.incomingBytesInAll)
    outgoing = ByteBudget(limit: limits.outgoingBytesInAll)
    answers = ByteBudget(limit: limits.outgoingBytesInAll)
    loop.doRegularly { [queue] in queue.look(now: $0) }
    let memory = FreedMemory()
    loop.doRegularly { memory.look(now: $0) }
  }

  /// Answers what is being answered, refuses what waits, and closes all sockets.
  func stop() {
    queue.close()
    loop.stop()
  }
}

/// Why a server does not listen.
public struct ServerError: Error, Sendable, CustomStringConvertible {
  /// Why, for people.
  public let description: String
}
