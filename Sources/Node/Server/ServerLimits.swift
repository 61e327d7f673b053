// What a server allows.

/// What a server allows its clients.
public struct ServerLimits: Sendable {
  /// The most bytes of a request's body, or of a message of a WebSocket or a unix socket.
  public var bodyBytes = 5 << 20
  /// The most connections at a time. When one more comes, the one that has been waiting for its client
  /// longest is closed.
  public var connections = 4096
  /// The most connections from one address, or of version 6 from one network; the same holds for them.
  public var connectionsPerAddress = 2048
  /// The most of them that may be WebSockets.
  public var webSockets = 1024
  /// The most connections to the unix socket.
  public var localSockets = 256
  /// So many seconds a request may take to come in, from its first byte on.
  public var requestSeconds = 30
  /// After so many seconds without a request a connection is closed.
  public var idleSeconds = 120
  /// So many seconds the client may take to receive an answer.
  public var answerSeconds = 120
  /// After so many seconds of silence a WebSocket is asked whether it is still there.
  public var pingSeconds = 30
  /// So many seconds it has to answer.
  public var pongSeconds = 30
  /// So many seconds the client of a WebSocket or a unix socket may receive nothing of what is to be sent.
  public var stallSeconds = 30
  /// The most bytes that wait to be sent to one WebSocket or unix socket.
  public var outgoingBytes = 32 << 20
  /// The most bytes that wait to be sent to all of them, and as many again as answers over HTTP. When there are more,
  /// who has been taking an answer longest loses the connection.
  public var outgoingBytesInAll = 256 << 20
  /// The most bytes of requests that are coming in or wait.
  public var incomingBytesInAll = 256 << 20
  /// Answers from so many bytes on are compressed where the client takes that.
  public var compressedBytes = 1400
  /// Threads that answer, besides one for what only looks something up.
  public var threads = 4
  /// So many there may be while those are at work for long and others wait. What one takes of memory is a stack as
  /// deep as its call, of up to 64 MiB.
  public var mostThreads = 64
  /// Requests of each weight that may wait for a thread.
  public var waiting = 4096

  /// The usual limits.
  public init() {}
}
