// Questions to the tries.

internal import Ledger
public import Primitives

extension StateTries {
  /// The account whose address has the hash `key`, with the root of its storage; nil when there is none.
  public func account(withHash key: Hash256) throws(StateReadError) -> AccountRecord? {
    try checkUsable()
    return try withWorker(.accounts) { worker throws(StateReadError) in
      guard top.kind != .none else { return nil }
      let node = try worker.find(key, in: &top, hash: rootBytes)
      return node == 0 ? nil : AccountRecord(worker.leaf(node).value)
    }
  }

  /// The root of an account's storage; that of an empty trie without the account.
  public func storageRoot(ofAccountWithHash key: Hash256) throws(StateReadError) -> Hash256 {
    try account(withHash: key)?.storageRoot ?? Header.emptyTrieRoot
  }

  /// Whether any slot of the account is not zero.
  public func hasStorage(ofAccountWithHash key: Hash256) throws(StateReadError) -> Bool {
    try account(withHash: key)?.hasStorage ?? false
  }
}

extension TrieWorker {
  /// The leaf with a key in the trie in hand, from its top; zero for none.
  mutating func find(
    _ key: Hash256, in top: inout TrieChild, hash: UnsafeRawPointer
  ) throws(StateReadError) -> NodeIndex {
    if top.kind == .absent { top = try load(top, at: .empty, hash: hash, isEmbedded: false) }
    var child = top
    while child.kind == .branch {
      let branch = branch(child.node)
      branch.marks.insert(.used)
      if branch.hasExtension && key.commonNibbles(with: branch.prefix) < branch.end { return 0 }
      let choice = key.nibble(branch.end)
      child = branch.child(choice)
      if child.kind == .absent {
        child = try load(
          child, at: NibblePath(key, count: branch.end + 1), hash: branch.hash(choice),
          isEmbedded: branch.embedded & BranchNode.bit(choice) != 0)
        branch.set(choice, to: child)
      }
    }
    return child.kind == .leaf && leaf(child.node).key.pointee == key ? child.node : 0
  }
}
