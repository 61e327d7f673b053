// A client that stays connected.

internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A WebSocket or a connection to a unix socket. What it asks is answered in order, one request at a time,
/// by the threads that answer; whoever has something for it puts it down here, and the loop sends it.
final class SocketConnection: PolledSocket, @unchecked Sendable {
  /// So many requests wait before no more are read.
  private static let inboxCount = 128

  /// As long as so many bytes of answers are not received, no more requests are answered.
  private var unreceivedLimit: Int { min(1 << 20, threads.limits.outgoingBytes / 2) }

  /// What other threads leave for the loop.
  private struct Outbox {
    var messages: [String] = []
    /// Bytes that are to be sent, those that the framing has included.
    var bytes = 0
    var isOverfull = false
    var isClosed = false
  }

  /// What the loop leaves for the threads that answer.
  private struct Inbox {
    var messages: [[UInt8]] = []
    var bytes = 0
    var isWorkedOn = false
  }

  let socket: CInt
  private let threads: ServerThreads
  private let handler: RPCHandler
  private let onClose: @Sendable () -> Void
  private let outbox = Mutex(Outbox())
  private let inbox = Mutex(Inbox())
  private let session = RPCSession()

  // Of the loop's thread.
  private let framing: any SocketFraming
  private var partialBytes = 0
  private var partialSince: ContinuousClock.Instant?
  private var received = 0
  private var heard = ContinuousClock.now
  private var isAsked = false
  private var sent = 0
  private var progress = ContinuousClock.now
  private var isLeaving = false
  private var lingersUntil: ContinuousClock.Instant?
  private(set) var isOver = false

  init(
    _ socket: CInt, _ framing: any SocketFraming, threads: ServerThreads, handler: RPCHandler,
    onClose: @escaping @Sendable () -> Void
  ) {
    self.socket = socket
    self.framing = framing
    self.threads = threads
    self.handler = handler
    self.onClose = onClose
    session.onSend { [weak self] in self?.send($0) ?? false }
  }

  // MARK: - From any thread

  /// Leaves a message to be sent. Who does not receive what there is loses the connection; false where that is
  /// so, or the client is gone.
  @discardableResult func send(_ message: String) -> Bool {
    let count = message.utf8.count
    let (isNew, isTaken) = outbox.withLock { outbox in
      if outbox.isClosed || outbox.isOverfull { return (false, false) }
      threads.outgoing.insistOn(count)
      // One message may always wait, however large: the limits are about who does not receive. Where all clients
      // together have too much, those who receive have little.
      let limit = threads.limits.outgoingBytes
      let isTooMuch =
        outbox.bytes > 0
        && (outbox.bytes + count > limit
          || threads.outgoing.isExceeded && outbox.bytes > limit / 256)
      if isTooMuch {
        threads.outgoing.give(count)
        outbox.messages = []
        outbox.isOverfull = true
        return (true, false)
      }
      outbox.messages.append(message)
      outbox.bytes += count
      return (outbox.messages.count == 1, true)
    }
    if isNew { threads.loop.wake() }
    return isTaken
  }

  /// Answers one request, and has the next one put behind those of others.
  private func work(_ turn: RequestQueue.Turn) {
    if turn == .refused {
      dropInbox()
      return
    }
    let isReceiving = outbox.withLock { $0.bytes <= unreceivedLimit }
    let message = inbox.withLock { inbox -> [UInt8]? in
      guard let first = inbox.messages.first, isReceiving else {
        inbox.isWorkedOn = false
        return nil
      }
      inbox.messages.removeFirst()
      return first
    }
    guard let message else { return }
    if !session.isEnded, let answer = handler.answer(message, from: session) { send(answer) }
    session.finishAnswer()
    let (wasFull, isLast) = inbox.withLock { inbox in
      let wasFull =
        inbox.messages.count >= Self.inboxCount - 1 || inbox.bytes > threads.limits.bodyBytes
      inbox.bytes -= message.count
      inbox.isWorkedOn = !inbox.messages.isEmpty
      return (wasFull, inbox.messages.isEmpty)
    }
    threads.incoming.give(message.count)
    if wasFull { threads.loop.wake() }
    if !isLast && !putInLine() {
      // The node stops, or has too much to do: nobody may wait for an answer that never comes.
      dropInbox()
      outbox.withLock { $0.isOverfull = true }
      threads.loop.wake()
    }
  }

  /// Forgets what waits.
  private func dropInbox() {
    let dropped = inbox.withLock { inbox in
      defer { inbox.messages = [] }
      inbox.isWorkedOn = false
      let bytes = inbox.messages.reduce(0) { $0 + $1.count }
      inbox.bytes -= bytes
      return bytes
    }
    threads.incoming.give(dropped)
  }

  /// Has the next request answered in its turn; false where too many wait.
  private func putInLine() -> Bool {
    let weight = RequestWeight(of: inbox.withLock { $0.messages.first } ?? [])
    return threads.queue.add(weight) { [self] in work($0) }
  }

  // MARK: - From the loop

  var wantedEvents: Int16 {
    if lingersUntil != nil { return Int16(POLLIN) }
    var events: Int16 = 0
    if reads { events |= Int16(POLLIN) }
    if framing.wantsWriting { events |= Int16(POLLOUT) }
    return events
  }

  /// Whether more is read: not while there is enough to answer.
  private var reads: Bool {
    if isLeaving || !framing.wantsReading { return false }
    return inbox.withLock {
      $0.messages.count < Self.inboxCount && $0.bytes <= threads.limits.bodyBytes
    }
  }

  /// Whether all that the client has sent is answered, and the answers are sent.
  private var isDone: Bool {
    // In this order: an answer is in the outbox before the inbox is idle.
    let isAnswered = inbox.withLock { $0.messages.isEmpty && !$0.isWorkedOn }
    return isAnswered && outbox.withLock { $0.messages.isEmpty } && !framing.wantsWriting
  }

  func handle(_ events: Int16, now: ContinuousClock.Instant) {
    if lingersUntil != nil {
      discard()
      return
    }
    if events & Int16(POLLIN) != 0 {
      receive(now)
    } else if events & Int16(POLLERR | POLLHUP | POLLNVAL) != 0 {
      isOver = true
      return
    }
    look(now: now)
  }

  private func receive(_ now: ContinuousClock.Instant) {
    var isNew = false
    var isTooMuch = false
    framing.receive { message in
      threads.incoming.give(partialBytes)
      partialBytes = 0
      // What is left over begins another message, with time of its own.
      partialSince = nil
      if !threads.incoming.take(message.count) {
        isTooMuch = true
        return
      }
      let begins = inbox.withLock { inbox in
        inbox.messages.append(message)
        inbox.bytes += message.count
        defer { inbox.isWorkedOn = true }
        return !inbox.isWorkedOn
      }
      isNew = isNew || begins
    }
    if framing.partialBytes == 0 {
      partialSince = nil
    } else if partialSince == nil {
      partialSince = now
    }
    threads.incoming.give(partialBytes)
    partialBytes = framing.partialBytes
    threads.incoming.insistOn(partialBytes)
    isTooMuch = isTooMuch || threads.incoming.isExceeded
    if isNew && !putInLine() {
      inbox.withLock { $0.isWorkedOn = false }
      isTooMuch = true
    }
    if isTooMuch { leave(.overloaded) }
    if framing.isBroken { isOver = true }
  }

  func look(now: ContinuousClock.Instant) {
    if isOver { return }
    if let lingersUntil {
      if now > lingersUntil { isOver = true }
      return
    }
    if framing.holdsBytes && reads { receive(now) }
    sendOutbox(now)
    goOn()
    checkDeadlines(now)
    if framing.isBroken { isOver = true }
    if framing.hasEnded {
      if isDone { isOver = true }
      return
    }
    // Both sides have said that they are done. What the client still sends is read for a moment, so that
    // the system does not take back what was sent to it.
    if !isOver && !framing.wantsWriting && (isLeaving || !framing.wantsReading) {
      shutdown(socket, CInt(SHUT_WR))
      lingersUntil = now + .seconds(1)
      session.end()
    }
  }

  /// Has requests answered that waited until the client received what there was.
  private func goOn() {
    guard outbox.withLock({ $0.bytes <= unreceivedLimit }) else { return }
    let isWaiting = inbox.withLock { inbox in
      guard !inbox.isWorkedOn, !inbox.messages.isEmpty else { return false }
      inbox.isWorkedOn = true
      return true
    }
    if isWaiting && !putInLine() { isOver = true }
  }

  private func sendOutbox(_ now: ContinuousClock.Instant) {
    let (messages, isOverfull) = outbox.withLock { outbox in
      defer { outbox.messages = [] }
      return (outbox.messages, outbox.isOverfull)
    }
    if isOverfull {
      isOver = true
      return
    }
    if !messages.isEmpty && !framing.wantsWriting { progress = now }
    for message in messages { framing.queue(message) }
    if framing.wantsWriting { framing.send() }
    if framing.sentBytes != sent {
      sent = framing.sentBytes
      progress = now
    }
    outbox.withLock { outbox in
      let left = framing.queuedBytes + outbox.messages.reduce(0) { $0 + $1.utf8.count }
      threads.outgoing.give(outbox.bytes - left)
      outbox.bytes = left
    }
  }

  private func checkDeadlines(_ now: ContinuousClock.Instant) {
    let limits = threads.limits
    if framing.wantsWriting, now - progress > .seconds(limits.stallSeconds) { isOver = true }
    guard reads else {
      // The client is not to blame for what is not read.
      if partialSince != nil { partialSince = now }
      heard = now
      return
    }
    if let partialSince, now - partialSince > .seconds(limits.requestSeconds) { leave(.tooSlow) }
    if framing.receivedBytes != received {
      received = framing.receivedBytes
      heard = now
      isAsked = false
    }
    let silence = now - heard
    if isAsked {
      if silence > .seconds(limits.pingSeconds + limits.pongSeconds) { isOver = true }
    } else if silence > .seconds(limits.pingSeconds), framing.ping() {
      isAsked = true
      framing.send()
    }
  }

  private func leave(_ reason: SocketEnd) {
    if isLeaving { return }
    isLeaving = true
    framing.close(reason)
    framing.send()
  }

  private func discard() {
    withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { bytes in
      switch SocketBytes.read(socket, into: bytes) {
      case .count, .wouldWait: break
      case .end, .failed: isOver = true
      }
    }
  }

  func end() {
    sendOutbox(.now)
    leave(.goingAway)
  }

  func close() {
    session.end()
    outbox.withLock { outbox in
      outbox.isClosed = true
      threads.outgoing.give(outbox.bytes)
      outbox.bytes = 0
      outbox.messages = []
    }
    // What is being answered gives its own bytes back.
    dropInbox()
    threads.incoming.give(partialBytes)
    partialBytes = 0
    onClose()
  }
}
