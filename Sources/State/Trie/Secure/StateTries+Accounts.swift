// The trie of accounts.

internal import Ledger
internal import Primitives

extension StateTries {
  /// Gives the trie of accounts its new leaves. If there are many, their storage follows at once where
  /// its changes are few, and what is complete then is hashed while it is near; answers whether it is so.
  func updateAccounts(
    _ changes: borrowing KeyedChanges, _ run: ConcurrentRun
  ) throws(StateReadError) -> Bool {
    let (accounts, items) = (changes.accounts, changes.items)
    let (slots, words) = (changes.slots, UnsafePointer(changes.words))
    workers.pointee.accounts = items
    let split = try withWorker(.accounts) { worker throws(StateReadError) in
      try worker.split(&top, hash: rootBytes, accounts)
    }
    let updated: TrieWorker.Updated
    if let split {
      try perform(split.parts.count, run) { job, worker throws(StateReadError) in
        worker.trie = .accounts
        worker.accounts = items
        worker.words = words
        // The changes are moved about by the update.
        let withStorage = split.parts[job].changes.filter { items[Int($0.item)].slotCount > 0 }
          .map { Int($0.item) }
        try split.update(job, &worker)
        var isComplete = true
        for index in withStorage {
          guard items[index].slotCount < SplitTrie.threshold else {
            isComplete = false
            continue
          }
          let first = Int(items[index].firstSlot)
          try worker.updateSmallStorage(
            of: worker.leaf(items[index].leaf),
            slots.part(first, first + Int(items[index].slotCount)))
        }
        worker.finishHashes()
        worker.trie = .accounts
        if isComplete { split.hash(job, &worker) }
      }
      updated = try withWorker(.accounts) { worker throws(StateReadError) in
        try split.join(&worker)
      }
    } else {
      updated = try withWorker(.accounts) { worker throws(StateReadError) in
        try worker.update(top, hash: rootBytes, isEmbedded: false, accounts, start: 0)
      }
    }
    top = updated.child
    if updated.isChanged {
      isChanged = true
      isStale = true
    }
    return split != nil
  }

  /// Hashes what has changed in the trie of accounts.
  func hashAccounts(_ run: ConcurrentRun) throws(StateReadError) {
    guard top.kind != .none else { return Header.emptyTrieRoot.store(at: rootBytes) }
    guard isStale else { return }
    if top.kind == .branch {
      let branch = workers.pointee.branch(top.node)
      if branch.isSplittable && branch.stale.nonzeroBitCount > 1 {
        let choices = Array(ChoiceSequence(bits: branch.stale))
        try perform(choices.count, run) { job, worker throws(StateReadError) in
          worker.trie = .accounts
          worker.gather(
            branch.child(choices[job]), start: 1, hash: branch.hash(choices[job]))
          worker.finishHashes()
        }
        branch.stale = 0
      }
    }
    try withWorker(.accounts) { worker throws(StateReadError) in
      worker.gather(top, start: 0, hash: rootBytes)
      worker.finishHashes()
    }
    isStale = false
  }
}
