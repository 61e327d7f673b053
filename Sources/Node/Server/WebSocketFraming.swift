// The messages of a WebSocket: the one file that talks to wslay.

internal import CWslay

/// The messages of a WebSocket whose handshake is done (RFC 6455). wslay unmasks, joins fragments, answers
/// pings and ends, and checks that text is UTF-8.
final class WebSocketFraming: SocketFraming {
  /// So much is read of one client before others have their turn.
  private static let turnBytes = 64 << 10
  /// So many messages wait to be sent before no more is read: each ping leaves one behind, its answer.
  private static let queuedLimit = 256
  /// What the library takes for a frame besides the bytes that it carries, and for a message that waits.
  private static let frameCost = 128

  private let socket: CInt
  private var context: wslay_event_context_ptr?
  /// What came in behind the handshake.
  private var early: ArraySlice<UInt8>
  private var messages: [[UInt8]] = []
  private let messageLimit: Int
  private var leftOfTurn = 0
  private var hasFailed = false
  /// Whether the frame that comes in is one of a message.
  private var isOfMessage = false
  /// Frames of the message that is not whole yet.
  private var frames = 0
  private(set) var partialBytes = 0
  private(set) var receivedBytes = 0
  private(set) var sentBytes = 0

  /// Nil where there is no memory for it.
  init?(_ socket: CInt, early: [UInt8], messageLimit: Int) {
    self.socket = socket
    SocketBytes.sendAtOnce(socket)
    self.early = early[...]
    self.messageLimit = messageLimit
    var callbacks = wslay_event_callbacks()
    callbacks.recv_callback = { context, bytes, count, _, place in
      guard let framing = WebSocketFraming.at(place), let bytes else { return -1 }
      return framing.read(into: UnsafeMutableRawBufferPointer(start: bytes, count: count), context)
    }
    callbacks.send_callback = { context, bytes, count, flags, place in
      guard let framing = WebSocketFraming.at(place), let bytes else { return -1 }
      return framing.write(
        UnsafeRawBufferPointer(start: bytes, count: count),
        hasMore: flags & CInt(WSLAY_MSG_MORE.rawValue) != 0, context)
    }
    callbacks.on_frame_recv_start_callback = { _, frame, place in
      guard let frame else { return }
      WebSocketFraming.at(place)?.begin(frame.pointee)
    }
    callbacks.on_frame_recv_chunk_callback = { _, chunk, place in
      guard let chunk, let framing = WebSocketFraming.at(place), framing.isOfMessage else { return }
      framing.partialBytes += chunk.pointee.data_length
    }
    callbacks.on_msg_recv_callback = { _, message, place in
      guard let message else { return }
      WebSocketFraming.at(place)?.take(message.pointee)
    }
    let place = Unmanaged.passUnretained(self).toOpaque()
    guard wslay_event_context_server_init(&context, &callbacks, place) == 0 else { return nil }
    wslay_event_config_set_max_recv_msg_length(context, UInt64(messageLimit))
  }

  deinit { if let context { wslay_event_context_free(context) } }

  private static func at(_ place: UnsafeMutableRawPointer?) -> WebSocketFraming? {
    place.map { Unmanaged<WebSocketFraming>.fromOpaque($0).takeUnretainedValue() }
  }

  var wantsReading: Bool {
    !hasFailed && wslay_event_want_read(context) == 1 && queuedCount < Self.queuedLimit
  }
  var wantsWriting: Bool { !hasFailed && wslay_event_want_write(context) == 1 }
  var holdsBytes: Bool { !early.isEmpty }
  var isBroken: Bool { hasFailed }
  var hasEnded: Bool { false }

  private var queuedCount: Int { wslay_event_get_queued_msg_count(context) }

  var queuedBytes: Int {
    // What is left behind the end is never sent.
    if !wantsWriting { return 0 }
    return wslay_event_get_queued_msg_length(context) + queuedCount * Self.frameCost
  }

  /// Whether the message is in so many pieces that they take far more memory than it.
  private var isInPieces: Bool { frames * Self.frameCost > max(messageLimit, 1 << 16) }

  func receive(_ take: ([UInt8]) -> Void) {
    leftOfTurn = Self.turnBytes
    if wslay_event_recv(context) != 0 { hasFailed = true }
    if isInPieces { close(.tooLarge) }
    for message in messages { take(message) }
    messages.removeAll(keepingCapacity: messages.count < 64)
  }

  func queue(_ message: String) {
    var message = message
    let status = message.withUTF8 { bytes in
      var arguments = wslay_event_msg(
        opcode: UInt8(WSLAY_TEXT_FRAME.rawValue), msg: bytes.baseAddress, msg_length: bytes.count)
      return wslay_event_queue_msg(context, &arguments)
    }
    // Behind the end nothing is sent, and nothing need be.
    if status == CInt(WSLAY_ERR_NOMEM.rawValue) { hasFailed = true }
  }

  func send() {
    if wslay_event_send(context) != 0 { hasFailed = true }
  }

  func ping() -> Bool {
    var arguments = wslay_event_msg(
      opcode: UInt8(WSLAY_PING.rawValue), msg: nil, msg_length: 0)
    return wslay_event_queue_msg(context, &arguments) == 0
  }

  func close(_ reason: SocketEnd) {
    var text = reason.text
    text.withUTF8 {
      _ = wslay_event_queue_close(context, reason.code, $0.baseAddress, $0.count)
    }
    wslay_event_shutdown_read(context)
  }

  // MARK: - What wslay asks

  private func begin(_ frame: wslay_event_on_frame_recv_start_arg) {
    // The eighth bit tells control frames, which may stand between those of a message.
    isOfMessage = frame.opcode & 8 == 0
    if isOfMessage {
      frames += 1
      partialBytes += Self.frameCost
    }
  }

  private func take(_ message: wslay_event_on_msg_recv_arg) {
    if message.opcode == UInt8(WSLAY_TEXT_FRAME.rawValue)
      || message.opcode == UInt8(WSLAY_BINARY_FRAME.rawValue)
    {
      messages.append(Array(UnsafeBufferPointer(start: message.msg, count: message.msg_length)))
      partialBytes = 0
      frames = 0
    }
  }

  private func read(
    into bytes: UnsafeMutableRawBufferPointer, _ context: wslay_event_context_ptr?
  ) -> Int {
    if !early.isEmpty, queuedCount < Self.queuedLimit {
      let count = min(early.count, bytes.count)
      bytes.copyBytes(from: early.prefix(count))
      early = early.dropFirst(count)
      receivedBytes += count
      return count
    }
    guard leftOfTurn > 0, queuedCount < Self.queuedLimit, !isInPieces else {
      wslay_event_set_error(context, CInt(WSLAY_ERR_WOULDBLOCK.rawValue))
      return -1
    }
    return finish(SocketBytes.read(socket, into: bytes), context) { count in
      leftOfTurn -= count
      receivedBytes += count
    }
  }

  private func write(
    _ bytes: UnsafeRawBufferPointer, hasMore: Bool, _ context: wslay_event_context_ptr?
  ) -> Int {
    finish(SocketBytes.write(socket, bytes, hasMore: hasMore), context) { sentBytes += $0 }
  }

  private func finish(
    _ outcome: SocketBytes.Outcome, _ context: wslay_event_context_ptr?, _ note: (Int) -> Void
  ) -> Int {
    switch outcome {
    case .count(let count):
      note(count)
      return count
    case .wouldWait: wslay_event_set_error(context, CInt(WSLAY_ERR_WOULDBLOCK.rawValue))
    case .end, .failed: wslay_event_set_error(context, CInt(WSLAY_ERR_CALLBACK_FAILURE.rawValue))
    }
    return -1
  }
}
