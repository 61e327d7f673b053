// Making and freeing nodes.

internal import CKernels
internal import Primitives

extension TrieWorker {
  /// A leaf for a change that has a value.
  mutating func makeLeaf(_ change: LeafChange) -> NodeIndex {
    if change.value == .existing { return change.existing }
    if change.existing != 0 { return replaceLeaf(change.existing, change).node }
    if !trie.isStorage { return makeAccount(change) }
    let count = storeWord(change.item)
    return makeLeaf(change.key, value: UnsafeRawBufferPointer(start: scratch, count: count))
  }

  /// A leaf with the given value.
  mutating func makeLeaf(
    _ key: Hash256, value: UnsafeRawBufferPointer, hasLink: Bool = false
  ) -> NodeIndex {
    let size = LeafNode.size(valueCount: value.count, hasLink: hasLink)
    let node = nodes.allocate(size: size)
    let leaf = leaf(node)
    leaf.initialize(key: key, size: size, valueCount: value.count, hasLink: hasLink)
    UnsafeMutableRawBufferPointer(start: leaf.valueBytes, count: value.count)
      .copyMemory(from: value)
    if hasLink { leaf.link.pointee = LeafNode.StorageLink() }
    return node
  }

  /// Gives a leaf a new value; the leaf that has it, and whether it differs from before.
  mutating func replaceLeaf(
    _ node: NodeIndex, _ change: LeafChange
  ) -> (node: NodeIndex, isChanged: Bool) {
    if !trie.isStorage { return replaceAccount(node, change) }
    let leaf = leaf(node)
    let count = storeWord(change.item)
    let value = UnsafeRawBufferPointer(start: scratch, count: count)
    if leaf.valueCount == count && value.elementsEqual(leaf.value) { return (node, false) }
    if LeafNode.size(valueCount: count, hasLink: false) == leaf.size {
      leaf.setValueCount(count, hasLink: false)
      leaf.valueBytes.copyMemory(from: scratch, byteCount: count)
      return (node, true)
    }
    nodes.deallocate(node, size: leaf.size)
    return (makeLeaf(change.key, value: value), true)
  }

  /// Writes the word of a slot into the scratch; answers how many bytes it has.
  private func storeWord(_ item: UInt32) -> Int {
    let word = words[Int(item)]
    let count = word.byteCount
    scratch.storeMinimal(word, count: count)
    return count
  }

  /// A branch whose children are all to be hashed; `children` has a place for each choice.
  mutating func makeBranch(
    start: Int, end: Int, key: Hash256, present: UInt16,
    children: borrowing InlineArray<16, TrieChild>
  ) -> NodeIndex {
    let capacity = BranchNode.capacity(for: present.nonzeroBitCount)
    let isExtensible = start < end
    let node = nodes.allocate(size: BranchNode.size(capacity: capacity, isExtensible: isExtensible))
    let branch = branch(node)
    branch.initialize(start: start, end: end, capacity: capacity, isExtensible: isExtensible)
    branch.present = present
    for choice in branch.choices { branch.set(choice, to: children[choice]) }
    branch.stale = present
    branch.changed = isLoading ? 0 : present
    branch.epoch = isLoading ? epoch &- 2 : epoch
    if isExtensible { branch.prefix = key.prefix(nibbles: end) }
    return node
  }

  /// The branch with more room, and with room for an extension if it shall.
  mutating func enlarge(
    _ node: NodeIndex, capacity: Int, isExtensible: Bool? = nil
  ) -> NodeIndex {
    let old = branch(node)
    let isExtensible = isExtensible ?? old.marks.contains(.extensible)
    let larger = nodes.allocate(
      size: BranchNode.size(capacity: capacity, isExtensible: isExtensible))
    let branch = branch(larger)
    branch.initialize(
      start: old.start, end: old.end, capacity: capacity, isExtensible: isExtensible)
    branch.copy(from: old)
    nodes.deallocate(node, size: old.size)
    return larger
  }

  /// Frees a child with everything below it that is in memory.
  mutating func free(_ child: TrieChild) {
    switch child.kind {
    case .none, .absent: break
    case .leaf:
      let leaf = leaf(child.node)
      if leaf.hasLink { free(leaf.link.pointee.top) }
      nodes.deallocate(child.node, size: leaf.size)
    case .branch:
      let branch = branch(child.node)
      for choice in branch.choices { free(branch.child(choice)) }
      nodes.deallocate(child.node, size: branch.size)
    }
  }

  /// Asks for the cache lines where a descent into the node begins.
  @inline(__always)
  func prefetch(_ node: NodeIndex) {
    let memory = memory(node)
    nt_prefetch(memory)
    nt_prefetch(memory + 64)
  }
}
