// The database's leaves in memory, as many as there is room for.

internal import Primitives
internal import State
internal import Synchronization

/// Leaves of the database as it is now, in pages of neighbours.
///
/// A transaction asks for an account that nobody asked for lately; soon after, the trie asks for all
/// leaves around it. RocksDB takes 10 to 20 µs for either. A page answers both, and all pages together
/// take less than half of what the state takes elsewhere in memory.
///
/// The paths of a trie's pages all have the same number of half bytes, so that a key tells its page;
/// keys are hashes, so that pages are of like sizes. Where too many keys begin alike, the page says so, and
/// they are read from the database. Any thread may call any of this; `follow` by one at
/// a time. Between the database's change and the end of `follow` a page may lack the change: nobody
/// asks then, for changes that the database may lack are in `StateCache` and `StateTries`.
final class LeafPages: @unchecked Sendable {
  let database: Database
  private let memory: UnsafeMutableRawPointer?
  private let rings: [LockedRing]
  /// How many bytes pages may take.
  let capacity: Int
  let depths = PageDepths()
  /// Counts the database's changes: a page that was read before one must not be kept after it. `follow`
  /// counts before it asks for depths, a reader asks before it counts: one of them sees the other.
  let generation = Atomic<UInt64>(0)
  let isStopped = Atomic(false)
  private let secret = FlatSecret.shared

  /// A ring and its lock: there are several, so that threads seldom meet.
  private final class LockedRing: @unchecked Sendable {
    private let lock = Mutex(())
    @exclusivity(unchecked) private var ring: PageRing

    init(in memory: UnsafeMutableRawPointer, byteCount: Int) {
      ring = PageRing(in: memory, byteCount: byteCount)
    }

    func with<Result>(_ body: (inout PageRing) -> Result) -> Result {
      lock.withLock { _ in body(&ring) }
    }
  }

  private static let ringLimit = 64
  /// A ring has room for some pages at least.
  private static let leastRing = 256 << 10

  /// Pages that take up to `byteCount` bytes; none where that is too few, or more than the system has.
  init(_ database: Database, byteCount: Int) {
    self.database = database
    capacity = max(0, byteCount)
    let count = min(Self.ringLimit, byteCount / Self.leastRing)
    guard count > 0, let memory = SystemMemory.map(byteCount) else {
      memory = nil
      rings = []
      return
    }
    SystemMemory.preferHugePages(forTable: memory, byteCount: byteCount)
    self.memory = memory
    let size = byteCount / count & ~(LeafPage.unit - 1)
    rings = (0..<count).map { LockedRing(in: memory + $0 * size, byteCount: size) }
  }

  deinit { if let memory { SystemMemory.unmap(memory, byteCount: capacity) } }

  /// Whether there is room for any.
  var hasPages: Bool { !rings.isEmpty }

  /// How many bytes pages take.
  var byteCount: Int { rings.reduce(0) { $0 + $1.with { $0.byteCount } } }

  // MARK: - Reading

  /// Calls `body` with the value of a leaf; nil where there is none.
  func read<Result>(
    _ key: Hash256, of trie: TrieName, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(StoreError) -> Result? {
    let found = try withPage(of: key, in: trie, upTo: LeafPage.depthLimit) { page in
      page.value(of: key).map(body)
    }
    if let found { return found }
    return try database.read(trie.leaf(key), body)
  }

  /// Calls `body` with each leaf under `path`, by rising key, until it answers that it wants no more.
  func forEachLeaf(
    of trie: TrieName, under path: NibblePath,
    _ body: (_ key: Hash256, _ value: UnsafeRawBufferPointer) -> Bool
  ) throws(StoreError) {
    func take(_ page: LeafPage) -> Bool {
      page.forEachLeaf { key, value in path.isPrefix(of: key) ? body(key, value) : true }
    }
    if try withPage(of: path.key, in: trie, upTo: path.count, take) != nil { return }
    var start = path.key
    if let depth = depth(of: trie), depth == path.count + 1 {
      // Of several pages, those that are here.
      for choice in 0..<16 {
        let name = PageName(trie: trie, under: path, choice)
        start = name.firstKey
        guard let found = look(for: name, { $0.isCrowded ? nil : take($0) }), let goesOn = found
        else { break }
        if !goesOn || choice == 15 { return }
      }
    }
    var leaves = LeafCursor(database, trie, from: start, under: path)
    while let (key, value) = try leaves.next() { guard body(key, value) else { return } }
  }

  /// Calls `body` with the page of a key, which is read if it is not here; nil where it is crowded, and
  /// where pages have paths of more than `limit` half bytes.
  private func withPage<Result>(
    of key: Hash256, in trie: TrieName, upTo limit: Int, _ body: (LeafPage) -> Result
  ) throws(StoreError) -> Result? {
    func take(_ page: LeafPage) -> Result? { page.isCrowded ? nil : body(page) }
    while let depth = depth(of: trie), depth <= limit {
      let name = PageName(of: key, in: trie, depth: depth)
      if let found = look(for: name, take) { return found }
      let (result, isCrowded) = try load(name, take)
      let isFiner = depths.noteLoad(of: trie, depth: depth, isCrowded: isCrowded)
      if !isCrowded || !isFiner { return result }
    }
    return nil
  }

  /// How many half bytes the paths of the trie's pages have; nil where it has no pages.
  private func depth(of trie: TrieName) -> Int? { rings.isEmpty ? nil : depths[trie] }

  private func look<Result>(for name: PageName, _ body: (LeafPage) -> Result) -> Result? {
    let hash = name.hash(secret)
    return ring(hash).with { $0.find(name, hash: hash).map(body) }
  }

  private func ring(_ hash: UInt64) -> LockedRing {
    rings[Int(truncatingIfNeeded: hash & 0xffff_ffff) % rings.count]
  }

  /// Reads a page from the database and keeps it.
  private func load<Result>(
    _ name: PageName, _ body: (LeafPage) -> Result
  ) throws(StoreError) -> (Result, isCrowded: Bool) {
    let now = generation.load(ordering: .sequentiallyConsistent)
    return try LeafPage.withTemporary { page throws(StoreError) in
      page.initialize(name, size: LeafPage.sizeLimit)
      var leaves = LeafCursor(database, name.trie, from: name.firstKey, under: name.nibbles)
      while let (key, value) = try leaves.next() {
        if page.leafCount == LeafPage.leafLimit {
          page.makeCrowded()
          break
        }
        page.append(key, value)
      }
      _ = keep(page, readAt: now)
      return (body(page), page.isCrowded)
    }
  }

  /// Keeps a page unless the database has changed since it was read, at the given generation.
  func keep(_ page: LeafPage, readAt then: UInt64) -> Keeping {
    let hash = page.name.hash(secret)
    return ring(hash).with { ring in
      // Under the lock: `follow` counts first, and takes the lock then.
      guard generation.load(ordering: .sequentiallyConsistent) == then else { return .outdated }
      return ring.add(page, hash: hash) ? .tight : .kept
    }
  }

  /// What became of a page that was to be kept.
  enum Keeping {
    case kept
    /// Older ones went for it.
    case tight
    case outdated
  }

  // MARK: - Changing

  /// Makes the changes that the database has just taken in.
  func follow(_ changes: TrieChanges) {
    generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
    if rings.isEmpty { return }
    wipe(changes.wipedStorages)
    LeafPage.withTemporary { scratch in
      changes.forEachAccount { key, value in
        set(Hash256(bytesAt: key.place(0)), of: .accounts, to: value, scratch)
      }
      changes.forEachSlot { key, value in
        let trie = TrieName.storage(ofAccountWithHash: Hash256(bytesAt: key.place(0)))
        set(Hash256(bytesAt: key.place(32)), of: trie, to: value, scratch)
      }
    }
  }

  private func wipe(_ accounts: [Hash256]) {
    var large: Set<Hash256> = []
    for account in accounts {
      let name = PageName(of: .zero, in: .storage(ofAccountWithHash: account), depth: 0)
      if depths[name.trie] > 0 {
        large.insert(account)
      } else {
        let hash = name.hash(secret)
        ring(hash).with { $0.remove(name, hash: hash) }
      }
    }
    // Their pages are not known by the account: all are looked through.
    if !large.isEmpty { for ring in rings { ring.with { $0.removeStorages(of: large) } } }
  }

  private func set(
    _ key: Hash256, of trie: TrieName, to value: UnsafeRawBufferPointer?, _ scratch: LeafPage
  ) {
    guard let depth = depth(of: trie) else { return }
    let name = PageName(of: key, in: trie, depth: depth)
    let hash = name.hash(secret)
    ring(hash).with { ring in
      guard let page = ring.find(name, hash: hash), !page.set(key, to: value) else { return }
      scratch.initialize(name, size: LeafPage.sizeLimit)
      scratch.copy(from: page)
      if !scratch.set(key, to: value) { scratch.makeCrowded() }
      _ = ring.add(scratch, hash: hash)
    }
  }
}
