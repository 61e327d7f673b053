// Serving HTTP: the one file that talks to libmicrohttpd.

internal import CMicroHTTPD
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Serves HTTP on one address. One thread waits for all connections; requests that have come in whole are
/// answered by a queue of others.
public final class HTTPServer: Sendable {
  /// What a server allows.
  public struct Limits: Sendable {
    /// The most bytes of a request's body.
    public var bodyBytes = 5 << 20
    /// The most connections at a time.
    public var connections: UInt32 = 1024
    /// After so many seconds without a byte a connection is closed.
    public var idleSeconds: UInt32 = 120
    /// So many seconds a request may take to come in.
    public var requestSeconds = 30
    /// Threads that answer.
    public var threads = 4
    /// Requests that may wait for a thread.
    public var waiting = 4096

    /// The usual limits.
    public init() {}
  }

  /// The port, also where the system was to choose one.
  public let port: UInt16
  private let state: ServerState
  private let daemon: Mutex<Daemon?>

  fileprivate struct Daemon: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  /// Serves what `answer` answers, on the numeric address `host`; port 0 lets the system choose.
  public init(
    host: String, port: UInt16, limits: Limits = Limits(),
    answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) throws(HTTPServerError) {
    guard let queue = RequestQueue(threads: limits.threads, limit: limits.waiting) else {
      throw HTTPServerError(description: "the system starts no thread")
    }
    let state = ServerState(limits: limits, queue: queue, answer: answer)
    guard var address = SocketAddress(host: host, port: port) else {
      queue.close()
      throw HTTPServerError(
        description:
          "\(host) is no numeric address; 127.0.0.1 is this machine, 0.0.0.0 all its networks")
    }
    errno = 0
    let daemon = address.withPointer { address in
      nt_mhd_start(
        address, handleAccess, handleCompletion, Unmanaged.passUnretained(state).toOpaque(),
        limits.connections, limits.idleSeconds, 32 << 10)
    }
    guard let daemon else {
      let reason = errno == 0 ? "" : ": \(String(cString: strerror(errno)))"
      queue.close()
      throw HTTPServerError(
        description: "cannot listen on \(host), port \(port)\(reason); choose another with --port")
    }
    self.state = state
    self.port = nt_mhd_port(daemon)
    self.daemon = Mutex(Daemon(pointer: daemon))
  }

  deinit { stop() }

  /// Takes no more requests, answers those that are there, and closes all connections.
  public func stop() {
    guard let daemon = daemon.withLock({ $0.take() }) else { return }
    // Connections that wait for an answer must be gone on with before the server may end.
    state.queue.close()
    MHD_stop_daemon(daemon.pointer)
  }
}

/// What the callbacks know.
private final class ServerState: Sendable {
  let limits: HTTPServer.Limits
  let queue: RequestQueue
  let answer: @Sendable (HTTPRequest) -> HTTPResponse

  init(
    limits: HTTPServer.Limits, queue: RequestQueue,
    answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) {
    self.limits = limits
    self.queue = queue
    self.answer = answer
  }
}

/// A request that comes in, and its answer.
private final class Exchange: @unchecked Sendable {
  /// Of the thread that waits for connections.
  var request: HTTPRequest
  let deadline: ContinuousClock.Instant
  /// Why the request is not taken, once that is known.
  var refusal: HTTPResponse?
  var isHandedOver = false
  let response = Mutex<HTTPResponse?>(nil)

  init(_ request: HTTPRequest, deadline: ContinuousClock.Instant) {
    self.request = request
    self.deadline = deadline
  }
}

private struct Connection: @unchecked Sendable {
  let pointer: OpaquePointer
}

private func handleAccess(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ url: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?,
  _ upload: UnsafePointer<CChar>?, _ uploadSize: UnsafeMutablePointer<Int>?,
  _ place: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
  guard let context, let connection, let place, let uploadSize, let url, let method else {
    return nt_mhd_no
  }
  let state = Unmanaged<ServerState>.fromOpaque(context).takeUnretainedValue()
  guard let known = place.pointee else {
    place.pointee = begin(state, connection, url, method)
    return nt_mhd_yes
  }
  let exchange = Unmanaged<Exchange>.fromOpaque(known).takeUnretainedValue()
  if uploadSize.pointee > 0 {
    exchange.take(
      UnsafeRawBufferPointer(start: upload, count: uploadSize.pointee), limits: state.limits)
    uploadSize.pointee = 0
    return nt_mhd_yes
  }
  if let response = exchange.refusal ?? exchange.response.withLock({ $0 }) {
    return queue(response, on: connection)
  }
  if exchange.isHandedOver { return nt_mhd_yes }
  exchange.isHandedOver = true
  let waiting = Connection(pointer: connection)
  MHD_suspend_connection(connection)
  let isTaken = state.queue.add {
    let response = state.answer(exchange.request)
    exchange.response.withLock { $0 = response }
    MHD_resume_connection(waiting.pointer)
  }
  if !isTaken {
    exchange.response.withLock { $0 = .text("too many requests wait; try again", status: 503) }
    MHD_resume_connection(connection)
  }
  return nt_mhd_yes
}

private func begin(
  _ state: ServerState, _ connection: OpaquePointer, _ url: UnsafePointer<CChar>,
  _ method: UnsafePointer<CChar>
) -> UnsafeMutableRawPointer {
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
  let request = HTTPRequest(
    method: String(cString: method), path: String(cString: url), headers: headers.values)
  let exchange = Exchange(
    request, deadline: .now.advanced(by: .seconds(state.limits.requestSeconds)))
  return Unmanaged.passRetained(exchange).toOpaque()
}

private struct Headers {
  var values: [String: String] = [:]
}

extension Exchange {
  /// Takes a piece of the body.
  func take(_ bytes: UnsafeRawBufferPointer, limits: HTTPServer.Limits) {
    if refusal != nil { return }
    if bytes.count > limits.bodyBytes - request.body.count {
      request.body = []
      refusal = .text(
        "the request has more than the allowed \(limits.bodyBytes) bytes", status: 413)
    } else if ContinuousClock.now > deadline {
      request.body = []
      refusal = .text(
        "the request took more than \(limits.requestSeconds) seconds to come in", status: 408)
    } else {
      request.body.append(contentsOf: bytes)
    }
  }
}

private func queue(_ answer: HTTPResponse, on connection: OpaquePointer) -> MHD_Result {
  let response = answer.body.withUnsafeBytes { nt_mhd_response($0.baseAddress, $0.count) }
  guard let response else { return nt_mhd_no }
  defer { MHD_destroy_response(response) }
  for header in answer.headers { _ = MHD_add_response_header(response, header.name, header.value) }
  return MHD_queue_response(connection, answer.status, response)
}

private func handleCompletion(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ place: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ reason: MHD_RequestTerminationCode
) {
  guard let place, let known = place.pointee else { return }
  Unmanaged<Exchange>.fromOpaque(known).release()
  place.pointee = nil
}
