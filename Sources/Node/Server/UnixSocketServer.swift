// JSON-RPC for programs on the same machine.

internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Answers JSON-RPC on a unix socket that only its owner may use.
final class UnixSocketServer: Sendable {
  private let path: String
  private let listener: UnixSocketListener
  private let isStopped = Atomic(false)

  /// Listens at `path`. A socket that nobody listens on any more is replaced.
  init(path: String, threads: ServerThreads, handler: RPCHandler) throws(ServerError) {
    guard let address = UnixSocketAddress(path) else {
      throw ServerError(
        description: "\(path) is too long for a socket, or empty")
    }
    try Self.removeStale(path, address)
    let socket = Self.newSocket()
    guard socket >= 0 else { throw Self.failure("cannot make a socket", path) }
    _ = fcntl(socket, F_SETFL, O_NONBLOCK)
    // Nobody else may connect at any moment: the mode is taken from the mask.
    let mask = umask(0o177)
    let isBound = address.withPointer { bind(socket, $0, $1) } == 0
    let number = errno
    umask(mask)
    guard isBound, chmod(path, 0o600) == 0, listen(socket, 128) == 0 else {
      if isBound { unlink(path) } else { errno = number }
      let failure = Self.failure("cannot listen on", path)
      Self.close(socket)
      throw failure
    }
    self.path = path
    listener = UnixSocketListener(socket, threads: threads, handler: handler)
    guard threads.loop.add(listener) else {
      listener.close()
      throw ServerError(description: "the server has been stopped")
    }
  }

  /// Removes the socket. Connections are closed with the threads.
  func stop() {
    if isStopped.exchange(true, ordering: .relaxed) { return }
    unlink(path)
  }

  /// How many connections there are.
  var connectionCount: Int { listener.connectionCount }

  private static func newSocket() -> CInt {
    #if canImport(Glibc)
      socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    #else
      socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
  }

  /// Removes a socket without a listener; throws where there is one, or something else.
  private static func removeStale(_ path: String, _ address: UnixSocketAddress) throws(ServerError)
  {
    var facts = stat()
    guard lstat(path, &facts) == 0 else { return }
    guard facts.st_mode & S_IFMT == S_IFSOCK else {
      throw ServerError(
        description: "\(path) is there already, and is no socket")
    }
    let probe = newSocket()
    defer { close(probe) }
    if address.withPointer({ connect(probe, $0, $1) }) == 0 {
      throw ServerError(
        description: "somebody else listens on \(path) already")
    }
    unlink(path)
  }

  private static func failure(_ what: String, _ path: String) -> ServerError {
    ServerError(
      description: "\(what) \(path): \(String(cString: strerror(errno)))")
  }

  fileprivate static func close(_ socket: CInt) {
    #if canImport(Glibc)
      _ = Glibc.close(socket)
    #else
      _ = Darwin.close(socket)
    #endif
  }
}

/// The address of a unix socket.
private struct UnixSocketAddress {
  private var storage = sockaddr_un()

  init?(_ path: String) {
    let bytes = Array(path.utf8)
    let isStored = withUnsafeMutableBytes(of: &storage.sun_path) { place in
      guard !bytes.isEmpty, bytes.count < place.count, !bytes.contains(0) else { return false }
      place.copyBytes(from: bytes)
      return true
    }
    guard isStored else { return nil }
    storage.sun_family = sa_family_t(AF_UNIX)
  }

  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}

/// Takes connections.
private final class UnixSocketListener: PolledSocket, @unchecked Sendable {
  let socket: CInt
  private let threads: ServerThreads
  private let handler: RPCHandler
  private let count = Counter()
  /// Until when nobody is taken. Of the loop's thread.
  private var pauseEnd: ContinuousClock.Instant?

  /// Shared with connections, which may outlive the listener.
  private final class Counter: Sendable {
    let value = Atomic(0)
  }

  init(_ socket: CInt, threads: ServerThreads, handler: RPCHandler) {
    self.socket = socket
    self.threads = threads
    self.handler = handler
  }

  var connectionCount: Int { count.value.load(ordering: .relaxed) }

  var wantedEvents: Int16 {
    pauseEnd == nil && connectionCount < threads.limits.localSockets ? Int16(POLLIN) : 0
  }

  var isOver: Bool { false }

  func handle(_ events: Int16, now: ContinuousClock.Instant) {
    while connectionCount < threads.limits.localSockets {
      let client = accept(socket, nil, nil)
      if client < 0 {
        // Where the system has no more sockets, whoever waits would be told of again and again.
        if errno != EAGAIN && errno != EINTR { pauseEnd = now + .milliseconds(200) }
        return
      }
      _ = fcntl(client, F_SETFD, FD_CLOEXEC)
      count.value.add(1, ordering: .relaxed)
      let connection = SocketConnection(
        client, JSONStreamFraming(client, messageLimit: threads.limits.bodyBytes),
        threads: threads, handler: handler
      ) { [count] in
        UnixSocketServer.close(client)
        count.value.subtract(1, ordering: .relaxed)
      }
      if !threads.loop.add(connection) { connection.close() }
    }
  }

  func look(now: ContinuousClock.Instant) {
    if let end = pauseEnd, now > end { pauseEnd = nil }
  }

  func end() {}

  func close() { UnixSocketServer.close(socket) }
}
