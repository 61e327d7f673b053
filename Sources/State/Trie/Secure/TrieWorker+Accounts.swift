// Leaves of accounts, with what hangs on them.

internal import Ledger
internal import Primitives

extension TrieWorker {
  /// A leaf for an account that was not there.
  mutating func makeAccount(_ change: LeafChange) -> NodeIndex {
    let item = accounts + Int(change.item)
    let hasStorage = item.pointee.slotCount > 0
    let count = AccountRecord.write(item.pointee.account, hasStorage: hasStorage, at: scratch)
    let node = makeLeaf(
      change.key, value: UnsafeRawBufferPointer(start: scratch, count: count), hasLink: hasStorage)
    item.pointee.leaf = node
    return node
  }

  /// Gives an account's leaf what the block says, but for the root of its storage.
  mutating func replaceAccount(
    _ node: NodeIndex, _ change: LeafChange
  ) -> (node: NodeIndex, isChanged: Bool) {
    let item = accounts + Int(change.item)
    if item.pointee.wipesStorage { wipeStorage(of: node) }
    let leaf = leaf(node)
    let top = leaf.hasLink ? leaf.link.pointee.top : .none
    let hasStorage = top.kind != .none || item.pointee.slotCount > 0
    let count = AccountRecord.write(item.pointee.account, hasStorage: hasStorage, at: scratch)
    let root = scratch + (count &- 32)
    if top.kind != .none {
      root.copyMemory(from: storageRoot(of: leaf), byteCount: 32)
    } else if hasStorage {
      Header.emptyTrieRoot.store(at: root)
    }
    let value = UnsafeRawBufferPointer(start: scratch, count: count)
    item.pointee.leaf = node
    if item.pointee.slotCount == 0 && !item.pointee.wipesStorage && leaf.valueCount == count
      && value.elementsEqual(leaf.value)
    {
      return (node, false)
    }
    if LeafNode.size(valueCount: count, hasLink: hasStorage) == leaf.size
      && leaf.hasLink == hasStorage
    {
      leaf.setValueCount(count, hasLink: hasStorage)
      leaf.valueBytes.copyMemory(from: scratch, byteCount: count)
      return (node, true)
    }
    let link = leaf.hasLink ? leaf.link.pointee : LeafNode.StorageLink()
    nodes.deallocate(node, size: leaf.size)
    let replaced = makeLeaf(change.key, value: value, hasLink: hasStorage)
    if hasStorage { self.leaf(replaced).link.pointee = link }
    item.pointee.leaf = replaced
    return (replaced, true)
  }

  /// Takes an account's storage away.
  mutating func wipeStorage(of node: NodeIndex) {
    let leaf = leaf(node)
    guard leaf.hasLink, leaf.link.pointee.top.kind != .none else { return }
    noteWipe(ofAccountWithHash: leaf.key.pointee)
    free(leaf.link.pointee.top)
    leaf.link.pointee = LeafNode.StorageLink()
  }

  /// Where the root of the storage stands in the leaf of an account that has some.
  @inline(__always)
  func storageRoot(of leaf: LeafNode) -> UnsafeMutableRawPointer {
    leaf.valueBytes + (leaf.valueCount &- 32)
  }

  /// Says in an account's leaf that there is no storage, where it had room for it.
  func clearStorage(of leaf: LeafNode) {
    let marks = leaf.valueBytes.load(as: UInt8.self)
    guard marks & AccountRecord.storageMark != 0 else { return }
    leaf.valueBytes.storeBytes(of: marks & ~AccountRecord.storageMark, as: UInt8.self)
    leaf.setValueCount(leaf.valueCount - 32, hasLink: true)
  }

  /// Changes the storage of the account with this leaf. Its root is to be hashed then.
  mutating func updateStorage(
    of leaf: LeafNode, _ changes: LeafChanges
  ) throws(StateReadError) -> Bool {
    let link = leaf.link
    trie = .storage(ofAccountWithHash: leaf.key.pointee)
    let updated = try update(
      link.pointee.top, hash: storageRoot(of: leaf), isEmbedded: false, changes, start: 0)
    link.pointee.isUsed = true
    // An account that gets room for storage and then has none is to be told, too.
    if updated.isChanged || updated.child.kind == .none { setStorage(of: leaf, to: updated.child) }
    return updated.isChanged
  }

  /// Changes the storage of the account with this leaf, and notes what is to be hashed.
  mutating func updateSmallStorage(
    of leaf: LeafNode, _ changes: LeafChanges
  ) throws(StateReadError) {
    sortChanges(changes)
    if try updateStorage(of: leaf, changes) {
      gather(leaf.link.pointee.top, start: 0, hash: storageRoot(of: leaf))
    }
  }

  /// Puts another top under the account with this leaf.
  func setStorage(of leaf: LeafNode, to top: TrieChild) {
    leaf.link.pointee.top = top
    leaf.link.pointee.isChanged = true
    if top.kind == .none { clearStorage(of: leaf) }
  }
}
