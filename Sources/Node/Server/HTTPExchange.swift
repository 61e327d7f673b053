// A request over HTTP, from its headers to its answer.

internal import Synchronization

/// A request that comes in, and its answer. It belongs to the thread that waits for connections, but for the
/// answer.
final class HTTPExchange: @unchecked Sendable {
  /// Requests and answers of no more bytes are taken and sent whatever others hold.
  static let fewBytes = 16 << 10

  var request: HTTPRequest
  let socket: CInt
  /// What is answered whatever the body says.
  var decided: HTTPResponse?
  /// The proof with which a WebSocket begins.
  var upgrade: String?
  var isHandedOver = false
  /// Bytes taken from what all clients together may send.
  var taken = 0
  let answer = Mutex<HTTPAnswer?>(nil)

  init(_ request: HTTPRequest, _ socket: CInt) {
    self.request = request
    self.socket = socket
  }

  static func at(_ place: UnsafeMutableRawPointer?) -> HTTPExchange? {
    place.map { Unmanaged<HTTPExchange>.fromOpaque($0).takeUnretainedValue() }
  }
}

/// An answer that is ready to be sent.
struct HTTPAnswer {
  let status: UInt32
  let headers: [(name: String, value: String)]
  let body: AnswerBytes

  /// The answer itself, or where too much waits to be sent already, and nobody takes it slowly, that it is so.
  init(_ response: HTTPResponse, _ state: HTTPServerState) {
    let budget = state.threads.answers
    var body =
      response.body.count <= HTTPExchange.fewBytes
      ? AnswerBytes(few: response.body, in: budget) : AnswerBytes(response.body, in: budget)
    while body == nil, state.connections.endSlowest() {
      body = AnswerBytes(response.body, in: budget)
    }
    if let body {
      (status, headers, self.body) = (response.status, response.headers, body)
      return
    }
    let refusal = HTTPResponse.text("too many answers wait to be received; try again", status: 503)
    self.body = AnswerBytes(few: refusal.body, in: budget)
    (status, headers) = (refusal.status, refusal.headers)
  }
}

// MARK: - What comes in

extension HTTPExchange {
  /// Decides what the headers decide.
  func judge(_ state: HTTPServerState) {
    let limits = state.threads.limits
    if !request.hasClearLength {
      // What one program takes for the body, another may take for the next request.
      decided = .text("the length of the request, or its host, is not clear", status: 400)
      decided?.headers.append(("Connection", "close"))
    } else if let refusal = state.access.refusal(of: request) {
      decided = refusal
    } else if request.method == "OPTIONS" {
      decided = state.access.preflight(request)
    } else if let decision = state.decision(request) {
      decided = decision
    } else if request.length > limits.bodyBytes {
      decided = .text(
        "content length too large (\(request.length)>\(limits.bodyBytes))", status: 413)
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
  func shouldNotSend(_ limits: ServerLimits) -> Bool {
    !request.hasClearLength || request.headers["expect"] != nil
      || request.length / 4 > limits.bodyBytes
  }

  /// Takes a piece of the body.
  func take(_ bytes: UnsafeRawBufferPointer, _ threads: ServerThreads) {
    if decided != nil { return }
    let limit = threads.limits.bodyBytes
    if bytes.count > limit - request.body.count {
      decided = .text("the request has more than the allowed \(limit) bytes", status: 413)
    } else if request.body.count + bytes.count <= Self.fewBytes {
      threads.incoming.insistOn(bytes.count)
      keep(bytes)
      return
    } else if !threads.incoming.take(bytes.count) {
      decided = .text("too many requests are coming in; try again", status: 503)
    } else {
      keep(bytes)
      return
    }
    dropBody(threads)
  }

  private func keep(_ bytes: UnsafeRawBufferPointer) {
    taken += bytes.count
    request.body.append(contentsOf: bytes)
  }

  /// Forgets the body, which is needed no more.
  func dropBody(_ threads: ServerThreads) {
    request.body = []
    threads.incoming.give(taken)
    taken = 0
  }
}

// MARK: - What goes out

extension HTTPExchange {
  /// So long a request waits before it is asked whether the client still does. Those who end what they send and
  /// wait for the answer look as if they were gone, and on a node with little to do they get it.
  private static let patience = Duration.seconds(1)

  /// The answer of the handler, or why there is none.
  func response(
    in turn: RequestQueue.Turn, waitingSince begin: ContinuousClock.Instant,
    _ state: HTTPServerState
  ) -> HTTPResponse {
    if turn == .refused { return .text("the node stops", status: 503) }
    if ContinuousClock.now - begin > Self.patience, SocketBytes.isEnded(socket) {
      return .text("nobody waits for it", status: 503)
    }
    return HTTPCompression.apply(
      to: state.answer(request), for: request, from: state.threads.limits.compressedBytes)
  }

  /// Leaves the answer for the thread that waits for connections.
  func finish(_ response: HTTPResponse, _ state: HTTPServerState) {
    dropBody(state.threads)
    let ready = HTTPAnswer(response, state)
    answer.withLock { $0 = ready }
  }
}
