// What outlives the process of the transactions that wait.

internal import Execution
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// The pool's transactions in a file, so that they are there again when the node is.
///
/// A transaction is written to the system before its hash is answered: it outlives the end of the process, however
/// that comes. It is brought to the disk in the background, a few times a second: a power failure may take those of
/// the last moment, as it may take blocks of a store that is not synced. The file is written anew from what still
/// waits when it has grown to several times that.
final class TransactionJournal: Sendable {
  /// Seconds between two ways to the disk.
  private static let pause = 0.1

  private let path: String
  private let pool: TransactionPool
  private let state: Mutex<State>
  private let place = SleepingPlace()

  private struct State {
    var file: File
    var size: UInt64
    /// When it is written anew.
    var schedule = RewriteSchedule()
    /// What came since it is being written anew.
    var tail: [UInt8]?
    var isDirty = false
    var isClosed = false
    var hasEnded = false
  }

  /// Begins the journal of `pool` at `path` with what waits now; what was there is replaced.
  init(_ path: String, _ pool: TransactionPool) throws(StoreError) {
    self.path = path
    self.pool = pool
    let (file, size) = try Self.write(pool.all, to: path + ".new")
    try Folder.move(path + ".new", to: path)
    try Folder.sync(Folder.parent(of: path))
    state = Mutex(State(file: file, size: size))
  }

  /// Begins to bring the file to the disk; false where the system starts no thread.
  func start() -> Bool { DeepThread.start { [self] in syncUntilClosed() } }

  /// Writes transactions behind the others; why it could not be done, if so.
  func append(_ transactions: [PooledTransaction]) -> String? {
    if transactions.isEmpty { return nil }
    var bytes: [UInt8] = []
    for transaction in transactions { JournalRecord.append(transaction, to: &bytes) }
    let reason: String? = state.withLock { state in
      if state.isClosed { return "it is closed" }
      do throws(StoreError) {
        try state.file.write(bytes, at: state.size)
        state.size += UInt64(bytes.count)
        state.isDirty = true
        state.tail?.append(contentsOf: bytes)
        return nil
      } catch {
        return "\(error)"
      }
    }
    place.wakeAll()
    return reason
  }

  /// Lets the file be written anew soon, without what waits no more: for transactions that somebody wanted
  /// forgotten, which no block has.
  func forgetDropped() {
    state.withLock { state in
      state.schedule.want()
      state.isDirty = true
    }
    place.wakeAll()
  }

  /// Brings all to the disk and ends.
  func close() {
    state.withLock { $0.isClosed = true }
    place.wakeAll()
    place.wait(until: { [self] in state.withLock { $0.hasEnded } })
  }

  /// Writes the file anew, while others go on to write behind the old one.
  private func rewrite() throws(StoreError) {
    let wasWanted = state.withLock { state in
      state.tail = []
      return state.schedule.begin()
    }
    defer { state.withLock { $0.tail = nil } }
    do throws(StoreError) {
      let (file, size) = try Self.write(pool.all, to: path + ".new")
      try state.withLock { (state) throws(StoreError) in
        let tail = state.tail ?? []
        try file.write(tail, at: size)
        try Folder.move(path + ".new", to: path)
        (state.file, state.size, state.isDirty) = (file, size + UInt64(tail.count), true)
        state.schedule.end(size: state.size)
      }
    } catch {
      state.withLock { $0.schedule.fail(wasWanted: wasWanted, now: .now) }
      throw error
    }
    try Folder.sync(Folder.parent(of: path))
  }

  /// A new file at `path` with these transactions, which is on the disk.
  private static func write(
    _ transactions: [PooledTransaction], to path: String
  ) throws(StoreError) -> (File, UInt64) {
    if Folder.exists(path) { try Folder.removeFile(path) }
    let file = try File(path, .create)
    var bytes = JournalRecord.head
    var size: UInt64 = 0
    for transaction in transactions {
      JournalRecord.append(transaction, to: &bytes)
      if bytes.count > 1 << 20 {
        try file.write(bytes, at: size)
        size += UInt64(bytes.count)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    try file.write(bytes, at: size)
    size += UInt64(bytes.count)
    try file.sync()
    return (file, size)
  }

  // MARK: - The thread

  /// Whether the file is written anew; where it is not, that is tried again.
  private func tryRewrite() -> Bool {
    do throws(StoreError) {
      try rewrite()
      return true
    } catch {
      state.withLock { $0.isDirty = true }
      return false
    }
  }

  private func syncUntilClosed() {
    while true {
      place.wait(until: { [self] in state.withLock { $0.isDirty || $0.isClosed } })
      let (file, isDue, isClosed) = state.withLock { state in
        state.isDirty = false
        return (
          state.file,
          state.schedule.isDue(size: state.size, now: .now, isLast: state.isClosed), state.isClosed
        )
      }
      // What cannot be synced is with the system all the same, and the old file as good as a new one; the
      // store says what is wrong with the disk.
      if !isDue || !tryRewrite() { try? file.sync() }
      if isClosed { break }
      _ = place.wait(seconds: Self.pause) { [self] in state.withLock { $0.isClosed } }
    }
    state.withLock { $0.hasEnded = true }
    place.wakeAll()
  }
}
