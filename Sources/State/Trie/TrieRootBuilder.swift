// The root of a trie whose keys come in order, without the trie.

internal import Crypto
internal import Ledger
public import Primitives

/// Computes a trie's root from its keys and values in rising order of the keys.
///
/// Only the branches on the way to the newest key are open, and what is complete is already hashed:
/// memory and stack do not grow with the number of keys. How much two neighbouring keys have in
/// common says which branches there are.
public struct TrieRootBuilder: ~Copyable {
  /// A branch that may still get children.
  private struct OpenBranch {
    /// The half byte of the key by which it chooses.
    var depth: Int
    /// Where its encoding begins in the writer.
    var start: Int
    /// The lowest choice that is not written.
    var nextChoice = 0
    /// The value of the key that ends here.
    var value: [UInt8] = []
  }

  private var writer = NodeWriter()
  private var open: [OpenBranch] = []
  private var key: [UInt8] = []
  private var value: [UInt8] = []
  /// The reference to the newest key's leaf, where it is known, or to the branch that it stands for.
  private var knownLeaf = NodeReference.unknown
  /// By which half byte of the key that branch chooses; nil for a leaf.
  private var branchDepth: Int?
  private var top = NodeReference.unknown

  /// A builder that has seen no key.
  public init() {}

  /// Adds a key, greater than all before. Without a value it is ignored, as tries do.
  public mutating func append(key next: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    guard !value.isEmpty else { return }
    begin(next)
    self.value.append(contentsOf: value)
  }

  /// Adds a key, greater than all before, which is the beginning of no other one, and whose leaf was
  /// made already: its path begins after the half bytes that the key has in common with its neighbours.
  mutating func append(key next: UnsafeRawBufferPointer, leaf: NodeReference) {
    begin(next)
    knownLeaf = leaf
  }

  /// Adds all keys below a branch that was made already and chooses by half byte `depth`; `next` is one
  /// of them, and none of the others is added.
  mutating func append(key next: UnsafeRawBufferPointer, branch: NodeReference, at depth: Int) {
    append(key: next, leaf: branch)
    branchDepth = depth
  }

  private mutating func begin(_ next: UnsafeRawBufferPointer) {
    if isHoldingKey { place(common: commonNibbles(with: next)) }
    key.removeAll(keepingCapacity: true)
    key.append(contentsOf: next)
    value.removeAll(keepingCapacity: true)
    knownLeaf = .unknown
    branchDepth = nil
  }

  private var isHoldingKey: Bool { !value.isEmpty || knownLeaf.isKnown }

  /// Adds a key, greater than all before. Without a value it is ignored, as tries do.
  public mutating func append(key: [UInt8], value: [UInt8]) {
    key.withUnsafeBytes { key in value.withUnsafeBytes { append(key: key, value: $0) } }
  }

  /// The root of the trie with all keys added.
  public consuming func finish() -> Hash256 {
    guard isHoldingKey else { return Header.emptyTrieRoot }
    place(common: -1)
    return top.rootHash
  }

  /// How many half bytes the newest key shares with the next one.
  private func commonNibbles(with next: UnsafeRawBufferPointer) -> Int {
    let common = key.withUnsafeBytes { Self.commonNibbles(of: $0, with: next) }
    let byte = common / 2
    precondition(
      byte < next.count && (byte >= key.count || key[byte] < next[byte]), "keys must rise")
    return common
  }

  /// How many half bytes two keys have in common at their beginning.
  static func commonNibbles(
    of a: UnsafeRawBufferPointer, with b: UnsafeRawBufferPointer
  ) -> Int {
    let limit = min(a.count, b.count)
    var byte = 0
    while byte < limit && a[byte] == b[byte] { byte += 1 }
    guard byte < limit else { return 2 * byte }
    return 2 * byte + (a[byte] >> 4 == b[byte] >> 4 ? 1 : 0)
  }

  private var deepest: Int { open.last?.depth ?? -1 }

  /// Puts the newest key into its branch and closes the branches that the next key, which shares
  /// `common` half bytes with it, does not reach; −1 when there is no next key.
  private mutating func place(common: Int) {
    if common > deepest { openBranch(at: common) }
    if key.count * 2 == deepest {
      open[open.count - 1].value = value
    } else if let branchDepth {
      attach(knownLeaf, from: deepest + 1, to: branchDepth)
    } else {
      attach(knownLeaf.isKnown ? knownLeaf : leaf())
    }
    while deepest > common {
      let branch = closeBranch()
      let parent = max(deepest, common)
      if parent > deepest { openBranch(at: parent) }
      attach(branch.reference, from: parent + 1, to: branch.depth)
    }
  }

  /// Writes a branch that chooses by half byte `depth` into the one whose choice ends before half byte
  /// `start`, behind an extension if need be.
  private mutating func attach(_ branch: NodeReference, from start: Int, to depth: Int) {
    attach(start == depth ? branch : extensionNode(along: start..<depth, to: branch))
  }

  private mutating func leaf() -> NodeReference {
    let path = deepest + 1..<key.count * 2
    let start = writer.begin()
    key.withUnsafeBufferPointer { writer.appendPath(path, of: $0, isLeaf: true) }
    value.withUnsafeBytes { writer.append($0) }
    return writer.finishNode(start)
  }

  private mutating func extensionNode(
    along path: Range<Int>, to child: NodeReference
  ) -> NodeReference {
    key.withUnsafeBufferPointer { writer.extensionNode(to: child, path: path, of: $0) }
  }

  private mutating func openBranch(at depth: Int) {
    open.append(OpenBranch(depth: depth, start: writer.begin()))
  }

  private mutating func closeBranch() -> (depth: Int, reference: NodeReference) {
    let branch = open.removeLast()
    writer.appendEmpty(times: 16 - branch.nextChoice)
    branch.value.withUnsafeBytes { writer.append($0) }
    return (branch.depth, writer.finishNode(branch.start))
  }

  /// Writes a finished node into the deepest branch, or makes it the topmost node.
  private mutating func attach(_ reference: NodeReference) {
    guard deepest >= 0 else {
      top = reference
      return
    }
    let choice = Int(nibble(deepest))
    writer.appendEmpty(times: choice - open[open.count - 1].nextChoice)
    writer.append(reference)
    open[open.count - 1].nextChoice = choice + 1
  }

  private func nibble(_ index: Int) -> UInt8 {
    index.isMultiple(of: 2) ? key[index / 2] >> 4 : key[index / 2] & 0x0f
  }
}
