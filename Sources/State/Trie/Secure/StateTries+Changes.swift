// Handing changes over to a store.

internal import Primitives

extension StateTries {
  /// Everything that changed since the last call. Until `changesAreStored`, none of it leaves memory.
  /// Nothing after an error: what the tries hold then must not be stored.
  public func takeChanges(run: ConcurrentRun = StateTries.alone) -> TrieChanges {
    guard isUsable else { return .none }
    var noted: [Removals] = []
    for worker in 0..<workerCount {
      noted.append(workers[worker].removals)
      workers[worker].removals = Removals()
      workers[worker].epoch &+= 1
    }
    unsavedEpochs += 1
    let removals = SortedRemovals(noted)
    let parts = isChanged ? collect(removals, run) : collectRemovals(removals)
    isChanged = false
    return TrieChanges(wipedStorages: removals.storages, parts: parts)
  }

  /// Says that the store has all changes that were taken.
  public func changesAreStored() {
    unsavedEpochs = 1
    evictionThreshold = memoryLimit
  }

  private func collectRemovals(_ removals: SortedRemovals) -> [TrieChanges.Part] {
    var collector = ChangeCollector(
      removals: removals, choices: 0...15, nodes: workers.pointee.nodes.base)
    collector.finish()
    return [collector.part]
  }

  private func collect(
    _ removals: SortedRemovals, _ run: ConcurrentRun
  ) -> [TrieChanges.Part] {
    let nodes = workers.pointee.nodes.base
    guard top.kind == .branch, workers.pointee.branch(top.node).end == 0 else {
      var collector = ChangeCollector(removals: removals, choices: 0...15, nodes: nodes)
      collector.collectAccounts(top, key: .zero)
      collector.finish()
      return [collector.part]
    }
    // The top has a record of its own, before all others.
    let branch = workers.pointee.branch(top.node)
    let changed = branch.changed
    branch.changed = 0
    let parts = UnsafeMutablePointer<TrieChanges.Part>.allocate(capacity: 16)
    defer { parts.deallocate() }
    func collect(_ choice: Int) {
      var collector = ChangeCollector(removals: removals, choices: choice...choice, nodes: nodes)
      if choice == 0 {
        collector.collect(recordOf: branch, leafCount: top.leafCount, of: nil, key: .zero)
      }
      if changed & BranchNode.bit(choice) != 0 {
        collector.collectAccounts(
          branch.child(choice), key: Hash256.zero.prefix(nibbles: 0, then: choice))
      }
      collector.finish()
      (parts + choice).initialize(to: collector.part)
    }
    run(16) { choice, _ in collect(choice) }
    defer { parts.deinitialize(count: 16) }
    return (0..<16).map { parts[$0] }
  }
}
