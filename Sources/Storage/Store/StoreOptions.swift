// How a store is opened.

internal import Primitives
internal import State

extension Store {
  /// How a store is opened.
  public struct Options: Sendable {
    /// The bytes that state, tries, leaves of the database and its cache may take in memory together.
    public var cacheSize: Int
    /// Whether a block counts as committed only when it is on disk. Without it a power failure may take
    /// the blocks of the last seconds; the end of the process takes none.
    public var isSynced: Bool
    /// How far back the state of blocks is kept: for views, and for ways back. What is older is dropped in
    /// the background; blocks and receipts stay. Nil is as the store was kept until now, and the `standard`
    /// for a new one.
    public var history: History?
    /// The workers that `root` may be run by.
    public var workerCount: Int
    /// The database follows when so many accounts and slots have changed since it did last, or fewer where
    /// `cacheSize` has no room for them.
    public var flushChangeCount: Int
    /// The database follows when so many bytes of segments have come since it did last.
    public var flushByteCount: UInt64
    /// The database follows when so many blocks have come since it did last. Whoever reads the state of late
    /// blocks, or looks for a transaction in them, looks through those.
    public var flushBlockCount: Int
    /// The bytes of a segment of the log.
    public var segmentSize: UInt64

    /// The usual options, but for those named.
    public init(
      cacheSize: Int = 4 << 30, isSynced: Bool = true, history: History? = nil,
      workerCount: Int = 2, flushChangeCount: Int = 4_000_000, flushByteCount: UInt64 = 512 << 20,
      flushBlockCount: Int = 256, segmentSize: UInt64 = 256 << 20
    ) {
      self.cacheSize = cacheSize
      self.isSynced = isSynced
      self.history = history
      self.workerCount = workerCount
      self.flushChangeCount = flushChangeCount
      self.flushByteCount = flushByteCount
      self.flushBlockCount = flushBlockCount
      self.segmentSize = segmentSize
    }

    /// After how many changes the database follows. What it lacks is in memory for certain, and may be twice
    /// as much while it follows: that is about half of the state's share, at 112 bytes an entry.
    var changesPerFlush: Int { min(flushChangeCount, max(1, stateMemory / 512)) }

    /// What making a store leaves behind, by experience: RocksDB keeps its threads, and they their heaps.
    private static let takenByMaking = 384 << 20

    /// Throws unless the system has the address space for the memory of a store in `path`. One that
    /// `isMade` by this process has taken part of it already.
    func checkRoom(_ path: String, isMade: Bool = false) throws(StoreError) {
      let rest =
        StateTries.leastRoom + StateTries.roomBeside(workerCount: workerCount)
        - (isMade ? Self.takenByMaking : 0)
      let needed = min(max(1, cacheSize), 1 << 60) + rest
      guard SystemMemory.hasRoom(for: needed) else {
        throw .noMemory(
          path: path, needed: needed, cacheSize: cacheSize, workerCount: workerCount)
      }
    }

    // The shares of the memory, in hundredths. What is left is for changes of late blocks (`ChangesCache`)
    // and for what flushes gather.
    var trieMemory: Int { cacheSize / 100 * 35 }
    var stateMemory: Int { cacheSize / 100 * 21 }
    var pageMemory: Int { cacheSize / 100 * 27 }
    var databaseMemory: Int { cacheSize / 100 * 6 }
  }

  /// How far back the state of blocks is kept.
  public enum History: Sendable, Hashable {
    /// So many blocks behind the head.
    case blocks(UInt64)
    /// All of them, with an index of what each block changed.
    case archive

    /// What is kept where nobody says anything else.
    public static let standard = History.blocks(1024)
  }
}
