// The store: a chain of blocks and the state at its head, on disk.

public import Ledger
internal import Primitives
internal import State
internal import Synchronization

/// A chain of blocks and the state at its head, in a folder.
///
/// A block's record in the segments, once synced, is what makes it durable. The database follows in
/// the background, many blocks at a time, and what changed since is in memory; after a crash it is made
/// up from the records.
///
///     advance(n + 2)      the executing side: the state in memory moves on
///     root(n + 1)         the tries follow
///     commit(n)           the record is written and synced
///
/// Each of the three is called for block after block by one thread at a time, and the three may run at
/// once for different blocks. `retreat`, `close` and what concerns branches need that none of them runs.
/// Whatever else reads may be called from any thread.
public final class Store: @unchecked Sendable {
  /// The folder.
  public let path: String
  /// How the store was opened.
  public let options: Options
  /// How far back the state of blocks is kept.
  public let history: History
  /// The first block's header.
  public let genesis: Header
  /// The state at the last block that was advanced to.
  public let state: StateCache

  let meta: StoreMeta
  let database: Database
  let pages: LeafPages
  let folder: SegmentFolder
  let tail: Condition<ChainTail>
  /// Blocks that were advanced to and not committed yet, and where their states stand.
  let advanced: Mutex<[AdvancedBlock]>
  /// What made the store unusable.
  let failure = Mutex<StoreError?>(nil)
  private let lock: File

  /// The branch that is gone along, if one is.
  let branch = Mutex<Branch?>(nil)

  // Of the executing side.
  var position: BlockIdentity
  var preloadThread: BackgroundThread?
  // Of the root side.
  let tries: StateTries
  var rootNumber: UInt64
  /// What the tries went on by since then, in the middle of the next block.
  var moves: [StateDiff] = []
  var flushThread: BackgroundThread?
  // Of the committing side.
  let log: SegmentLog
  // Of whoever reads.
  let changesCache: ChangesCache
  let pruner: HistoryPruner
  let blooms: BloomIndex
  let recentPrefixes = Mutex<[Hash256: [UInt64]]>([:])

  /// A block that was advanced to, as long as its record is not there to undo it.
  struct AdvancedBlock {
    /// Its hash may be zero, when it is not known yet.
    var block: BlockIdentity
    let step: UInt64
    let changes: StateChanges
    let codes: [Code]
  }

  init(_ parts: Parts) {
    path = parts.path
    options = parts.options
    history = parts.history
    genesis = parts.genesis
    state = parts.state
    meta = parts.meta
    database = parts.database
    pages = parts.pages
    folder = parts.folder
    tail = Condition(parts.tail)
    advanced = Mutex([])
    lock = parts.lock
    position = parts.tail.head.block
    tries = parts.tries
    rootNumber = parts.tail.head.block.number
    log = parts.log
    changesCache = ChangesCache(parts.folder, limit: parts.options.cacheSize / 16)
    pruner = HistoryPruner(parts.folder, genesis: parts.meta.genesis.hash)
    blooms = BloomIndex(
      StoreFormat.bloomFile(parts.path), oldestBlock: parts.meta.firstBlock)
  }

  /// What opening puts together.
  struct Parts {
    let path: String
    let options: Options
    let history: History
    let genesis: Header
    let state: StateCache
    let meta: StoreMeta
    let database: Database
    let pages: LeafPages
    let folder: SegmentFolder
    let tail: ChainTail
    let lock: File
    let tries: StateTries
    let log: SegmentLog
  }

  deinit {
    waitForFlush()
    pruner.stop()
    stopPreloading()
  }

  /// The last committed block.
  public var head: BlockIdentity { tail.with { $0.head.block } }

  /// The block whose state the database has: after a crash the records behind it are gone through.
  public var databaseBlock: BlockIdentity { tail.with { $0.databaseBlock } }

  /// The first block.
  public var genesisBlock: BlockIdentity { meta.genesis }

  /// The number of the oldest block from which on none is missing: the first block's, or a later one's where
  /// the store began with an exported state.
  public var oldestBlock: UInt64 { meta.firstBlock }

  // MARK: - Failing

  /// Why the store takes no more blocks; nil as long as it does.
  public var problem: StoreError? { failure.withLock { $0 } }

  func checkUsable() throws(StoreError) {
    if let reason = failure.withLock({ $0 }) { throw .failedBefore("\(reason)") }
  }

  /// Runs what leaves the store unusable when it fails.
  func decisive<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
    do throws(StoreError) {
      return try body()
    } catch {
      failure.withLock { if $0 == nil { $0 = error } }
      throw error
    }
  }
}
