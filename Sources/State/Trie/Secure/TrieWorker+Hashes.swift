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
      encodeLeaf(
        PendingNodes.Entry(node: child.node, parent: 0, choice: 0, hash: hash), start: start)
    case .branch:
      gatherBranch(PendingNodes.Entry(node: child.node, parent: 0, choice: 0, hash: hash))
    }
  }

  /// Hashes everything that was noted.
  mutating func finishHashes() {
    let start = SuspendingClock.now
    defer { timeForHashes += SuspendingClock.now - start }
    let leaves = pending.leaves
    for index in 0..<leaves.pointee.count {
      if index &+ Self.lookAhead < leaves.pointee.count {
        prefetch(leaves.pointee.entries[index &+ Self.lookAhead].node)
      }
      let entry = leaves.pointee.entries[index]
      encodeLeaf(entry, start: branch(entry.parent).end &+ 1)
    }
    leaves.pointee.removeAll()
    batch.flush()
    var depth = pending.depth
    while depth > 0 {
      depth -= 1
      let (extensions, branches) = (
        pending.extensions(start: depth), pending.branches(end: depth)
      )
      guard extensions.pointee.count + branches.pointee.count > 0 else { continue }
      for index in 0..<extensions.pointee.count {
        let entry = extensions.pointee.entries[index]
        let count = NodeEncoder.encodeExtension(branch(entry.node), at: batch.slot)
        submit(count, for: entry)
      }
      for index in 0..<branches.pointee.count {
        if index &+ Self.lookAhead < branches.pointee.count {
          prefetchWhole(branches.pointee.entries[index &+ Self.lookAhead].node)
        }
        encodeBranch(branches.pointee.entries[index])
      }
      batch.flush()
      extensions.pointee.removeAll()
      branches.pointee.removeAll()
    }
    pending.clear()
  }

  /// How many branches ahead memory is asked for.
  private static var lookAhead: Int { 6 }

  /// Asks for all cache lines of a branch.
  @inline(__always)
  private func prefetchWhole(_ node: NodeIndex) {
    let branch = branch(node)
    let end = branch.memory + branch.size &* NodePool.unit
    var line = branch.memory + 64
    while line < end {
      nt_prefetch(line)
      line += 64
    }
  }

  /// Notes the branch, after all that is stale below it.
  private mutating func gatherBranch(_ entry: PendingNodes.Entry) {
    let branch = branch(entry.node)
    let (stale, leaves, start) = (branch.stale, branch.leaves, branch.end + 1)
    branch.stale = 0
    if leaves != stale {
      for choice in ChoiceSequence(bits: stale & ~leaves) { prefetch(branch.node(choice)) }
    }
    for choice in ChoiceSequence(bits: stale) {
      let below = PendingNodes.Entry(
        node: branch.node(choice), parent: entry.node, choice: choice, hash: branch.hash(choice))
      if leaves & BranchNode.bit(choice) != 0 {
        pending.leaves.pointee.append(below)
      } else {
        gatherBranch(below)
      }
    }
    pending.append(branch: entry, end: start - 1)
  }

  @inline(__always)
  private mutating func encodeLeaf(_ entry: PendingNodes.Entry, start: Int) {
    let count = NodeEncoder.encode(
      leaf(entry.node), start: start, isAccount: !trie.isStorage, at: batch.slot)
    submit(count, for: entry)
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
    pending.extensions(start: branch.start).pointee.append(entry)
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
