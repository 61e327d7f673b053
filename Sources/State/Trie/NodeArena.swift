// The memory of a trie: nodes, children and text in three flat arrays.

/// Nodes by index, sixteen children for each branch, and the text of keys and values.
///
/// Nodes and children that are given back are used again. Text is only appended; when half of it
/// belongs to nobody it is copied over, live pieces only.
struct NodeArena: Sendable {
  private(set) var nodes = [TrieNode(kind: .free, key: 0, start: 0, end: 0)]
  private var children: [TrieNode.Index] = []
  private(set) var text: [UInt8] = []
  private var freeNodes: [TrieNode.Index] = []
  private var freeChildren: [UInt32] = []
  /// How much of the text is out of use, at least.
  private var wasted = 0

  private static let smallText = 4096

  subscript(index: TrieNode.Index) -> TrieNode {
    get { nodes[Int(index)] }
    set { nodes[Int(index)] = newValue }
    _modify { yield &nodes[Int(index)] }
  }

  // MARK: - Nodes

  /// A new leaf for the end of `key` from position `start` on.
  mutating func addLeaf(
    key: UnsafeBufferPointer<UInt8>, from start: Int, value: UnsafeBufferPointer<UInt8>
  ) -> TrieNode.Index {
    let end = UInt32(key.count * 2)
    var node = TrieNode(kind: .leaf, key: append(key), start: UInt32(start), end: end)
    node.value = append(value)
    node.valueCount = value.count
    return add(node)
  }

  /// Cuts the path of `node` at `position` and puts a branch there, which has `node` as only child.
  mutating func split(_ index: TrieNode.Index, at position: Int) -> TrieNode.Index {
    let node = self[index]
    var branch = TrieNode(
      kind: .branch, key: node.key, start: node.start, end: UInt32(position))
    branch.children = addChildren()
    self[index].start = UInt32(position) + 1
    self[index].reference = .unknown
    let choice = nibble(position, of: node)
    let added = add(branch)
    setChild(choice, of: added, to: index)
    return added
  }

  /// Makes a leaf the branch whose value it was.
  mutating func makeBranch(_ leaf: TrieNode.Index) {
    self[leaf].kind = .branch
    self[leaf].children = addChildren()
  }

  /// Makes a branch that has lost its children the leaf of its value.
  mutating func makeLeaf(_ branch: TrieNode.Index) {
    freeChildren.append(self[branch].children)
    self[branch].kind = .leaf
  }

  /// Gives back a node that nobody points to any more.
  mutating func remove(_ index: TrieNode.Index) {
    let node = self[index]
    if node.kind == .branch {
      freeChildren.append(node.children)
    } else {
      wasted += node.keyByteCount
    }
    wasted += node.valueCount
    self[index].kind = .free
    freeNodes.append(index)
    compactIfWasteful()
  }

  private mutating func add(_ node: TrieNode) -> TrieNode.Index {
    if let index = freeNodes.popLast() {
      self[index] = node
      return index
    }
    nodes.append(node)
    return TrieNode.Index(nodes.count - 1)
  }

  // MARK: - Children

  func child(_ choice: UInt8, of branch: TrieNode.Index) -> TrieNode.Index {
    children[Int(self[branch].children) * 16 + Int(choice)]
  }

  mutating func setChild(
    _ choice: UInt8, of branch: TrieNode.Index, to child: TrieNode.Index
  ) {
    children[Int(self[branch].children) * 16 + Int(choice)] = child
  }

  /// The sixteen children of a branch, in order of the half byte that chooses them.
  func children(of branch: TrieNode.Index) -> ArraySlice<TrieNode.Index> {
    let first = Int(self[branch].children) * 16
    return children[first..<first + 16]
  }

  private mutating func addChildren() -> UInt32 {
    if let block = freeChildren.popLast() {
      for place in 0..<16 { children[Int(block) * 16 + place] = TrieNode.none }
      return block
    }
    children.append(contentsOf: repeatElement(TrieNode.none, count: 16))
    return UInt32(children.count / 16 - 1)
  }

  // MARK: - Text

  /// Gives a node a value in place of the one it had, if any.
  mutating func setValue(_ value: UnsafeBufferPointer<UInt8>, of index: TrieNode.Index) {
    let node = self[index]
    if value.count <= node.valueCount {
      text.withUnsafeMutableBytes { text in
        UnsafeMutableRawBufferPointer(rebasing: text[node.value..<node.value + value.count])
          .copyMemory(from: UnsafeRawBufferPointer(value))
      }
      wasted += node.valueCount - value.count
    } else {
      wasted += node.valueCount
      self[index].value = append(value)
    }
    self[index].valueCount = value.count
    compactIfWasteful()
  }

  /// Takes the value from a branch.
  mutating func removeValue(of branch: TrieNode.Index) {
    wasted += self[branch].valueCount
    self[branch].valueCount = 0
    compactIfWasteful()
  }

  func value(of node: TrieNode) -> ArraySlice<UInt8> {
    text[node.value..<node.value + node.valueCount]
  }

  /// The whole key that leads to the end of a node.
  func key(of node: TrieNode) -> ArraySlice<UInt8> {
    text[node.key..<node.key + node.keyByteCount]
  }

  /// Half byte `position` of the node's key.
  func nibble(_ position: Int, of node: TrieNode) -> UInt8 {
    let byte = text[node.key + position / 2]
    return position % 2 == 0 ? byte >> 4 : byte & 0x0f
  }

  /// Where `key` leaves the path of `node`, the end of either at the latest.
  func divergence(of key: UnsafeBufferPointer<UInt8>, from node: TrieNode) -> Int {
    let limit = min(key.count * 2, Int(node.end))
    guard Int(node.start) < limit else { return limit }
    return text.withUnsafeBufferPointer { text in
      let path = UnsafeBufferPointer(rebasing: text[node.key..<node.key + node.keyByteCount])
      return path.firstDifferentNibble(from: key, in: Int(node.start)..<limit)
    }
  }

  private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    defer { text.append(contentsOf: bytes) }
    return text.count
  }

  private mutating func compactIfWasteful() {
    if wasted > Self.smallText && wasted > text.count / 2 { compact() }
  }

  private mutating func compact() {
    var kept: [UInt8] = []
    for index in nodes.indices where nodes[index].kind != .free {
      let node = nodes[index]
      nodes[index].key = kept.count
      kept.append(contentsOf: key(of: node))
      nodes[index].value = kept.count
      kept.append(contentsOf: value(of: node))
    }
    text = kept
    wasted = 0
  }
}
