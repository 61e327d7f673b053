// Nodes that wait for the hashes of what is below them.

/// Branches to be hashed, by how deep they are: those whose choices come last are hashed first.
struct PendingNodes: ~Copyable {
  /// A branch, and where its hash goes.
  struct Entry: BitwiseCopyable {
    var node: NodeIndex
    /// The branch above; zero for a node that always has a hash.
    var parent: NodeIndex
    var hash: UnsafeMutableRawPointer
    var choice: UInt8

    init(node: NodeIndex, parent: NodeIndex, choice: Int, hash: UnsafeMutableRawPointer) {
      self.node = node
      self.parent = parent
      self.hash = hash
      self.choice = UInt8(truncatingIfNeeded: choice)
    }
  }

  /// Entries that grow and are taken all at once.
  struct List: ~Copyable {
    private(set) var entries: UnsafeMutablePointer<Entry>
    private(set) var count = 0
    private var capacity = 0

    init() { entries = .allocate(capacity: 0) }

    deinit { entries.deallocate() }

    @inline(__always)
    mutating func append(_ entry: Entry) {
      if count == capacity { grow() }
      (entries + count).initialize(to: entry)
      count &+= 1
    }

    mutating func removeAll() { count = 0 }

    @inline(never)
    private mutating func grow() {
      capacity = max(64, 2 * capacity)
      let grown = UnsafeMutablePointer<Entry>.allocate(capacity: capacity)
      grown.moveInitialize(from: entries, count: count)
      entries.deallocate()
      entries = grown
    }
  }

  /// For each half byte of the keys, the branches that choose by it; behind these the extensions that
  /// begin there; then all leaves that have a branch above.
  private let lists: UnsafeMutablePointer<List>
  private static var listCount: Int { 64 + 64 + 1 }
  /// The depth below which there is nothing.
  private(set) var depth = 0

  init() {
    lists = .allocate(capacity: Self.listCount)
    for index in 0..<Self.listCount { (lists + index).initialize(to: List()) }
  }

  deinit {
    lists.deinitialize(count: Self.listCount)
    lists.deallocate()
  }

  /// The branches that choose by half byte `end`.
  @inline(__always)
  func branches(end: Int) -> UnsafeMutablePointer<List> { lists + end }

  /// The extensions that begin at half byte `start`, whose branches have been encoded.
  @inline(__always)
  func extensions(start: Int) -> UnsafeMutablePointer<List> { lists + (64 &+ start) }

  /// The leaves.
  var leaves: UnsafeMutablePointer<List> { lists + 128 }

  /// Adds a branch that chooses by half byte `end`.
  @inline(__always)
  mutating func append(branch entry: Entry, end: Int) {
    depth = max(depth, end &+ 1)
    branches(end: end).pointee.append(entry)
  }

  /// Forgets how deep it went; all lists are empty.
  mutating func clear() { depth = 0 }
}
