// Serving HTTP: the one file that talks to libmicrohttpd.

internal import CMicroHTTPD
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Serves HTTP on one address, and WebSockets where there is a handler for what comes in on them. One thread
/// waits for all connections, another for all WebSockets; requests that have come in whole are answered by a
/// queue of others.
public final class HTTPServer: Sendable {
  /// What a server allows.
  public typealias Limits = ServerLimits

  /// The port, also where the system was to choose one.
  public let port: UInt16
  private let state: HTTPServerState
  private let daemon: Mutex<Daemon?>

  private struct Daemon: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  /// Serves what `answer` answers, on the numeric address `host`; port 0 lets the system choose. `refusal` is
  /// asked before the body of a request is taken.
  public convenience init(
    host: String, port: UInt16, limits: Limits = Limits(), access: HTTPAccess = HTTPAccess(),
    refusal: @escaping @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil },
    answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) throws(ServerError) {
    try self.init(
      host: host, port: port, threads: try ServerThreads(limits), access: access, sockets: nil,
      decision: refusal, answer: answer)
  }

  /// Serves on threads that others may use, too. `decision` answers what need not wait for its turn, without the
  /// body; `sockets` answers what comes in on WebSockets.
  init(
    host: String, port: UInt16, threads: ServerThreads, access: HTTPAccess, sockets: RPCHandler?,
    decision: @escaping @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil },
    answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) throws(ServerError) {
    let state = HTTPServerState(
      threads: threads, access: access, sockets: sockets, decision: decision, answer: answer)
    guard var address = SocketAddress(host: host, port: port) else {
      threads.stop()
      throw ServerError(
        description:
          "\(host) is no numeric address; 127.0.0.1 is this machine, 0.0.0.0 all its networks")
    }
    errno = 0
    let limits = threads.limits
    let daemon = address.withPointer { address in
      nt_mhd_start(
        address, handleAccess, handleCompletion, handleConnection,
        Unmanaged.passUnretained(state).toOpaque(),
        UInt32(clamping: limits.connections + limits.connectionsInReserve), 32 << 10)
    }
    guard let daemon else {
      let reason = errno == 0 ? "" : ": \(String(cString: strerror(errno)))"
      threads.stop()
      throw ServerError(
        description: "cannot listen on \(host), port \(port)\(reason)")
    }
    self.state = state
    self.port = nt_mhd_port(daemon)
    self.daemon = Mutex(Daemon(pointer: daemon))
    threads.loop.doRegularly { [connections = state.connections] now in
      connections.endLate(now: now)
    }
  }

  deinit { stop() }

  /// How many connections there are, WebSockets among them, and how many of those.
  var connectionCounts: (all: Int, webSockets: Int) {
    (state.connections.count, state.connections.upgradedCount)
  }

  /// Takes no more requests, answers those that are there, and closes all connections.
  public func stop() {
    guard let daemon = daemon.withLock({ $0.take() }) else { return }
    // Connections that wait for an answer must be gone on with before the server may end.
    state.threads.stop()
    MHD_stop_daemon(daemon.pointer)
  }
}

private struct Connection: @unchecked Sendable {
  let pointer: OpaquePointer
}

// MARK: - What the library calls

private func handleConnection(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ place: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ what: MHD_ConnectionNotificationCode
) {
  guard let state = HTTPServerState.at(context), let connection else { return }
  let socket = nt_mhd_socket(connection)
  if nt_mhd_is_start(what) != 0 {
    state.connections.begin(socket, from: nt_mhd_network(connection))
  } else {
    state.connections.end(socket)
  }
}

private func handleAccess(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ url: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?,
  _ upload: UnsafePointer<CChar>?, _ uploadSize: UnsafeMutablePointer<Int>?,
  _ place: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
  guard let state = HTTPServerState.at(context), let connection, let place, let uploadSize, let url,
    let method
  else { return nt_mhd_no }
  guard let exchange = HTTPExchange.at(place.pointee) else {
    let exchange = HTTPExchange(readRequest(connection, url, method), nt_mhd_socket(connection))
    place.pointee = Unmanaged.passRetained(exchange).toOpaque()
    state.connections.turn(exchange.socket, to: .body)
    exchange.judge(state)
    if let decided = exchange.decided, exchange.shouldNotSend(state.threads.limits) {
      return queue(decided, exchange, state, connection)
    }
    return nt_mhd_yes
  }
  if uploadSize.pointee > 0 {
    exchange.take(UnsafeRawBufferPointer(start: upload, count: uploadSize.pointee), state.threads)
    uploadSize.pointee = 0
    return nt_mhd_yes
  }
  if let decided = exchange.decided { return queue(decided, exchange, state, connection) }
  if let proof = exchange.upgrade { return upgrade(proof, exchange, state, connection) }
  if let answer = exchange.answer.withLock({ $0.take() }) {
    return queue(answer, exchange, state, connection)
  }
  if exchange.isHandedOver { return nt_mhd_yes }
  exchange.isHandedOver = true
  state.connections.turn(exchange.socket, to: .answer)
  let waiting = Connection(pointer: connection)
  MHD_suspend_connection(connection)
  let begin = ContinuousClock.now
  let isTaken = state.threads.queue.add(RequestWeight(of: exchange.request.body)) { turn in
    exchange.finish(exchange.response(in: turn, waitingSince: begin, state), state)
    MHD_resume_connection(waiting.pointer)
  }
  if !isTaken {
    exchange.finish(.text("too many requests wait; try again", status: 503), state)
    MHD_resume_connection(connection)
  }
  return nt_mhd_yes
}

private func handleCompletion(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ place: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ reason: MHD_RequestTerminationCode
) {
  guard let state = HTTPServerState.at(context), let place, let known = place.pointee else {
    return
  }
  let exchange = Unmanaged<HTTPExchange>.fromOpaque(known).takeRetainedValue()
  exchange.dropBody(state.threads)
  state.connections.turn(exchange.socket, to: .idle)
  place.pointee = nil
}

private func handleUpgrade(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ place: UnsafeMutableRawPointer?, _ early: UnsafePointer<CChar>?, _ earlyCount: Int,
  _ socket: CInt, _ handle: OpaquePointer?
) {
  guard let state = HTTPServerState.at(context), let handle else { return }
  let ending = Connection(pointer: handle)
  let bytes = Array(UnsafeRawBufferPointer(start: early, count: earlyCount))
  guard let handler = state.sockets,
    let framing = WebSocketFraming(
      socket, early: bytes, messageLimit: state.threads.limits.bodyBytes)
  else {
    nt_mhd_end_upgrade(handle)
    return
  }
  let client = SocketConnection(socket, framing, threads: state.threads, handler: handler) {
    nt_mhd_end_upgrade(ending.pointer)
  }
  if !state.threads.loop.add(client) { client.close() }
}

// MARK: - Requests

private func readRequest(
  _ connection: OpaquePointer, _ url: UnsafePointer<CChar>, _ method: UnsafePointer<CChar>
) -> HTTPRequest {
  struct Headers {
    var values: [String: String] = [:]
    /// How often the length of the body is told, and the host.
    var (lengths, hosts) = (0, 0)
  }
  var headers = Headers()
  withUnsafeMutablePointer(to: &headers) { headers in
    nt_mhd_each_header(
      connection,
      { context, _, name, value in
        guard let context, let name else { return nt_mhd_yes }
        let headers = context.assumingMemoryBound(to: Headers.self)
        let key = String(cString: name).lowercased()
        let text = value.map { String(cString: $0) } ?? ""
        headers.pointee.values[key] = text
        switch key {
        case "content-length": headers.pointee.lengths += 1
        case "host": headers.pointee.hosts += 1
        // Nobody knows where a body ends that is encoded otherwise.
        case "transfer-encoding":
          headers.pointee.lengths += text.lowercased() == "chunked" ? 1 : 2
        // What is no name to one program may be one to another.
        default: if key.utf8.contains(where: { $0 <= 0x20 }) { headers.pointee.lengths += 2 }
        }
        return nt_mhd_yes
      }, headers)
  }
  return HTTPRequest(
    method: String(cString: method), path: String(cString: url), headers: headers.values,
    hasClearLength: headers.lengths < 2 && headers.hosts < 2)
}

// MARK: - Answers

private func queue(
  _ response: HTTPResponse, _ exchange: HTTPExchange, _ state: HTTPServerState,
  _ connection: OpaquePointer
) -> MHD_Result {
  queue(HTTPAnswer(response, state), exchange, state, connection)
}

private func queue(
  _ answer: HTTPAnswer, _ exchange: HTTPExchange, _ state: HTTPServerState,
  _ connection: OpaquePointer
) -> MHD_Result {
  // The library has the bytes until the answer is sent, or the connection gone.
  let place = Unmanaged.passRetained(answer.body)
  let response = MHD_create_response_from_buffer_with_free_callback_cls(
    answer.body.bytes.count, answer.body.bytes.baseAddress,
    { $0.map { Unmanaged<AnswerBytes>.fromOpaque($0).release() } }, place.toOpaque())
  guard let response else {
    place.release()
    return nt_mhd_no
  }
  defer { MHD_destroy_response(response) }
  for header in answer.headers + state.access.headers(for: exchange.request) {
    _ = MHD_add_response_header(response, header.name, header.value)
  }
  state.connections.turn(exchange.socket, to: .delivery, of: answer.body)
  return MHD_queue_response(connection, answer.status, response)
}

private func upgrade(
  _ proof: String, _ exchange: HTTPExchange, _ state: HTTPServerState, _ connection: OpaquePointer
) -> MHD_Result {
  let context = Unmanaged.passUnretained(state).toOpaque()
  guard let response = MHD_create_response_for_upgrade(handleUpgrade, context) else {
    return nt_mhd_no
  }
  defer { MHD_destroy_response(response) }
  _ = MHD_add_response_header(response, "Upgrade", "websocket")
  _ = MHD_add_response_header(response, "Sec-WebSocket-Accept", proof)
  state.connections.turn(exchange.socket, to: .upgraded)
  return MHD_queue_response(connection, 101, response)
}
