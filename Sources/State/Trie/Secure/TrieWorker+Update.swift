// Changes on their way down a trie.

internal import CKernels
internal import Primitives

extension TrieWorker {
  /// What an update left in a place.
  struct Updated {
    var child: TrieChild
    /// Whether its hash is another one.
    var isChanged: Bool
  }

  /// Makes changes, all of them below `child`, which begins with half byte `start` of the keys. Its
  /// hash, or its encoding in the place of that, is needed if it is not in memory.
  mutating func update(
    _ child: TrieChild, hash: UnsafeRawPointer, isEmbedded: Bool, _ changes: LeafChanges, start: Int
  ) throws(StateReadError) -> Updated {
    switch child.kind {
    case .none: return build(changes, start: start)
    case .leaf: return updateLeaf(child.node, changes, start: start)
    case .branch: return try updateBranch(child.node, changes, start: start)
    case .absent:
      let path = NibblePath(changes[0].key, count: start)
      let loaded = try load(child, at: path, hash: hash, isEmbedded: isEmbedded)
      return try update(loaded, hash: hash, isEmbedded: isEmbedded, changes, start: start)
    }
  }

  // MARK: - Leaves

  private mutating func updateLeaf(
    _ node: NodeIndex, _ changes: LeafChanges, start: Int
  ) -> Updated {
    let key = leaf(node).key.pointee
    if changes.count == 1 && changes[0].key == key {
      guard changes[0].value != .none else {
        removeLeaf(node)
        return Updated(child: .none, isChanged: true)
      }
      let (replaced, isChanged) = replaceLeaf(node, changes[0])
      return Updated(child: .leaf(replaced), isChanged: isChanged)
    }
    // The leaf becomes one of the changes.
    let isChanged = changes.contains { $0.value != .none || $0.key == key }
    guard isChanged else { return Updated(child: .leaf(node), isChanged: false) }
    return withUnsafeTemporaryAllocation(of: LeafChange.self, capacity: changes.count + 1) { all in
      let place = changes.firstIndex { $0.key >= key } ?? changes.count
      _ = all.initialize(fromContentsOf: changes[..<place])
      var count = place
      if place == changes.count || changes[place].key != key {
        all.initializeElement(
          at: place, to: LeafChange(key: key, existing: node, value: .existing))
        count += 1
      }
      for index in place..<changes.count {
        all.initializeElement(at: count, to: changes[index])
        if changes[index].key == key { all[count].existing = node }
        count += 1
      }
      return build(all.part(0, count), start: start)
    }
  }

  private mutating func removeLeaf(_ node: NodeIndex) {
    let leaf = leaf(node)
    noteRemoval(of: leaf.key.pointee)
    if !trie.isStorage { wipeStorage(of: node) }
    nodes.deallocate(node, size: leaf.size)
  }

  /// Makes a trie where there is none, of the changes that have a value.
  mutating func build(_ changes: LeafChanges, start: Int) -> Updated {
    for change in changes where change.value == .none && change.existing != 0 {
      removeLeaf(change.existing)
    }
    let built = changes.movingTogether { $0.value != .none }
    guard !built.isEmpty else {
      return Updated(child: .none, isChanged: changes.contains { $0.existing != 0 })
    }
    return Updated(child: buildPart(built, start: start), isChanged: true)
  }

  private mutating func buildPart(_ changes: LeafChanges, start: Int) -> TrieChild {
    let first = changes[0].key
    if changes.count == 1 { return .leaf(makeLeaf(changes[0])) }
    let end = first.commonNibbles(with: changes[changes.count - 1].key)
    var children = InlineArray<16, TrieChild>(repeating: .none)
    var present: UInt16 = 0
    var position = 0
    while position < changes.count {
      let groupEnd = changes.endOfGroup(position, at: end)
      let choice = changes[position].key.nibble(end)
      children[choice] = buildPart(changes.part(position, groupEnd), start: end + 1)
      present |= BranchNode.bit(choice)
      position = groupEnd
    }
    let node = makeBranch(
      start: start, end: end, key: first, present: present, children: children)
    return TrieChild(node: node, kind: .branch, leafCount: UInt32(changes.count))
  }

  // MARK: - Branches

  private mutating func updateBranch(
    _ node: NodeIndex, _ changes: LeafChanges, start: Int
  ) throws(StateReadError) -> Updated {
    let branch = branch(node)
    branch.marks.insert(.used)
    guard branch.hasExtension else { return try updateChildren(node, changes) }
    let unchanged = Updated(
      child: TrieChild(node: node, kind: .branch, leafCount: branch.leafCount), isChanged: false)
    let (prefix, end) = (branch.prefix, branch.end)
    func leaves(_ key: Hash256) -> Bool { key.commonNibbles(with: prefix) < end }
    if !leaves(changes[0].key) && !leaves(changes[changes.count - 1].key) {
      return try updateChildren(node, changes)
    }
    // What is not there need not be removed.
    let relevant = changes.movingTogether { !leaves($0.key) || $0.value != .none }
    guard let first = relevant.first, let last = relevant.last else { return unchanged }
    let split = min(
      first.key.commonNibbles(with: prefix), last.key.commonNibbles(with: prefix))
    if split >= end { return try updateChildren(node, relevant) }
    return try splitExtension(node, at: split, relevant)
  }

  /// Makes a branch in the middle of an extension.
  private mutating func splitExtension(
    _ node: NodeIndex, at split: Int, _ changes: LeafChanges
  ) throws(StateReadError) -> Updated {
    let branch = branch(node)
    let (start, prefix) = (branch.start, branch.prefix)
    forgetRecord(of: branch, key: prefix, count: start)
    branch.start = split + 1
    branch.epoch = epoch
    var children = InlineArray<16, TrieChild>(repeating: .none)
    children[prefix.nibble(split)] = TrieChild(
      node: node, kind: .branch, leafCount: branch.leafCount)
    var position = 0
    while position < changes.count {
      let groupEnd = changes.endOfGroup(position, at: split)
      let choice = changes[position].key.nibble(split)
      let group = changes.part(position, groupEnd)
      // Only the branch has a hash, and that is in memory.
      children[choice] = try update(
        children[choice], hash: scratch, isEmbedded: false, group, start: split + 1
      ).child
      position = groupEnd
    }
    var present: UInt16 = 0
    var leafCount: UInt32 = 0
    for choice in 0..<16 where children[choice].kind != .none {
      present |= BranchNode.bit(choice)
      leafCount += children[choice].leafCount
    }
    let made = makeBranch(
      start: start, end: split, key: prefix, present: present, children: children)
    let child = TrieChild(node: made, kind: .branch, leafCount: leafCount)
    // All below the old branch may be gone.
    guard present.nonzeroBitCount > 1 else {
      return Updated(child: try collapse(made, key: prefix), isChanged: true)
    }
    return Updated(child: child, isChanged: true)
  }

  private mutating func updateChildren(
    _ node: NodeIndex, _ changes: LeafChanges
  ) throws(StateReadError) -> Updated {
    var node = node
    let end = branch(node).end
    let isChanged: Bool
    if changes.count == 1 {
      isChanged = try updateChild(&node, changes, changes[0].key.nibble(end), start: end + 1)
    } else {
      let isFirst = !isWarm && changes.count <= Self.warmth
      if isFirst {
        warm(node, changes)
        isWarm = true
      }
      defer { if isFirst { isWarm = false } }
      var anyChanged = false
      var position = 0
      while position < changes.count {
        let groupEnd = changes.endOfGroup(position, at: end)
        let group = changes.part(position, groupEnd)
        if try updateChild(&node, group, group[0].key.nibble(end), start: end + 1) {
          anyChanged = true
        }
        position = groupEnd
      }
      isChanged = anyChanged
    }
    let branch = branch(node)
    if isChanged { branch.epoch = epoch }
    if branch.childCount > 1 {
      let child = TrieChild(node: node, kind: .branch, leafCount: branch.leafCount)
      return Updated(child: child, isChanged: isChanged)
    }
    return Updated(child: try collapse(node, key: changes[0].key), isChanged: true)
  }

  /// How many changes go down ahead of their own descent.
  private static var warmth: Int { 128 }

  /// Goes down the ways of all changes side by side and asks for the memory of each next node, so that
  /// waiting for one is waiting for all.
  private func warm(_ node: NodeIndex, _ changes: LeafChanges) {
    withUnsafeTemporaryAllocation(of: (NodeIndex, UInt32).self, capacity: changes.count) { ways in
      for index in 0..<changes.count {
        ways.initializeElement(at: index, to: (node, UInt32(truncatingIfNeeded: index)))
        prefetchItem(changes[index].item)
      }
      var count = changes.count
      while count > 0 {
        var left = 0
        for way in ways[..<count] {
          let branch = branch(way.0)
          let choice = changes[Int(way.1)].key.nibble(branch.end)
          let bit = BranchNode.bit(choice)
          guard branch.present & bit != 0 else { continue }
          let next = branch.node(choice)
          prefetch(next)
          guard next != 0 && branch.leaves & bit == 0 else { continue }
          ways[left] = (next, way.1)
          left &+= 1
        }
        count = left
      }
    }
  }

  @inline(__always)
  private func prefetchItem(_ item: UInt32) {
    if trie.isStorage {
      nt_prefetch(words + Int(item))
    } else {
      nt_prefetch(accounts + Int(item))
      nt_prefetch(UnsafeRawPointer(accounts + Int(item)) + 64)
    }
  }

  /// Changes what stands below one choice; whether it changed. The branch may move.
  private mutating func updateChild(
    _ node: inout NodeIndex, _ changes: LeafChanges, _ choice: Int, start: Int
  ) throws(StateReadError) -> Bool {
    let branch = branch(node)
    let child = branch.child(choice)
    let isEmbedded = branch.embedded & BranchNode.bit(choice) != 0
    let updated = try update(
      child, hash: branch.hash(choice), isEmbedded: isEmbedded, changes, start: start)
    setChild(&node, choice, updated)
    return updated.isChanged
  }

  /// Puts what an update left below a choice of a branch, which may move.
  mutating func setChild(_ node: inout NodeIndex, _ choice: Int, _ updated: Updated) {
    var branch = branch(node)
    let bit = BranchNode.bit(choice)
    if branch.present & bit == 0 {
      guard updated.child.kind != .none else { return }
      if branch.childCount == branch.capacity {
        node = enlarge(node, capacity: BranchNode.capacity(for: branch.childCount + 1))
        branch = self.branch(node)
      }
      branch.insert(choice, updated.child)
    } else if updated.child.kind == .none {
      branch.remove(choice)
      return
    } else {
      branch.set(choice, to: updated.child)
    }
    if updated.isChanged {
      branch.stale |= bit
      branch.changed |= bit
    }
  }

  /// What is left of a branch with one child or none, whose keys begin as `key` up to its choice.
  mutating func collapse(_ node: NodeIndex, key: Hash256) throws(StateReadError) -> TrieChild {
    let branch = branch(node)
    let (start, end) = (branch.start, branch.end)
    forgetRecord(of: branch, key: key, count: start)
    guard let choice = branch.choices.first(where: { _ in true }) else {
      nodes.deallocate(node, size: branch.size)
      return .none
    }
    let path = NibblePath(key.prefix(nibbles: end, then: choice), count: end + 1)
    var child = branch.child(choice)
    if child.kind == .absent {
      child = try load(
        child, at: path, hash: branch.hash(choice),
        isEmbedded: branch.embedded & BranchNode.bit(choice) != 0)
    }
    nodes.deallocate(node, size: branch.size)
    guard child.kind == .branch else { return child }
    // The child takes the half bytes over.
    var lower = self.branch(child.node)
    forgetRecord(of: lower, key: path.key, count: path.count)
    if !lower.marks.contains(.extensible) {
      child.node = enlarge(child.node, capacity: lower.capacity, isExtensible: true)
      lower = self.branch(child.node)
      lower.prefix = path.key
    }
    lower.start = start
    lower.epoch = epoch
    return child
  }
}
