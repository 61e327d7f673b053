// Parts of tries that come from the store, checked against the hashes above them.

internal import Crypto
internal import Ledger
internal import Primitives

extension TrieWorker {
  /// Brings what stands at `path` of the trie in hand into memory: a branch with many leaves below
  /// alone, fewer leaves all with what is above them. Its hash, or its encoding in the place of that,
  /// must be the given one.
  mutating func load(
    _ child: TrieChild, at path: NibblePath, hash: UnsafeRawPointer, isEmbedded: Bool
  ) throws(StateReadError) -> TrieChild {
    guard let source else { throw damaged("is not there", at: path) }
    // The number of leaves is unknown at the top alone.
    let isCounted = child.leafCount > 0
    if !isCounted || child.leafCount >= Self.recordThreshold {
      if let branch = try loadBranch(child, at: path, from: source) {
        try check(branch, at: path, hash: hash, isEmbedded: isEmbedded)
        return branch
      }
      if isCounted { throw damaged("lacks the record of the branch", at: path) }
    }
    isLoading = true
    defer { isLoading = false }
    let part = try loadLeaves(child, at: path, from: source)
    try check(part, at: path, hash: hash, isEmbedded: isEmbedded)
    return part
  }

  func damaged(_ reason: String, at path: NibblePath) -> StateReadError {
    .damaged("\(trie), path \(path): \(reason)")
  }

  private mutating func loadBranch(
    _ child: TrieChild, at path: NibblePath, from source: any TrieSource
  ) throws(StateReadError) -> TrieChild? {
    var node: NodeIndex?
    let isThere = try source.branch(of: trie, at: path) { record in
      guard BranchRecord.isRecord(record, start: path.count) else { return }
      let capacity = BranchNode.capacity(for: BranchRecord.present(record).nonzeroBitCount)
      let end = BranchRecord.end(record)
      let made = nodes.allocate(
        size: BranchNode.size(capacity: capacity, isExtensible: path.count < end))
      let branch = branch(made)
      branch.initialize(
        start: path.count, end: end, capacity: capacity, isExtensible: path.count < end)
      BranchRecord.read(record, at: path, into: branch)
      // Other than any time that counts.
      branch.epoch = epoch &- 2
      node = made
    }
    guard isThere else { return nil }
    guard let node, isSound(branch(node)) else {
      throw damaged("the record of the branch is none", at: path)
    }
    let loaded = TrieChild(node: node, kind: .branch, leafCount: branch(node).leafCount)
    guard loaded.leafCount >= Self.recordThreshold,
      child.leafCount == 0 || loaded.leafCount == child.leafCount
    else { throw damaged("the branch counts other leaves than it should have", at: path) }
    return loaded
  }

  /// Whether the numbers of leaves add up, and embedded encodings are lists with nothing behind them.
  private func isSound(_ branch: BranchNode) -> Bool {
    var sum: UInt32 = 0
    for choice in branch.choices {
      let (count, overflow) = sum.addingReportingOverflow(branch.child(choice).leafCount)
      guard !overflow, count > sum else { return false }
      sum = count
    }
    return ChoiceSequence(bits: branch.embedded).allSatisfy {
      let bytes = UnsafeRawBufferPointer(start: branch.hash($0), count: BranchNode.hashSize)
      let size = NodeEncoder.embeddedSize(branch.hash($0))
      return (1..<bytes.count).contains(size) && bytes[size...].allSatisfy { $0 == 0 }
    }
  }

  private mutating func loadLeaves(
    _ child: TrieChild, at path: NibblePath, from source: any TrieSource
  ) throws(StateReadError) -> TrieChild {
    let limit = Int(Self.recordThreshold) - 1
    return try withUnsafeTemporaryAllocation(of: LeafChange.self, capacity: limit) {
      leaves throws(StateReadError) in
      var count = 0
      var isSound = true
      try source.forEachLeaf(of: trie, under: path) { key, value in
        let isRising = count == 0 || leaves[count - 1].key < key
        let hasLink = !trie.isStorage && AccountRecord(value)?.hasStorage == true
        isSound =
          isSound && count < limit && isRising && path.isPrefix(of: key)
          && (trie.isStorage ? isWord(value) : AccountRecord(value) != nil)
        guard isSound else { return false }
        let node = makeLeaf(key, value: value, hasLink: hasLink)
        if hasLink { leaf(node).link.pointee.top = TrieChild(kind: .absent) }
        leaves.initializeElement(
          at: count, to: LeafChange(key: key, existing: node, value: .existing))
        count += 1
        return true
      }
      guard isSound, count > 0, child.leafCount == 0 || count == Int(child.leafCount) else {
        throw damaged("the leaves are not those that should be there", at: path)
      }
      return build(leaves.part(0, count), start: path.count).child
    }
  }

  /// Whether `value` is a word without leading zeros.
  private func isWord(_ value: UnsafeRawBufferPointer) -> Bool {
    (1...32).contains(value.count) && value[0] != 0
  }

  /// Hashes what was loaded and compares.
  private mutating func check(
    _ child: TrieChild, at path: NibblePath, hash: UnsafeRawPointer, isEmbedded: Bool
  ) throws(StateReadError) {
    let isRight = withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { own in
      guard let place = own.baseAddress else { return false }
      if !isEmbedded {
        gather(child, start: path.count, hash: place)
        finishHashes()
        return own.elementsEqual(UnsafeRawBufferPointer(start: hash, count: 32))
      }
      // Few are so small; they are encoded once more than they need be.
      gather(child, start: path.count, hash: place)
      finishHashes()
      let size = NodeEncoder.embeddedSize(hash)
      return Keccak256.hash(UnsafeRawBufferPointer(start: hash, count: size))
        == Hash256(bytesAt: place)
    }
    if !isRight { throw damaged("it does not have the hash that it should have", at: path) }
  }
}
