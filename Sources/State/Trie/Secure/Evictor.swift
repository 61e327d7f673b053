// Parts of tries that leave memory.

internal import Primitives

/// Where eviction goes on: at this account, and in its storage at this slot.
struct EvictionHand: BitwiseCopyable {
  var account = Hash256.zero
  var slot = Hash256.zero

  static var start: EvictionHand { EvictionHand() }
}

/// Goes over all parts of the tries by rising key, again and again, and drops those that the store has
/// and that nobody has visited since it last came by.
///
/// A part is what hangs below a branch with a record and has none itself; branches with records follow
/// when nothing of them is left in memory.
struct Evictor: ~Copyable {
  /// Frees what is dropped.
  private let worker: UnsafeMutablePointer<TrieWorker>
  private let unsavedEpochs: UInt16
  /// Bytes of the worker's nodes at which it is enough; the worker has freed more than it made, maybe.
  private let goal: Int
  private(set) var hand: EvictionHand
  /// What happened to a place.
  private enum Outcome {
    /// It is not in memory any more.
    case dropped
    case kept
    /// It is enough; the hand tells where.
    case enough
  }

  init(
    worker: UnsafeMutablePointer<TrieWorker>, excess: Int, unsavedEpochs: UInt16, hand: EvictionHand
  ) {
    self.worker = worker
    self.unsavedEpochs = unsavedEpochs
    self.hand = hand
    goal = worker.pointee.nodes.bytesInUse - excess
  }

  private var isEnough: Bool { worker.pointee.nodes.bytesInUse <= goal }

  /// Goes over the accounts from the hand on, with their storage; whether it is enough then.
  mutating func sweep(_ top: TrieChild) -> Bool {
    guard top.kind != .absent else { return isEnough }
    let start = hand.account
    if top.kind == .branch && top.leafCount >= TrieWorker.recordThreshold {
      if case .enough = sweepAccounts(below: top, key: .zero, from: start) { return true }
    } else {
      _ = sweepStorages(below: top, from: start)
    }
    hand = .start
    return isEnough
  }

  // MARK: - Accounts

  /// Goes over the parts below a branch with a record from the key `from` on.
  private mutating func sweepAccounts(
    below child: TrieChild, key: Hash256, from: Hash256
  ) -> Outcome {
    let branch = worker.pointee.branch(child.node)
    let (key, end) = (branch.hasExtension ? branch.prefix : key, branch.end)
    for choice in branch.choices { worker.pointee.prefetch(branch.node(choice)) }
    var rest = branch.choices
    _ = rest.next()
    for choice in branch.choices {
      // The leaves of the next part come while this one is looked at.
      if let next = rest.next() { prefetchPart(branch.child(next)) }
      let path = key.prefix(nibbles: end, then: choice)
      let last = path.filled(from: end + 1)
      if last < from { continue }
      let below = branch.child(choice)
      let outcome: Outcome
      if below.kind == .absent {
        continue
      } else if below.kind == .branch && below.leafCount >= TrieWorker.recordThreshold {
        outcome = sweepAccounts(below: below, key: path, from: from)
      } else {
        outcome = sweepPart(below, of: branch, from: from)
      }
      if case .enough = outcome { return .enough }
      if case .dropped = outcome { drop(choice, of: branch) }
      if isEnough {
        hand = EvictionHand(account: last)
        return .enough
      }
    }
    return verdict(on: branch)
  }

  private func prefetchPart(_ part: TrieChild) {
    guard part.kind == .branch, part.leafCount < TrieWorker.recordThreshold else { return }
    let branch = worker.pointee.branch(part.node)
    for choice in branch.choices { worker.pointee.prefetch(branch.node(choice)) }
  }

  /// A part of the accounts' trie: it goes with all of its storage, or stays.
  private mutating func sweepPart(
    _ part: TrieChild, of parent: BranchNode, from: Hash256
  ) -> Outcome {
    let storages = sweepStorages(below: part, from: from)
    if case .dropped = storages, isCold(part, of: parent) {
      worker.pointee.free(part)
      return .dropped
    }
    if case .enough = storages { return .enough }
    return .kept
  }

  /// Goes over the storage of the accounts below `child` from the key `from` on; dropped when no storage
  /// is in memory any more.
  private mutating func sweepStorages(below child: TrieChild, from: Hash256) -> Outcome {
    switch child.kind {
    case .none, .absent: return .dropped
    case .leaf:
      let leaf = worker.pointee.leaf(child.node)
      guard leaf.hasLink else { return .dropped }
      let key = leaf.key.pointee
      let top = leaf.link.pointee.top
      if top.kind == .none || top.kind == .absent { return .dropped }
      if key < from { return .kept }
      let outcome = sweepStorage(of: leaf, from: key == from ? hand.slot : .zero)
      if case .enough = outcome { hand.account = key }
      return outcome
    case .branch:
      let branch = worker.pointee.branch(child.node)
      var result = Outcome.dropped
      for choice in branch.choices {
        switch sweepStorages(below: branch.child(choice), from: from) {
        case .dropped: break
        case .kept: result = .kept
        case .enough: return .enough
        }
      }
      return result
    }
  }

  // MARK: - Storage

  private mutating func sweepStorage(of leaf: LeafNode, from: Hash256) -> Outcome {
    let link = leaf.link
    let top = link.pointee.top
    let isLarge = top.kind == .branch && top.leafCount >= TrieWorker.recordThreshold
    if isLarge {
      let outcome = sweepSlots(below: top, key: .zero, from: from)
      guard case .dropped = outcome else { return outcome }
    } else {
      // A leaf alone changes when its account does, whose part is looked at then.
      let isUsed = link.pointee.isUsed
      link.pointee.isUsed = false
      if top.kind == .branch {
        guard isSaved(worker.pointee.branch(top.node)) else { return .kept }
      }
      guard !isUsed, !link.pointee.isChanged, top.kind == .branch || unsavedEpochs == 1 else {
        return .kept
      }
    }
    worker.pointee.free(top)
    link.pointee.top = TrieChild(kind: .absent, leafCount: top.leafCount)
    return .dropped
  }

  /// Goes over the parts below a branch with a record from the key `from` on.
  private mutating func sweepSlots(
    below child: TrieChild, key: Hash256, from: Hash256
  ) -> Outcome {
    let branch = worker.pointee.branch(child.node)
    let (key, end) = (branch.hasExtension ? branch.prefix : key, branch.end)
    for choice in branch.choices {
      let path = key.prefix(nibbles: end, then: choice)
      let last = path.filled(from: end + 1)
      if last < from { continue }
      let below = branch.child(choice)
      if below.kind == .absent { continue }
      if below.kind == .branch && below.leafCount >= TrieWorker.recordThreshold {
        switch sweepSlots(below: below, key: path, from: from) {
        case .enough: return .enough
        case .dropped: drop(choice, of: branch)
        case .kept: break
        }
      } else if isCold(below, of: branch) {
        worker.pointee.free(below)
        drop(choice, of: branch)
      }
      if isEnough {
        hand.slot = last
        return .enough
      }
    }
    return verdict(on: branch)
  }

  // MARK: - Nodes

  /// Whether the store has all that is below a branch.
  private func isSaved(_ branch: BranchNode) -> Bool {
    branch.changed == 0 && worker.pointee.epoch &- branch.epoch >= unsavedEpochs
  }

  /// Whether a part may go. Its mark is taken away, so that it may go the next time.
  private func isCold(_ part: TrieChild, of parent: BranchNode) -> Bool {
    // A leaf alone goes with the branch above it.
    let branch = part.kind == .branch ? worker.pointee.branch(part.node) : parent
    let isUsed = branch.marks.contains(.used)
    if part.kind == .branch { branch.marks.remove(.used) }
    return !isUsed && isSaved(branch)
  }

  /// Whether a branch with a record, whose parts have had their turn, may go itself.
  private func verdict(on branch: BranchNode) -> Outcome {
    let isUsed = branch.marks.contains(.used)
    branch.marks.remove(.used)
    guard !isUsed, isSaved(branch), branch.choices.allSatisfy({ branch.node($0) == 0 }) else {
      return .kept
    }
    return .dropped
  }

  private func drop(_ choice: Int, of branch: BranchNode) {
    let child = branch.child(choice)
    // A branch with a record is freed here; a part has been.
    if child.kind == .branch && child.leafCount >= TrieWorker.recordThreshold {
      worker.pointee.free(child)
    }
    branch.set(choice, to: TrieChild(kind: .absent, leafCount: child.leafCount))
  }
}

extension Hash256 {
  /// The half bytes before `position`, then nothing but ones.
  fileprivate func filled(from position: Int) -> Hash256 {
    position == 64 ? self : Hash256(word | (UInt256.max &>> (4 * position)))
  }
}
