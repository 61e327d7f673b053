// What outlives the process of the transactions that wait.

internal import Execution
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// The pool's transactions in a file, so that they are there again when the node is.
///
/// A transaction is written to the system before its hash is answered, and that it was dropped before that is
/// answered: both outlive the end of the process, however that comes. It is brought to the disk in the background, a few
/// times a second: a power failure may take what came in the last moment, as it may take blocks of a store that is not
/// synced. The file is written anew from what still waits when it has grown to several times that.
final class TransactionJournal: Sendable {
  /// Seconds between two ways to the disk.
  private static let pause = 0.1

  private let path: String
  private let pool: TransactionPool
  private let state: Mutex<State>
  private let place = SleepingPlace()

  private struct State {
    var file: JournalFile
    /// How often something was dropped.
    var drops: UInt64 = 0
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
    let file = try Self.file(path, pool)
    try file.takePlace()
    try file.syncName()
    state = Mutex(State(file: file))
  }

  /// Begins to bring the file to the disk; false where the system starts no thread.
  func start() -> Bool { DeepThread.start { [self] in syncUntilClosed() } }

  /// How often something was dropped. Who lets transactions wait asks for it before.
  var drops: UInt64 { state.withLock { $0.drops } }

  /// Writes transactions, which wait since something was dropped for the `drops`th time, behind the others, and that
  /// those that had to go for them do not. What has been dropped meanwhile it leaves out.
  func append(
    _ transactions: [PooledTransaction], displacing displaced: [PooledTransaction] = [],
    since drops: UInt64
  ) throws(RPCError) {
    if transactions.isEmpty { return }
    try write { (state, bytes) throws(StoreError) in
      let isKnown = state.drops == drops
      for transaction in transactions where isKnown || pool.transaction(transaction.hash) != nil {
        try JournalRecord.append(transaction, to: &bytes)
      }
      try note(displaced.map(\.hash), &state, &bytes)
    }
  }

  /// Writes that the transactions with these hashes were dropped.
  func drop(_ hashes: [Hash256]) throws(RPCError) {
    try write { (state, bytes) throws(StoreError) in try note(hashes, &state, &bytes) }
  }

  /// Notes that transactions have gone. What has come again since then is in the pool.
  private func note(
    _ hashes: [Hash256], _ state: inout State, _ bytes: inout [UInt8]
  ) throws(StoreError) {
    let gone = hashes.filter { pool.transaction($0) == nil }
    if gone.isEmpty { return }
    state.drops += 1
    try JournalRecord.append(.dropped, gone, to: &bytes)
  }

  /// Writes that only those wait that the pool has now, and among them these, which have come to wait again.
  func keepWaiting(adding transactions: [PooledTransaction] = []) throws(RPCError) {
    try write { (state, bytes) throws(StoreError) in
      state.drops += 1
      for transaction in transactions { try JournalRecord.append(transaction, to: &bytes) }
      try JournalRecord.append(.kept, pool.hashes, to: &bytes)
    }
  }

  /// Writes records behind the others, all or none.
  private func write(
    _ records: (inout State, inout [UInt8]) throws(StoreError) -> Void
  ) throws(RPCError) {
    let reason: String? = state.withLock { state in
      if state.isClosed { return "it is closed" }
      var bytes: [UInt8] = []
      do throws(StoreError) {
        try records(&state, &bytes)
        try state.file.append(bytes)
      } catch {
        return "\(error)"
      }
      state.isDirty = true
      state.tail?.append(contentsOf: bytes)
      return nil
    }
    place.wakeAll()
    if let reason { throw .internalError("the pool's journal: \(reason)") }
  }

  /// Brings all to the disk and ends.
  func close() {
    state.withLock { $0.isClosed = true }
    place.wakeAll()
    place.wait(until: { [self] in state.withLock { $0.hasEnded } })
  }

  /// Writes the file anew, while others go on to write behind the old one.
  private func rewrite() throws(StoreError) {
    state.withLock { $0.tail = [] }
    defer { state.withLock { $0.tail = nil } }
    do throws(StoreError) {
      var file = try Self.file(path, pool)
      try state.withLock { (state) throws(StoreError) in
        try file.append(state.tail ?? [])
        try file.takePlace()
        (state.file, state.isDirty) = (file, true)
      }
      try file.syncName()
    } catch {
      state.withLock { $0.file.postponeRewrite() }
      throw error
    }
  }

  /// A new file with what waits now.
  private static func file(
    _ path: String, _ pool: TransactionPool
  ) throws(StoreError) -> JournalFile {
    try JournalFile(replacing: path, JournalRecord.framing, pool.all) {
      (transaction, bytes) throws(StoreError) in try JournalRecord.append(transaction, to: &bytes)
    }
  }

  // MARK: - The thread

  private func syncUntilClosed() {
    while true {
      place.wait(until: { [self] in state.withLock { $0.isDirty || $0.isClosed } })
      let (file, isDue, isClosed) = state.withLock { state in
        state.isDirty = false
        // At the end, the next start writes it anew.
        return (state.file, !state.isClosed && state.file.isGrown(), state.isClosed)
      }
      // What cannot be synced is with the system all the same, and the old file as good as a new one; the
      // store says what is wrong with the disk.
      if !isDue || (try? rewrite()) == nil { try? file.sync() }
      if isClosed { break }
      _ = place.wait(seconds: Self.pause) { [self] in state.withLock { $0.isClosed } }
    }
    state.withLock { $0.hasEnded = true }
    place.wakeAll()
  }
}
