// What all callbacks of a server of HTTP know.

/// Whom a server of HTTP answers, and how.
final class HTTPServerState: Sendable {
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

  static func at(_ context: UnsafeMutableRawPointer?) -> HTTPServerState? {
    context.map { Unmanaged<HTTPServerState>.fromOpaque($0).takeUnretainedValue() }
  }
}
