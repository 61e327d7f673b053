// A trie whose parts are changed at a time.

internal import Primitives

/// A trie's top branch with the changes below each of its choices: a job for each.
final class SplitTrie {
  /// The branch, with room for all choices.
  let node: NodeIndex
  /// The choices with their changes.
  let parts: [(choice: Int, changes: LeafChanges)]
  /// What became of each part.
  private let updated: UnsafeMutablePointer<TrieWorker.Updated>
  /// Whether each part has its hash.
  private let isHashed: UnsafeMutablePointer<Bool>

  /// Fewer changes are not worth sharing out.
  static let threshold = 512

  init(node: NodeIndex, changes: LeafChanges) {
    self.node = node
    var parts: [(Int, LeafChanges)] = []
    var position = 0
    while position < changes.count {
      let end = changes.endOfGroup(position, at: 0)
      parts.append((changes[position].key.nibble(0), changes.part(position, end)))
      position = end
    }
    self.parts = parts
    updated = .allocate(capacity: parts.count)
    updated.initialize(
      repeating: TrieWorker.Updated(child: .none, isChanged: false), count: parts.count)
    isHashed = .allocate(capacity: parts.count)
    isHashed.initialize(repeating: false, count: parts.count)
  }

  deinit {
    updated.deallocate()
    isHashed.deallocate()
  }

  /// Makes the changes of one part.
  func update(_ part: Int, _ worker: inout TrieWorker) throws(StateReadError) {
    let (choice, changes) = parts[part]
    let branch = worker.branch(node)
    var result = try worker.update(
      branch.child(choice), hash: branch.hash(choice), isEmbedded: false, changes, start: 1)
    // A change may have been made ahead of the others.
    if branch.stale & BranchNode.bit(choice) != 0 { result.isChanged = true }
    updated[part] = result
  }

  /// Hashes what has changed in one part.
  func hash(_ part: Int, _ worker: inout TrieWorker) {
    guard updated[part].isChanged else { return }
    isHashed[part] = true
    worker.gather(
      updated[part].child, start: 1, hash: worker.branch(node).hash(parts[part].choice))
    worker.finishHashes()
  }

  /// Puts the parts together again.
  func join(_ worker: inout TrieWorker) throws(StateReadError) -> TrieWorker.Updated {
    var node = node
    var isChanged = false
    for (part, (choice, _)) in parts.enumerated() {
      // There is room, so that it stays where it is.
      worker.setChild(&node, choice, updated[part])
      isChanged = isChanged || updated[part].isChanged
      if isHashed[part] { worker.branch(node).stale &= ~BranchNode.bit(choice) }
    }
    let branch = worker.branch(node)
    branch.marks.insert(.used)
    if isChanged { branch.epoch = worker.epoch }
    guard branch.childCount > 1 else {
      return .init(child: try worker.collapse(node, key: .zero), isChanged: isChanged)
    }
    let child = TrieChild(node: node, kind: .branch, leafCount: branch.leafCount)
    return .init(child: child, isChanged: isChanged)
  }
}

extension TrieWorker {
  /// The trie in hand split for changes, where these are many and the top of the trie is, or becomes,
  /// a branch without an extension.
  mutating func split(
    _ top: inout TrieChild, hash: UnsafeRawPointer, _ changes: LeafChanges
  ) throws(StateReadError) -> SplitTrie? {
    guard changes.count >= SplitTrie.threshold else { return nil }
    if top.kind == .absent {
      top = try load(top, at: .empty, hash: hash, isEmbedded: false)
    }
    if top.kind != .branch || branch(top.node).end > 0 { try seed(&top, changes) }
    guard top.kind == .branch, branch(top.node).end == 0 else { return nil }
    if branch(top.node).capacity < 16 { top.node = enlarge(top.node, capacity: 16) }
    return SplitTrie(node: top.node, changes: changes)
  }

  /// Makes one change below each choice ahead of the others, so that the top becomes a branch.
  private mutating func seed(
    _ top: inout TrieChild, _ changes: LeafChanges
  ) throws(StateReadError) {
    var seeds: [LeafChange] = []
    for change in changes
    where change.value != .none && seeds.last?.key.nibble(0) != change.key.nibble(0) {
      seeds.append(change)
    }
    guard seeds.count > 1 else { return }
    let seeded = LeafChanges.allocate(capacity: seeds.count)
    defer { seeded.deallocate() }
    _ = seeded.initialize(fromContentsOf: seeds)
    // Nothing here is absent.
    top = try update(top, hash: scratch, isEmbedded: false, seeded, start: 0).child
  }
}
