// Lines on their way to whoever reads them.

internal import Execution
internal import Synchronization

/// Writes what is added on a thread of its own, in order: whoever adds never waits for whoever reads. Where
/// nobody does, so much is kept and the rest dropped, and a line says how many.
public final class LogQueue: Sendable {
  private let lane: Lane

  /// A queue that keeps so many texts, and so many bytes of them. `write` writes bytes and says whether it could;
  /// lines about what was dropped have the `format`.
  public init(
    _ format: NodeLog.Format = .text, countLimit: Int = 10_000, byteLimit: Int = 8 << 20,
    write: @escaping @Sendable ([UInt8]) -> Bool
  ) {
    lane = Lane(format, countLimit: countLimit, byteLimit: byteLimit, write: write)
  }

  deinit { lane.close() }

  /// Adds text that ends with a line break, and does not wait.
  public func add(_ text: String) { lane.add(text) }

  /// Takes no more, and waits until all is written, for so many seconds at most; whether it is.
  @discardableResult public func finish(seconds: Double = 1) -> Bool {
    lane.close()
    return lane.waitForEnd(seconds: seconds)
  }
}

/// What those who add and the thread that writes have in common.
private final class Lane: Sendable {
  private struct Contents {
    var bytes: [UInt8] = []
    var count = 0
    /// How many texts came after these and found no room.
    var dropped = 0
    var hasStarted = false
    var isClosed = false
    var hasEnded = false
  }

  private let format: NodeLog.Format
  private let countLimit: Int
  private let byteLimit: Int
  private let write: @Sendable ([UInt8]) -> Bool
  private let contents = Mutex(Contents())
  private let place = SleepingPlace()

  init(
    _ format: NodeLog.Format, countLimit: Int, byteLimit: Int,
    write: @escaping @Sendable ([UInt8]) -> Bool
  ) {
    self.format = format
    self.countLimit = countLimit
    self.byteLimit = byteLimit
    self.write = write
  }

  func add(_ text: String) {
    let (isTaken, isFirst) = contents.withLock { contents in
      if contents.isClosed { return (false, false) }
      let size = text.utf8.count
      // What came after something that was dropped must not come before the line that says so.
      guard contents.dropped == 0, contents.count < countLimit,
        contents.bytes.count + size <= byteLimit || contents.count == 0
      else {
        contents.dropped += 1
        return (false, false)
      }
      contents.bytes.append(contentsOf: text.utf8)
      contents.count += 1
      defer { contents.hasStarted = true }
      return (true, !contents.hasStarted)
    }
    guard isTaken else { return }
    // Without a thread there will be no node either; what is to be said about that is said here.
    if isFirst && !DeepThread.start({ [self] in run() }) {
      close()
      run()
    }
    place.wakeAll()
  }

  func close() {
    contents.withLock { contents in
      contents.isClosed = true
      if !contents.hasStarted { contents.hasEnded = true }
    }
    place.wakeAll()
  }

  func waitForEnd(seconds: Double) -> Bool {
    place.wait(seconds: seconds, until: { [self] in contents.withLock { $0.hasEnded } })
  }

  private func run() {
    // What was lost, and nobody could be told yet.
    var lost = 0
    func report() {
      guard lost > 0 else { return }
      let line = NodeLog.line(
        format, .warn, "Lines of the log were dropped", ["count": .init(lost)])
      if write(Array(line.utf8)) { lost = 0 }
    }
    while true {
      place.wait(until: { [self] in contents.withLock { $0.count > 0 || $0.isClosed } })
      let batch = contents.withLock { contents in
        defer { (contents.bytes, contents.count, contents.dropped) = ([], 0, 0) }
        return contents
      }
      report()
      if batch.count > 0, !write(batch.bytes) { lost += batch.count }
      lost += batch.dropped
      report()
      if batch.isClosed { break }
    }
    contents.withLock { $0.hasEnded = true }
    place.wakeAll()
  }
}
