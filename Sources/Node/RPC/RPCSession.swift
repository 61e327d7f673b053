// A client that stays connected.

internal import Synchronization

/// What methods know about a client that stays connected, as those of WebSockets and unix sockets do.
final class RPCSession: Sendable {
  private struct Contents {
    var send: (@Sendable (String) -> Bool)?
    var afterAnswer: [@Sendable () -> Void] = []
    var onEnd: [@Sendable () -> Void] = []
    var isEnded = false
  }

  private let contents = Mutex(Contents())

  /// Says how something is sent to the client; `send` tells whether the client takes anything.
  func onSend(_ send: @escaping @Sendable (String) -> Bool) {
    contents.withLock { $0.send = send }
  }

  /// Sends something that is no answer; false where the client takes nothing any more.
  @discardableResult func send(_ message: String) -> Bool {
    contents.withLock { $0.isEnded ? nil : $0.send }?(message) ?? false
  }

  /// Does something when the answer that is being made is on its way.
  func afterAnswer(_ body: @escaping @Sendable () -> Void) {
    contents.withLock { $0.afterAnswer.append(body) }
  }

  /// Says that the answer is on its way.
  func finishAnswer() {
    let waiting = contents.withLock { contents in
      defer { contents.afterAnswer = [] }
      return contents.afterAnswer
    }
    for body in waiting { body() }
  }

  /// Does something when the client is gone, or now, where it is already.
  func onEnd(_ body: @escaping @Sendable () -> Void) {
    let isEnded = contents.withLock { contents in
      if !contents.isEnded { contents.onEnd.append(body) }
      return contents.isEnded
    }
    if isEnded { body() }
  }

  /// How many want to hear of the end.
  var endListenerCount: Int { contents.withLock { $0.onEnd.count } }

  /// Whether the client is gone.
  var isEnded: Bool { contents.withLock { $0.isEnded } }

  /// Says that the client is gone.
  func end() {
    let waiting = contents.withLock { contents in
      defer {
        contents.isEnded = true
        contents.onEnd = []
        contents.afterAnswer = []
        contents.send = nil
      }
      return contents.onEnd
    }
    for body in waiting { body() }
  }
}
