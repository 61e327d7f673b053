// The tries of a state, kept from block to block, as far as memory reaches.

public import Ledger
public import Primitives
internal import Synchronization

/// Calls `body` for each of `jobs` jobs exactly once, with the number of the worker that it runs on, and
/// comes back when all are done. A worker does one job at a time.
public typealias ConcurrentRun = (
  _ jobs: Int, _ body: (_ job: Int, _ worker: Int) -> Void
) -> Void

/// The tries of accounts and of their storage, with all hashes, so that the root after a block costs
/// only what the block changed.
///
/// Keys are Keccak hashes. Work is shared out as jobs: below each choice of the top of a trie with many
/// changes, and accounts with few changes in groups. With a source, only what fits the limit stays in
/// memory; the rest comes from there when it is needed and is checked against the hashes above it.
///
/// One thread at a time calls any of this; jobs run where the caller runs them.
public final class StateTries {
  let workers: UnsafeMutablePointer<TrieWorker>
  /// How many jobs run at a time at most.
  public let workerCount: Int
  let memoryLimit: Int
  let hasSource: Bool
  /// The top of the trie of accounts.
  var top: TrieChild
  /// Whether it changed since changes were taken.
  var isChanged = false
  /// Whether its hash is not up to date.
  var isStale = false
  /// Its hash.
  let rootBytes: UnsafeMutableRawPointer
  /// How many times between takings of changes have changes that the store does not have yet.
  var unsavedEpochs: UInt16 = 1
  /// Where eviction goes on.
  var hand = EvictionHand()
  /// Bytes in use at which eviction is worth trying.
  var evictionThreshold: Int
  private var timeForKeys = Duration.zero
  private let failure = Mutex<StateReadError?>(nil)

  /// Tries that come from `source` and have the root `root`; without a source, tries of no accounts, of
  /// which nothing ever leaves memory. `memoryLimit` is in bytes.
  public init(
    workerCount: Int, memoryLimit: Int, source: (any TrieSource)? = nil,
    root: Hash256 = Header.emptyTrieRoot
  ) {
    precondition(workerCount > 0, "somebody has to work")
    precondition(
      source != nil || root == Header.emptyTrieRoot, "accounts have to come from somewhere")
    self.workerCount = workerCount
    let pool = NodePool(
      bytes: Self.addressSpace, leaving: Self.roomBeside(workerCount: workerCount))
    // A quarter of the address space is left to what lies between nodes.
    self.memoryLimit = min(memoryLimit, pool.byteCount / 4 * 3)
    evictionThreshold = self.memoryLimit
    hasSource = source != nil
    workers = .allocate(capacity: workerCount)
    for worker in 0..<workerCount {
      (workers + worker).initialize(to: TrieWorker(pool: pool, source: source))
    }
    rootBytes = .allocate(byteCount: 32, alignment: 8)
    root.store(at: rootBytes)
    top = root == Header.emptyTrieRoot ? .none : TrieChild(kind: .absent)
  }

  deinit {
    workers.deinitialize(count: workerCount)
    workers.deallocate()
    rootBytes.deallocate()
  }

  private static let addressSpace = 64 << 30

  /// The address space that a process with so many workers needs beside its tables, by experience: each
  /// has a stack and a heap, and what stands in memory for a while is gathered there.
  package static func roomBeside(workerCount: Int) -> Int {
    (768 << 20) + workerCount * (192 << 20)
  }

  /// The least address space that the nodes of tries take.
  package static let leastRoom = NodePool.leastSize

  /// The root of the state.
  public var root: Hash256 { Hash256(bytesAt: rootBytes) }

  /// Bytes that nodes take.
  public var memoryInUse: Int {
    (0..<workerCount).reduce(0) { $0 + (workers + $1).pointee.nodes.bytesInUse }
  }

  /// Makes the changes of a block and returns the new root. After an error the tries are unusable:
  /// every later call throws the same.
  public func apply(
    _ diff: StateDiff, run: ConcurrentRun
  ) throws(StateReadError) -> Hash256 {
    try checkUsable()
    let start = SuspendingClock.now
    let changes = KeyedChanges(diff, run: run)
    timeForKeys += SuspendingClock.now - start
    return try apply(changes, run: run)
  }

  /// Makes changes whose keys are known.
  func apply(
    _ changes: borrowing KeyedChanges, run: ConcurrentRun
  ) throws(StateReadError) -> Hash256 {
    try checkUsable()
    guard changes.accounts.count > 0 else { return root }
    let smallAreDone = try updateAccounts(changes, run)
    try updateStorages(changes, smallAreDone: smallAreDone, run)
    try hashAccounts(run)
    evict()
    return root
  }

  // MARK: - Jobs

  /// Whether nothing has gone wrong.
  var isUsable: Bool { failure.withLock { $0 == nil } }

  func checkUsable() throws(StateReadError) {
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Does something with the first worker, on this thread.
  func withWorker<Result>(
    _ trie: TrieName, _ body: (inout TrieWorker) throws(StateReadError) -> Result
  ) throws(StateReadError) -> Result {
    let start = SuspendingClock.now
    defer { workers.pointee.timeAtWork += SuspendingClock.now - start }
    do throws(StateReadError) {
      workers.pointee.trie = trie
      return try body(&workers.pointee)
    } catch {
      failure.withLock { $0 = error }
      throw error
    }
  }

  /// Does jobs, each with a worker of its own.
  func perform(
    _ jobs: Int, _ run: ConcurrentRun,
    _ body: (_ job: Int, _ worker: inout TrieWorker) throws(StateReadError) -> Void
  ) throws(StateReadError) {
    withoutActuallyEscaping(body) { body in
      func perform(_ job: Int, _ worker: Int) {
        precondition(worker < workerCount, "there are no more workers")
        let start = SuspendingClock.now
        defer { workers[worker].timeAtWork += SuspendingClock.now - start }
        do throws(StateReadError) {
          try body(job, &workers[worker])
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
      if jobs == 1 {
        perform(0, 0)
      } else if jobs > 1 {
        run(jobs, perform)
      }
    }
    try checkUsable()
  }
}

extension StateTries {
  /// Where the time has gone since the tries were made.
  public struct Times: Sendable {
    /// From diffs to sorted, hashed keys, as it passed.
    public var keys: Duration
    /// Finding and changing nodes, and what else is done between; of all workers together.
    public var structure: Duration
    /// Encoding and hashing nodes, of all workers together.
    public var hashes: Duration
  }

  /// Where the time has gone since the tries were made.
  public var times: Times {
    var times = Times(keys: timeForKeys, structure: .zero, hashes: .zero)
    for worker in 0..<workerCount {
      times.hashes += workers[worker].timeForHashes
      times.structure += workers[worker].timeAtWork - workers[worker].timeForHashes
    }
    return times
  }

  /// Does all jobs on the calling thread.
  public static func alone(_ jobs: Int, _ body: (_ job: Int, _ worker: Int) -> Void) {
    for job in 0..<jobs { body(job, 0) }
  }
}
