// Hashing what has changed, from the leaves up.

internal import CKernels
internal import Crypto
internal import Primitives

extension TrieWorker {
  /// Notes what has to be hashed in the trie in hand, or below one choice of its top: `child`, which
  /// begins at half byte `start` of the keys and has changed. Its hash will stand at `hash` after
  /// `finishHashes`. Below the tops of tries, many may be noted at once.
  mutating func gather(_ child: TrieChild, start: Int, hash: UnsafeMutableRawPointer) {
    switch child.kind {
    case .none, .absent: break
    case .leaf:
      encodeLeaf(child.node, start: start, parent: 0, choice: 0, hash: hash)
    case .branch:
      gatherBranch(PendingNodes.Entry(node: child.node, parent: 0, choice: 0, hash: hash))
    }
  }

  /// Hashes everything that was noted.
  mutating func finishHashes() {
    batch.flush()
    var depth = pending.depth
    while depth > 0 {
      depth -= 1
      var any = false
      while let entry = pending.takeExtension(start: depth) {
        any = true
        let count = NodeEncoder.encodeExtension(branch(entry.node), at: batch.slot)
        submit(count, for: entry)
      }
      while let entry = pending.takeBranch(end: depth) {
        any = true
        encodeBranch(entry)
      }
      if any { batch.flush() }
    }
    pending.clear()
  }

  /// Notes the branch, after all that is stale below it.
  private mutating func gatherBranch(_ entry: PendingNodes.Entry) {
    let branch = branch(entry.node)
    let (stale, leaves, start) = (branch.stale, branch.leaves, branch.end + 1)
    branch.stale = 0
    for choice in ChoiceSequence(bits: stale) { prefetch(branch.node(choice)) }
    for choice in ChoiceSequence(bits: stale) {
      let (node, hash) = (branch.node(choice), branch.hash(choice))
      if leaves & BranchNode.bit(choice) != 0 {
        encodeLeaf(node, start: start, parent: entry.node, choice: choice, hash: hash)
      } else {
        gatherBranch(
          PendingNodes.Entry(node: node, parent: entry.node, choice: choice, hash: hash))
      }
    }
    pending.append(branch: entry, end: start - 1)
  }

  @inline(__always)
  private mutating func encodeLeaf(
    _ node: NodeIndex, start: Int, parent: NodeIndex, choice: Int, hash: UnsafeMutableRawPointer
  ) {
    let count = NodeEncoder.encode(
      leaf(node), start: start, isAccount: !trie.isStorage, at: batch.slot)
    submit(
      count, for: PendingNodes.Entry(node: node, parent: parent, choice: choice, hash: hash))
  }

  @inline(__always)
  private mutating func encodeBranch(_ entry: PendingNodes.Entry) {
    let branch = branch(entry.node)
    let count = NodeEncoder.encode(branch, at: batch.slot)
    guard branch.hasExtension else { return submit(count, for: entry) }
    if count < BranchNode.hashSize {
      branch.innerHash.copyMemory(from: batch.slot, byteCount: count)
      branch.marks.insert(.innerEmbedded)
    } else {
      batch.submit(count: count, to: branch.innerHash)
      branch.marks.remove(.innerEmbedded)
    }
    pending.append(extension: entry, start: branch.start)
  }

  /// Hashes the encoding in the slot, or puts it itself where a short one belongs.
  @inline(__always)
  private mutating func submit(_ count: Int, for entry: PendingNodes.Entry) {
    guard entry.parent != 0 else { return batch.submit(count: count, to: entry.hash) }
    let parent = branch(entry.parent)
    let bit = BranchNode.bit(Int(entry.choice))
    if count < BranchNode.hashSize {
      entry.hash.copyMemory(from: batch.slot, byteCount: count)
      parent.embedded |= bit
    } else {
      batch.submit(count: count, to: entry.hash)
      parent.embedded &= ~bit
    }
  }
}
