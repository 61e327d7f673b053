// How messages lie in the bytes of a socket.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Messages in a stream of bytes, both ways. Only the loop's thread calls it.
protocol SocketFraming: AnyObject {
  /// Reads some of what is there, and gives the messages that are whole.
  func receive(_ take: ([UInt8]) -> Void)
  /// Makes a message ready to be sent.
  func queue(_ message: String)
  /// Sends what the client takes.
  func send()
  /// Asks the client whether it is there; false where that cannot be asked.
  func ping() -> Bool
  /// Makes the end ready to be sent.
  func close(_ reason: SocketEnd)
  var wantsReading: Bool { get }
  var wantsWriting: Bool { get }
  /// Whether something has come in that no socket will tell of any more.
  var holdsBytes: Bool { get }
  /// Bytes of a message that is not whole yet.
  var partialBytes: Int { get }
  /// Bytes that are ready to be sent.
  var queuedBytes: Int { get }
  /// How many bytes have come in all.
  var receivedBytes: Int { get }
  /// How many were sent in all.
  var sentBytes: Int { get }
  /// Whether the client sends nothing more, but may still receive.
  var hasEnded: Bool { get }
  /// Whether the client is gone, or the stream cannot be gone on with.
  var isBroken: Bool { get }
}

/// Why the node ends a connection.
enum SocketEnd {
  /// The node stops.
  case goingAway
  /// A message took too long to come in.
  case tooSlow
  /// Too many clients want too much.
  case overloaded
  /// A message is too large.
  case tooLarge

  /// The code of a WebSocket's end.
  var code: UInt16 {
    switch self {
    case .goingAway: 1001
    case .tooSlow: 1008
    case .overloaded: 1013
    case .tooLarge: 1009
    }
  }

  /// The reason, for people.
  var text: String {
    switch self {
    case .goingAway: "the node stops"
    case .tooSlow: "the message took too long to come in"
    case .overloaded: "too many requests wait; try again"
    case .tooLarge: "the message is in too many pieces"
    }
  }
}

/// Reading and writing sockets without ever waiting.
enum SocketBytes {
  /// What came of it.
  enum Outcome {
    case count(Int)
    case wouldWait
    /// The client sends nothing more.
    case end
    case failed
  }

  static func read(_ socket: CInt, into bytes: UnsafeMutableRawBufferPointer) -> Outcome {
    let count = recv(socket, bytes.baseAddress, bytes.count, CInt(MSG_DONTWAIT))
    if count > 0 { return .count(count) }
    if count == 0 { return .end }
    return errno == EAGAIN || errno == EINTR ? .wouldWait : .failed
  }

  /// Whether the client has closed the connection, as far as that can be seen: who only ends what it sends looks
  /// the same.
  static func isEnded(_ socket: CInt) -> Bool {
    var byte: UInt8 = 0
    let count = recv(socket, &byte, 1, CInt(MSG_DONTWAIT) | CInt(MSG_PEEK))
    return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
  }

  /// Whether anything has come in since a moment, read or not, as far as the system tells: it counts in
  /// milliseconds, and not exactly.
  static func hasReceived(
    _ socket: CInt, since moment: ContinuousClock.Instant, now: ContinuousClock.Instant
  ) -> Bool {
    #if canImport(Glibc)
      var facts = tcp_info()
      var size = socklen_t(MemoryLayout<tcp_info>.size)
      guard getsockopt(socket, CInt(IPPROTO_TCP), TCP_INFO, &facts, &size) == 0 else {
        return false
      }
      let silence = Duration.milliseconds(Int(facts.tcpi_last_data_recv))
      return silence + .milliseconds(20) < now - moment
    #else
      return false
    #endif
  }

  /// Lets answers go out without waiting for the client to confirm those before.
  static func sendAtOnce(_ socket: CInt) {
    var isOn: CInt = 1
    setsockopt(
      socket, CInt(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<CInt>.size))
  }

  /// Sends some of the bytes; where more follow at once, the system may wait for them.
  static func write(
    _ socket: CInt, _ bytes: UnsafeRawBufferPointer, hasMore: Bool = false
  ) -> Outcome {
    #if canImport(Glibc)
      let flags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL) | (hasMore ? CInt(MSG_MORE) : 0)
    #else
      let flags = CInt(MSG_DONTWAIT)
    #endif
    let count = send(socket, bytes.baseAddress, bytes.count, flags)
    if count >= 0 { return .count(count) }
    return errno == EAGAIN || errno == EINTR ? .wouldWait : .failed
  }
}
