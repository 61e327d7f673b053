// The tries of storage.

internal import Primitives

extension StateTries {
  /// One account's storage in parts.
  private struct Large {
    let leaf: LeafNode
    let split: SplitTrie
  }

  /// Gives the tries of storage their new leaves, and the accounts the roots of their storage; only
  /// those with many changes if the others have been done with the accounts.
  func updateStorages(
    _ changes: borrowing KeyedChanges, smallAreDone: Bool, _ run: ConcurrentRun
  ) throws(StateReadError) {
    guard changes.slots.count > 0, !smallAreDone || changes.hasLargeStorage else { return }
    let (slots, words) = (changes.slots, UnsafePointer(changes.words))
    var groups: [[(leaf: LeafNode, changes: LeafChanges)]] = []
    var groupSize = 0
    var large: [Large] = []
    workers.pointee.words = words
    // Not by the changes of accounts: those have been moved about.
    for index in 0..<changes.accounts.count where changes.items[index].slotCount > 0 {
      let item = changes.items[index]
      if smallAreDone && item.slotCount < SplitTrie.threshold { continue }
      let leaf = workers.pointee.leaf(item.leaf)
      let part = slots.part(Int(item.firstSlot), Int(item.firstSlot + item.slotCount))
      if let split = try split(leaf, part) {
        large.append(Large(leaf: leaf, split: split))
        continue
      }
      if groups.isEmpty || groupSize >= SplitTrie.threshold {
        groups.append([])
        groupSize = 0
      }
      groups[groups.count - 1].append((leaf, part))
      groupSize += part.count
    }
    let parts = large.flatMap { large in large.split.parts.indices.map { (large, $0) } }
    try perform(parts.count + groups.count, run) { job, worker throws(StateReadError) in
      worker.words = words
      if job < parts.count {
        let (large, part) = parts[job]
        worker.trie = .storage(ofAccountWithHash: large.leaf.key.pointee)
        try large.split.update(part, &worker)
        large.split.hash(part, &worker)
      } else {
        for (leaf, changes) in groups[job - parts.count] {
          try worker.updateSmallStorage(of: leaf, changes)
        }
        worker.finishHashes()
      }
    }
    for large in large { try join(large) }
  }

  /// An account's storage in parts, where its changes are many.
  private func split(
    _ leaf: LeafNode, _ changes: LeafChanges
  ) throws(StateReadError) -> SplitTrie? {
    guard changes.count >= SplitTrie.threshold else { return nil }
    sortChanges(changes)
    return try withWorker(.storage(ofAccountWithHash: leaf.key.pointee)) {
      worker throws(StateReadError) in
      try worker.split(&leaf.link.pointee.top, hash: worker.storageRoot(of: leaf), changes)
    }
  }

  private func join(_ large: Large) throws(StateReadError) {
    let leaf = large.leaf
    try withWorker(.storage(ofAccountWithHash: leaf.key.pointee)) {
      worker throws(StateReadError) in
      let updated = try large.split.join(&worker)
      leaf.link.pointee.isUsed = true
      if updated.isChanged { worker.setStorage(of: leaf, to: updated.child) }
      if updated.child.kind != .none {
        worker.gather(updated.child, start: 0, hash: worker.storageRoot(of: leaf))
        worker.finishHashes()
      }
    }
  }
}
