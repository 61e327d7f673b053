// Proofs of accounts and storage out of the tries that are kept.

internal import Crypto
internal import Ledger
public import Primitives

extension StateTries {
  /// The account at `address`, or its absence, and the words of `slots`, with their proofs under `root`.
  public func proof(
    of address: Address, slots: [UInt256] = []
  ) throws(StateReadError) -> AccountProof {
    try checkUsable()
    let key = Keccak256.hash(address)
    return try withWorker(.accounts) { worker throws(StateReadError) in
      let way = try worker.way(to: key, in: &top, hash: rootBytes)
      let record = way.leaf == 0 ? nil : AccountRecord(worker.leaf(way.leaf).value)
      var proofs: [SlotProof] = []
      for slot in slots {
        proofs.append(try worker.proof(of: slot, inAccountAt: way.leaf))
      }
      return AccountProof(
        address: address, account: record?.account ?? Account(),
        storageHash: record?.storageRoot ?? Header.emptyTrieRoot, nodes: way.nodes, slots: proofs)
    }
  }
}

/// The nodes from the top of a trie towards a key.
private struct WayToLeaf {
  /// Their encodings, the top's first; those that stand inside another are left out.
  var nodes: [[UInt8]] = []
  /// The leaf with the key; zero for none.
  var leaf: NodeIndex = 0
}

extension TrieWorker {
  /// The word of a slot of the account with this leaf, zero for no account, with its proof.
  fileprivate mutating func proof(
    of slot: UInt256, inAccountAt account: NodeIndex
  ) throws(StateReadError) -> SlotProof {
    var proof = SlotProof(slot: slot, word: .zero, nodes: [])
    guard account != 0, leaf(account).hasLink else { return proof }
    let owner = leaf(account)
    guard owner.link.pointee.top.kind != .none else { return proof }
    trie = .storage(ofAccountWithHash: owner.key.pointee)
    let way = try way(
      to: Keccak256.hash(slot), in: &owner.link.pointee.top, hash: storageRoot(of: owner))
    proof.nodes = way.nodes
    if way.leaf != 0 { proof.word = UInt256(bigEndian: leaf(way.leaf).value) ?? .zero }
    return proof
  }

  /// The way to a key of the trie in hand, from its top, whose hash is at `hash`. All hashes are up to date.
  fileprivate mutating func way(
    to key: Hash256, in top: inout TrieChild, hash: UnsafeRawPointer
  ) throws(StateReadError) -> WayToLeaf {
    var way = WayToLeaf()
    if top.kind == .absent { top = try load(top, at: .empty, hash: hash, isEmbedded: false) }
    var child = top
    var start = 0
    var isEmbedded = false
    while child.kind == .branch {
      let branch = branch(child.node)
      branch.marks.insert(.used)
      if branch.hasExtension {
        append(to: &way, isEmbedded) { NodeEncoder.encodeExtension(branch, at: $0) }
        if key.commonNibbles(with: branch.prefix) < branch.end { return way }
        isEmbedded = branch.marks.contains(.innerEmbedded)
      }
      append(to: &way, isEmbedded) { NodeEncoder.encode(branch, at: $0) }
      let choice = key.nibble(branch.end)
      isEmbedded = branch.embedded & BranchNode.bit(choice) != 0
      start = branch.end + 1
      child = branch.child(choice)
      if child.kind == .absent {
        child = try load(
          child, at: NibblePath(key, count: start), hash: branch.hash(choice),
          isEmbedded: isEmbedded)
        branch.set(choice, to: child)
      }
    }
    guard child.kind == .leaf else { return way }
    let found = leaf(child.node)
    append(to: &way, isEmbedded) {
      NodeEncoder.encode(found, start: start, isAccount: !trie.isStorage, at: $0)
    }
    if found.key.pointee == key { way.leaf = child.node }
    return way
  }

  private func append(
    to way: inout WayToLeaf, _ isEmbedded: Bool, _ encode: (UnsafeMutableRawPointer) -> Int
  ) {
    if isEmbedded { return }
    let room = KeccakBatch.capacity + 64
    let node = withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { memory in
      guard let base = memory.baseAddress else { return [UInt8]() }
      return Array(memory.prefix(encode(base)))
    }
    way.nodes.append(node)
  }
}
