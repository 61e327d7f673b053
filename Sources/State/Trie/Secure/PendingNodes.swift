// Nodes that wait for the hashes of what is below them.

/// Branches to be hashed, by how deep they are: those whose choices come last are hashed first.
struct PendingNodes: ~Copyable {
  /// A branch, and where its hash goes.
  struct Entry: BitwiseCopyable {
    var node: NodeIndex
    /// The branch above; zero for a node that always has a hash.
    var parent: NodeIndex
    var choice: UInt8
    var hash: UnsafeMutableRawPointer
    /// The next entry of the same depth, plus one.
    fileprivate var next: UInt32 = 0

    init(node: NodeIndex, parent: NodeIndex, choice: Int, hash: UnsafeMutableRawPointer) {
      self.node = node
      self.parent = parent
      self.choice = UInt8(truncatingIfNeeded: choice)
      self.hash = hash
    }
  }

  private var entries: [Entry] = []
  private var branches = InlineArray<64, UInt32>(repeating: 0)
  private var extensions = InlineArray<64, UInt32>(repeating: 0)
  /// The depth below which there is nothing.
  private(set) var depth = 0

  /// Adds a branch that chooses by half byte `end`.
  @inline(__always)
  mutating func append(branch entry: Entry, end: Int) {
    depth = max(depth, end &+ 1)
    branches[end] = link(entry, to: branches[end])
  }

  /// Adds the extension that begins at half byte `start`, whose branch has been encoded.
  mutating func append(extension entry: Entry, start: Int) {
    extensions[start] = link(entry, to: extensions[start])
  }

  /// Takes a branch that chooses by half byte `end`.
  @inline(__always)
  mutating func takeBranch(end: Int) -> Entry? {
    guard let entry = entry(branches[end]) else { return nil }
    branches[end] = entry.next
    return entry
  }

  /// Takes an extension that begins at half byte `start`.
  @inline(__always)
  mutating func takeExtension(start: Int) -> Entry? {
    guard let entry = entry(extensions[start]) else { return nil }
    extensions[start] = entry.next
    return entry
  }

  /// Forgets entries, which have all been taken.
  mutating func clear() {
    entries.removeAll(keepingCapacity: true)
    depth = 0
  }

  @inline(__always)
  private mutating func link(_ entry: Entry, to next: UInt32) -> UInt32 {
    var entry = entry
    entry.next = next
    entries.append(entry)
    return UInt32(truncatingIfNeeded: entries.count)
  }

  @inline(__always)
  private func entry(_ number: UInt32) -> Entry? {
    number == 0 ? nil : entries[Int(number) &- 1]
  }
}
