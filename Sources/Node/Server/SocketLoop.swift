// One thread that waits for all sockets that stay open.

internal import Execution
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A socket that a loop waits for. Only the loop's thread calls it.
protocol PolledSocket: AnyObject, Sendable {
  var socket: CInt { get }
  /// What is waited for: `POLLIN`, `POLLOUT`, both or none.
  var wantedEvents: Int16 { get }
  /// Something that was waited for has come.
  func handle(_ events: Int16, now: ContinuousClock.Instant)
  /// Called now and then, and when somebody else has woken the socket.
  func look(now: ContinuousClock.Instant)
  /// Whether it can be closed.
  var isOver: Bool { get }
  /// Says farewell, as far as the client takes it at once.
  func end()
  func close()
}

/// A thread that waits for sockets, and does what has to be done now and then.
final class SocketLoop: @unchecked Sendable {
  /// How long it sleeps at most.
  private static let pace: Duration = .milliseconds(250)

  private struct Shared {
    var arrivals: [any PolledSocket] = []
    var duties: [@Sendable (ContinuousClock.Instant) -> Void] = []
    var isWoken = false
    var isClosed = false
    var hasEnded = false
  }

  private let shared = Mutex(Shared())
  private let end = SleepingPlace()
  private let pipe: (reading: CInt, writing: CInt)

  /// Nil where the system has no more pipes or threads.
  init?() {
    var ends: [CInt] = [-1, -1]
    #if canImport(Glibc)
      guard Glibc.pipe(&ends) == 0 else { return nil }
    #else
      guard Darwin.pipe(&ends) == 0 else { return nil }
    #endif
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    pipe = (ends[0], ends[1])
    guard DeepThread.start({ [self] in run() }) else {
      // Nobody will.
      shared.withLock { $0.hasEnded = true }
      return nil
    }
  }

  deinit {
    Self.close(pipe.reading)
    Self.close(pipe.writing)
  }

  /// Waits for one more socket; false, and nothing is done, where the loop has ended.
  func add(_ socket: any PolledSocket) -> Bool {
    let isTaken = shared.withLock { shared in
      if shared.isClosed { return false }
      shared.arrivals.append(socket)
      return true
    }
    if isTaken { wake() }
    return isTaken
  }

  /// Does something a few times a second.
  func doRegularly(_ duty: @escaping @Sendable (ContinuousClock.Instant) -> Void) {
    shared.withLock { $0.duties.append(duty) }
  }

  /// Lets the loop look at all sockets.
  func wake() {
    let isNeeded = shared.withLock { shared in
      defer { shared.isWoken = true }
      return !shared.isWoken && !shared.hasEnded
    }
    if isNeeded {
      var byte: UInt8 = 0
      _ = write(pipe.writing, &byte, 1)
    }
  }

  /// Closes all sockets, and waits for that.
  func stop() {
    shared.withLock { $0.isClosed = true }
    wake()
    end.wait(until: { [self] in shared.withLock { $0.hasEnded } })
  }

  private static func close(_ end: CInt) {
    #if canImport(Glibc)
      _ = Glibc.close(end)
    #else
      _ = Darwin.close(end)
    #endif
  }

  // MARK: - The thread

  private func run() {
    var sockets: [any PolledSocket] = []
    var polled: [pollfd] = []
    var lastDuties = ContinuousClock.now
    while true {
      let (arrivals, isWoken, isClosed) = shared.withLock { shared in
        defer {
          shared.arrivals = []
          shared.isWoken = false
        }
        return (shared.arrivals, shared.isWoken, shared.isClosed)
      }
      sockets += arrivals
      if isClosed { break }
      let now = ContinuousClock.now
      let isTimeForDuties = now - lastDuties >= Self.pace
      if isTimeForDuties {
        lastDuties = now
        for duty in shared.withLock({ $0.duties }) { duty(now) }
      }
      if isWoken || isTimeForDuties {
        for socket in sockets { socket.look(now: now) }
        // Whom that concerned may be over now, or want something else.
        sockets.removeAll { socket in
          if socket.isOver { socket.close() }
          return socket.isOver
        }
      }
      wait(for: &sockets, &polled)
    }
    for socket in sockets {
      socket.end()
      socket.close()
    }
    shared.withLock { $0.hasEnded = true }
    end.wakeAll()
  }

  private func wait(for sockets: inout [any PolledSocket], _ polled: inout [pollfd]) {
    polled.removeAll(keepingCapacity: true)
    polled.append(pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0))
    for socket in sockets {
      polled.append(pollfd(fd: socket.socket, events: socket.wantedEvents, revents: 0))
    }
    let count = poll(&polled, nfds_t(polled.count), 250)
    guard count > 0 else { return }
    if polled[0].revents != 0 {
      var bytes: (UInt64, UInt64) = (0, 0)
      _ = read(pipe.reading, &bytes, 16)
    }
    let now = ContinuousClock.now
    var hasEnded = false
    for (index, socket) in sockets.enumerated() where polled[index + 1].revents != 0 {
      socket.handle(polled[index + 1].revents, now: now)
      hasEnded = hasEnded || socket.isOver
    }
    if hasEnded {
      sockets.removeAll { socket in
        if socket.isOver { socket.close() }
        return socket.isOver
      }
    }
  }
}
