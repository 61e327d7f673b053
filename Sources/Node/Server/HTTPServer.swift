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
  private let state: ServerState
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
    let state = ServerState(
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
        // Some beyond the limit, so that those that make room for others need not be gone yet.
        UInt32(clamping: limits.connections + 64), 32 << 10)
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

/// What the callbacks know.
private final class ServerState: Sendable {
  let threads: ServerThreads
  let access: HTTPAccess
  let sockets: RPCHandler?
  let answer: @Sendable (HTTPRequest) -> HTTPResponse
  let connections: HTTPConnections
  /// What is answered at once, whatever the body says and however many requests wait.
  let decision: @Sendable (HTTPRequest) -> HTTPResponse?

  init(
    threads: ServerThreads, access: HTTPAccess, sockets: RPCHandler?,
    decision: @escaping @Sendable (HTTPRequest) -> HTTPResponse?,
    answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) {
    self.decision = decision
    self.threads = threads
    self.access = access
    self.sockets = sockets
    self.answer = answer
    connections = HTTPConnections(threads.limits)
  }

  static func at(_ context: UnsafeMutableRawPointer?) -> ServerState? {
    context.map { Unmanaged<ServerState>.fromOpaque($0).takeUnretainedValue() }
  }
}

/// A request that comes in, and its answer. It belongs to the thread that waits for connections, but for the
/// answer.
private final class Exchange: @unchecked Sendable {
  var request: HTTPRequest
  let socket: CInt
  /// What is answered whatever the body says.
  var decided: HTTPResponse?
  /// The proof with which a WebSocket begins.
  var upgrade: String?
  var isHandedOver = false
  /// Bytes taken from what all clients together may send.
  var taken = 0
  let response = Mutex<HTTPResponse?>(nil)

  init(_ request: HTTPRequest, _ socket: CInt) {
    self.request = request
    self.socket = socket
  }

  static func at(_ place: UnsafeMutableRawPointer?) -> Exchange? {
    place.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
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
  guard let state = ServerState.at(context), let connection else { return }
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
  guard let state = ServerState.at(context), let connection, let place, let uploadSize, let url,
    let method
  else { return nt_mhd_no }
  guard let exchange = Exchange.at(place.pointee) else {
    let exchange = Exchange(readRequest(connection, url, method), nt_mhd_socket(connection))
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
  if let response = exchange.response.withLock({ $0 }) {
    return queue(response, exchange, state, connection)
  }
  if exchange.isHandedOver { return nt_mhd_yes }
  exchange.isHandedOver = true
  state.connections.turn(exchange.socket, to: .answer)
  let waiting = Connection(pointer: connection)
  MHD_suspend_connection(connection)
  let isTaken = state.threads.queue.add(requestOf: exchange.request.body.count) { turn in
    let response =
      turn == .refused
      ? .text("the node stops", status: 503)
      : HTTPCompression.apply(
        to: state.answer(exchange.request), for: exchange.request,
        from: state.threads.limits.compressedBytes)
    exchange.response.withLock { $0 = response }
    MHD_resume_connection(waiting.pointer)
  }
  if !isTaken {
    exchange.response.withLock { $0 = .text("too many requests wait; try again", status: 503) }
    MHD_resume_connection(connection)
  }
  return nt_mhd_yes
}

private func handleCompletion(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ place: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ reason: MHD_RequestTerminationCode
) {
  guard let state = ServerState.at(context), let place, let known = place.pointee else { return }
  let exchange = Unmanaged<Exchange>.fromOpaque(known).takeRetainedValue()
  state.threads.incoming.give(exchange.taken)
  state.connections.turn(exchange.socket, to: .request)
  place.pointee = nil
}

private func handleUpgrade(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ place: UnsafeMutableRawPointer?, _ early: UnsafePointer<CChar>?, _ earlyCount: Int,
  _ socket: CInt, _ handle: OpaquePointer?
) {
  guard let state = ServerState.at(context), let handle else { return }
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
  }
  var headers = Headers()
  withUnsafeMutablePointer(to: &headers) { headers in
    nt_mhd_each_header(
      connection,
      { context, _, name, value in
        guard let context, let name else { return nt_mhd_yes }
        context.assumingMemoryBound(to: Headers.self).pointee.values[
          String(cString: name).lowercased()] = value.map { String(cString: $0) } ?? ""
        return nt_mhd_yes
      }, headers)
  }
  return HTTPRequest(
    method: String(cString: method), path: String(cString: url), headers: headers.values)
}

extension Exchange {
  /// Decides what the headers decide.
  fileprivate func judge(_ state: ServerState) {
    let limits = state.threads.limits
    if let refusal = state.access.refusal(of: request) {
      decided = refusal
    } else if request.method == "OPTIONS" {
      decided = state.access.preflight(request)
    } else if let decision = state.decision(request) {
      decided = decision
    } else if let length = request.headers["content-length"].flatMap({ Int($0) }),
      length > limits.bodyBytes
    {
      decided = .text("content length too large (\(length)>\(limits.bodyBytes))", status: 413)
    } else if let encoding = request.headers["content-encoding"], encoding != "identity" {
      decided = .text("requests are not taken compressed", status: 415)
    } else if state.sockets != nil {
      switch WebSocketHandshake.judge(request, state.access) {
      case .none: break
      case .refused(let response): decided = response
      case .accepted(let proof):
        if state.connections.upgradedCount < limits.webSockets {
          upgrade = proof
        } else {
          decided = .text("too many WebSockets are open", status: 503)
        }
      }
    }
  }

  /// Whether what the request carries is better not sent at all. Otherwise it is read and forgotten, so that
  /// clients that send before they read see the answer.
  fileprivate func shouldNotSend(_ limits: ServerLimits) -> Bool {
    let length = request.headers["content-length"].flatMap { Int($0) } ?? 0
    return request.headers["expect"] != nil || length / 4 > limits.bodyBytes
  }

  /// Takes a piece of the body.
  fileprivate func take(_ bytes: UnsafeRawBufferPointer, _ threads: ServerThreads) {
    if decided != nil { return }
    let limit = threads.limits.bodyBytes
    if bytes.count > limit - request.body.count {
      decided = .text("the request has more than the allowed \(limit) bytes", status: 413)
    } else if !threads.incoming.take(bytes.count) {
      decided = .text("too many requests are coming in; try again", status: 503)
    } else {
      taken += bytes.count
      request.body.append(contentsOf: bytes)
      return
    }
    request.body = []
    threads.incoming.give(taken)
    taken = 0
  }
}

// MARK: - Answers

private func queue(
  _ answer: HTTPResponse, _ exchange: Exchange, _ state: ServerState, _ connection: OpaquePointer
) -> MHD_Result {
  let response = answer.body.withUnsafeBytes { nt_mhd_response($0.baseAddress, $0.count) }
  guard let response else { return nt_mhd_no }
  defer { MHD_destroy_response(response) }
  for header in answer.headers + state.access.headers(for: exchange.request) {
    _ = MHD_add_response_header(response, header.name, header.value)
  }
  state.connections.turn(exchange.socket, to: .delivery)
  return MHD_queue_response(connection, answer.status, response)
}

private func upgrade(
  _ proof: String, _ exchange: Exchange, _ state: ServerState, _ connection: OpaquePointer
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
