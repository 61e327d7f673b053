// Changed leaves and branches, gathered in order.

internal import CKernels
internal import Primitives

/// One kind of removed things by rising key, and how far they have been told.
struct RemovalQueue<Key: Comparable>: ~Copyable {
  private let keys: ArraySlice<Key>
  private var next: Int

  init(_ keys: ArraySlice<Key>) {
    self.keys = keys
    next = keys.startIndex
  }

  /// Tells those below `key`, and forgets `key` itself.
  mutating func advance(to key: Key, _ tell: (Key) -> Void) {
    while next < keys.endIndex && keys[next] <= key {
      if keys[next] < key { tell(keys[next]) }
      next += 1
    }
  }

  /// Tells those that are left.
  mutating func finish(_ tell: (Key) -> Void) {
    while next < keys.endIndex {
      tell(keys[next])
      next += 1
    }
  }
}

/// Gathers what has changed in one part of the accounts' trie, and in the storage below.
struct ChangeCollector: ~Copyable {
  private(set) var part = TrieChanges.Part()
  private var accounts: RemovalQueue<Hash256>
  private var slots: RemovalQueue<Removals.StorageKey>
  private var accountBranches: RemovalQueue<NibblePath>
  private var storageBranches: RemovalQueue<Removals.StoragePath>
  private let nodes: UnsafeMutableRawPointer
  /// Room for a key and a record.
  private let scratch = UnsafeMutableRawPointer.allocate(
    byteCount: 128 + BranchRecord.maximumSize, alignment: 8)
  private var record: UnsafeMutableRawPointer { scratch + 128 }

  init(
    removals: borrowing SortedRemovals, choices: ClosedRange<Int>, nodes: UnsafeMutableRawPointer
  ) {
    accounts = RemovalQueue(removals.accounts(in: choices))
    slots = RemovalQueue(removals.slots(in: choices))
    accountBranches = RemovalQueue(removals.accountBranches(in: choices))
    storageBranches = RemovalQueue(removals.storageBranches(in: choices))
    self.nodes = nodes
  }

  deinit { scratch.deallocate() }

  private func branch(_ node: NodeIndex) -> BranchNode {
    BranchNode(at: nodes + Int(node) * NodePool.unit)
  }

  private func leaf(_ node: NodeIndex) -> LeafNode {
    LeafNode(at: nodes + Int(node) * NodePool.unit)
  }

  // MARK: - Tries

  /// Gathers what has changed below `child` of the accounts' trie, which stands after the first half
  /// bytes of `key`.
  mutating func collectAccounts(_ child: TrieChild, key: Hash256) {
    switch child.kind {
    case .none, .absent: break
    case .leaf:
      let leaf = leaf(child.node)
      put(account: leaf.key.pointee, leaf.value)
      if leaf.hasLink && leaf.link.pointee.isChanged {
        leaf.link.pointee.isChanged = false
        collectStorage(leaf.link.pointee.top, of: leaf.key.pointee, key: .zero)
      }
    case .branch:
      let branch = branch(child.node)
      collect(recordOf: branch, leafCount: child.leafCount, of: nil, key: key)
      collectChildren(of: branch, key: key) { $0.collectAccounts($1, key: $2) }
    }
  }

  /// The same below `child` of an account's storage.
  private mutating func collectStorage(_ child: TrieChild, of account: Hash256, key: Hash256) {
    switch child.kind {
    case .none, .absent: break
    case .leaf:
      let leaf = leaf(child.node)
      put(slot: .init(account: account, slot: leaf.key.pointee), leaf.value)
    case .branch:
      let branch = branch(child.node)
      collect(recordOf: branch, leafCount: child.leafCount, of: account, key: key)
      collectChildren(of: branch, key: key) { $0.collectStorage($1, of: account, key: $2) }
    }
  }

  private mutating func collectChildren(
    of branch: BranchNode, key: Hash256,
    _ collect: (inout ChangeCollector, TrieChild, Hash256) -> Void
  ) {
    let key = branch.hasExtension ? branch.prefix : key
    let (changed, end) = (branch.changed, branch.end)
    branch.changed = 0
    for choice in ChoiceSequence(bits: changed) { prefetch(branch.node(choice)) }
    var rest = changed
    for choice in ChoiceSequence(bits: changed) {
      // What lies below the next one comes while this one is gathered.
      rest &= rest &- 1
      if rest != 0 { prefetchChanged(below: branch.child(rest.trailingZeroBitCount)) }
      collect(&self, branch.child(choice), key.prefix(nibbles: end, then: choice))
    }
  }

  private func prefetch(_ node: NodeIndex) {
    let memory = nodes + Int(node) * NodePool.unit
    nt_prefetch(memory)
    nt_prefetch(memory + 64)
  }

  private func prefetchChanged(below child: TrieChild) {
    guard child.kind == .branch else { return }
    let branch = branch(child.node)
    for choice in ChoiceSequence(bits: branch.changed) { prefetch(branch.node(choice)) }
  }

  /// The record of a branch that has many leaves below, or had.
  mutating func collect(
    recordOf branch: BranchNode, leafCount: UInt32, of account: Hash256?, key: Hash256
  ) {
    var value: UnsafeRawBufferPointer?
    if leafCount >= TrieWorker.recordThreshold {
      value = UnsafeRawBufferPointer(start: record, count: BranchRecord.write(branch, at: record))
      branch.marks.insert(.recorded)
    } else if branch.marks.contains(.recorded) {
      branch.marks.remove(.recorded)
    } else {
      return
    }
    let path = NibblePath(key, count: branch.start)
    if let account {
      put(storageBranch: .init(account: account, path: path), value)
    } else {
      put(accountBranch: path, value)
    }
  }

  // MARK: - Lists

  private mutating func put(account key: Hash256, _ value: UnsafeRawBufferPointer) {
    accounts.advance(to: key) { part.accounts.append(key: $0, nil, scratch) }
    part.accounts.append(key: key, value, scratch)
  }

  private mutating func put(slot key: Removals.StorageKey, _ value: UnsafeRawBufferPointer) {
    slots.advance(to: key) { part.slots.append(key: $0, nil, scratch) }
    part.slots.append(key: key, value, scratch)
  }

  private mutating func put(accountBranch path: NibblePath, _ value: UnsafeRawBufferPointer?) {
    accountBranches.advance(to: path) { part.accountBranches.append(key: $0, nil, scratch) }
    part.accountBranches.append(key: path, value, scratch)
  }

  private mutating func put(
    storageBranch path: Removals.StoragePath, _ value: UnsafeRawBufferPointer?
  ) {
    storageBranches.advance(to: path) { part.storageBranches.append(key: $0, nil, scratch) }
    part.storageBranches.append(key: path, value, scratch)
  }

  /// Tells the removals that are left.
  mutating func finish() {
    accounts.finish { part.accounts.append(key: $0, nil, scratch) }
    slots.finish { part.slots.append(key: $0, nil, scratch) }
    accountBranches.finish { part.accountBranches.append(key: $0, nil, scratch) }
    storageBranches.finish { part.storageBranches.append(key: $0, nil, scratch) }
  }
}

extension ChangeList {
  fileprivate mutating func append(
    key: Hash256, _ value: UnsafeRawBufferPointer?, _ scratch: UnsafeMutableRawPointer
  ) {
    key.store(at: scratch)
    append(scratch, value)
  }

  fileprivate mutating func append(
    key: Removals.StorageKey, _ value: UnsafeRawBufferPointer?, _ scratch: UnsafeMutableRawPointer
  ) {
    key.account.store(at: scratch)
    key.slot.store(at: scratch + 32)
    append(scratch, value)
  }

  fileprivate mutating func append(
    key: NibblePath, _ value: UnsafeRawBufferPointer?, _ scratch: UnsafeMutableRawPointer
  ) {
    key.key.store(at: scratch)
    scratch.storeBytes(of: UInt8(key.count), toByteOffset: 32, as: UInt8.self)
    append(scratch, value)
  }

  fileprivate mutating func append(
    key: Removals.StoragePath, _ value: UnsafeRawBufferPointer?, _ scratch: UnsafeMutableRawPointer
  ) {
    key.account.store(at: scratch)
    key.path.key.store(at: scratch + 32)
    scratch.storeBytes(of: UInt8(key.path.count), toByteOffset: 64, as: UInt8.self)
    append(scratch, value)
  }
}
