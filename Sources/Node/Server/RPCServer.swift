// All doors through which a node is asked.

/// Answers JSON-RPC over HTTP and WebSockets on one port, and on a unix socket where one is wanted.
public final class RPCServer: Sendable {
  /// Where a server listens, and whom it answers.
  public struct Options: Sendable {
    /// The numeric address that it listens on.
    public var host = "127.0.0.1"
    /// The port; 0 lets the system choose.
    public var port: UInt16 = 8545
    /// Where the unix socket is; nil for none.
    public var socketPath: String?
    /// Whose web pages may ask, and under which names.
    public var access = HTTPAccess()
    /// What clients are allowed.
    public var limits = ServerLimits()

    /// The usual options.
    public init() {}
  }

  /// The port, also where the system was to choose one.
  public var port: UInt16 { http.port }
  private let http: HTTPServer
  private let local: UnixSocketServer?
  private let waits: WaitingCalls
  private let handler: RPCHandler

  /// Answers what `handler` answers, whose methods know `waits`. `pages` is asked first, and at once: it
  /// answers about the node however many requests wait.
  init(
    _ handler: RPCHandler, options: Options, waits: WaitingCalls,
    pages: @escaping @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil }
  ) throws(ServerError) {
    let threads = try ServerThreads(options.limits)
    self.waits = waits
    self.handler = handler
    http = try HTTPServer(
      host: options.host, port: options.port, threads: threads, access: options.access,
      sockets: handler, decision: pages
    ) { handler.answer($0) }
    do throws(ServerError) {
      local = try options.socketPath.map { (path) throws(ServerError) in
        try UnixSocketServer(path: path, threads: threads, handler: handler)
      }
    } catch {
      http.stop()
      throw error
    }
    waits.begin(on: threads.queue)
  }

  /// Adds figures about connections to those of the node.
  func addConnections(to metrics: Metrics) {
    // The server answers with these figures: they must not keep it, and the store with it.
    metrics.add("rpc_connections", .gauge, "Open connections, by kind.") {
      [weak http, weak local] in
      guard let counts = http?.connectionCounts else { return [] }
      return [
        .init(Double(counts.all - counts.webSockets), [("kind", "http")]),
        .init(Double(counts.webSockets), [("kind", "websocket")]),
        .init(Double(local?.connectionCount ?? 0), [("kind", "ipc")]),
      ]
    }
  }

  /// Answers what is being asked, refuses what waits, and closes all connections.
  public func stop() {
    waits.end()
    handler.end()
    local?.stop()
    http.stop()
  }
}
