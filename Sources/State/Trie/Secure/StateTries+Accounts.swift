// The trie of accounts.

internal import Ledger
internal import Primitives

extension StateTries {
  /// Gives the trie of accounts its new leaves, but for roots of storage; nothing is hashed yet.
  func updateAccounts(
    _ changes: borrowing KeyedChanges, _ run: ConcurrentRun
  ) throws(StateReadError) {
    let (accounts, items) = (changes.accounts, changes.items)
    func prepare(_ worker: inout TrieWorker) {
      worker.trie = .accounts
      worker.accounts = items
    }
    prepare(&workers.pointee)
    let updated: TrieWorker.Updated
    let split = try withWorker(.accounts) { worker throws(StateReadError) in
      try worker.split(&top, hash: rootBytes, accounts)
    }
    if let split {
      try perform(split.parts.count, run) { job, worker throws(StateReadError) in
        prepare(&worker)
        try split.update(job, &worker)
      }
      updated = try withWorker(.accounts) { worker throws(StateReadError) in
        try split.join(&worker, isHashed: false)
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
