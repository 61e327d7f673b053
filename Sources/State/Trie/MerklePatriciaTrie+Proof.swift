// Proofs that a key has a value, or none.

extension MerklePatriciaTrie {
  /// The encoded nodes on the way from the root to `key`, or to where the way ends when it has no
  /// value. Nodes shorter than 32 bytes stand inside their parents; a trie without keys has none.
  public mutating func proof(of key: [UInt8]) -> [[UInt8]] {
    // Brings the references up to date that the nodes hold.
    _ = root()
    var nodes: [[UInt8]] = []
    var writer = NodeWriter()
    func add(_ encoding: [UInt8]) {
      if nodes.isEmpty || encoding.count >= 32 { nodes.append(encoding) }
    }
    key.withUnsafeBufferPointer { key in
      var index = top
      while index != TrieNode.none {
        let node = arena[index]
        let position = arena.divergence(of: key, from: node)
        if node.kind == .branch && !node.path.isEmpty {
          add(extensionEncoding(above: index, writer: &writer))
          if position < Int(node.end) { return }
        }
        add(encoding(of: index, writer: &writer))
        guard node.kind == .branch, position == Int(node.end), position < key.count * 2 else {
          return
        }
        index = arena.child(key.nibble(position), of: index)
      }
    }
    return nodes
  }

  /// The encoding of a leaf, or of a branch without the extension above it.
  private func encoding(of index: TrieNode.Index, writer: inout NodeWriter) -> [UInt8] {
    let start = write(index, to: &writer)
    return Array(writer.finishList(start))
  }

  /// The encoding of the extension above a branch.
  private func extensionEncoding(
    above index: TrieNode.Index, writer: inout NodeWriter
  ) -> [UInt8] {
    let branch = writer.finishNode(write(index, to: &writer))
    let node = arena[index]
    return Array(arena.key(of: node)).withUnsafeBufferPointer { key in
      let start = writer.begin()
      writer.appendPath(node.path, of: key, isLeaf: false)
      writer.append(branch)
      return Array(writer.finishList(start))
    }
  }
}
