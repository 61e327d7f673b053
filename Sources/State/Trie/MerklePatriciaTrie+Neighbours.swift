// The keys before and after a given one.

extension MerklePatriciaTrie {
  /// The lowest key that is greater than `key`, which need not be in the trie.
  public func key(after key: [UInt8]) -> [UInt8]? {
    var candidate = TrieNode.none
    for step in route(of: key) {
      switch step {
      case .chooses(let branch, let choice):
        let later = arena.children(of: branch).dropFirst(Int(choice) + 1)
        candidate = later.first { $0 != TrieNode.none } ?? candidate
      case .endsAt(let node):
        // Everything below a key is greater than it.
        let below = arena[node].kind == .branch ? arena.children(of: node)[...] : []
        candidate = below.first { $0 != TrieNode.none } ?? candidate
      case .passes(let node, let isBefore):
        if isBefore { candidate = node }
      }
    }
    return candidate == TrieNode.none ? nil : lowestKey(below: candidate)
  }

  /// The greatest key that is lower than `key`, which need not be in the trie.
  public func key(before key: [UInt8]) -> [UInt8]? {
    var candidate: [UInt8]?
    for step in route(of: key) {
      switch step {
      case .chooses(let branch, let choice):
        let earlier = arena.children(of: branch).prefix(Int(choice))
        if let child = earlier.last(where: { $0 != TrieNode.none }) {
          candidate = greatestKey(below: child)
        } else if arena[branch].hasValue {
          candidate = Array(arena.key(of: arena[branch]))
        }
      case .endsAt: break
      case .passes(let node, let isBefore):
        if !isBefore { candidate = greatestKey(below: node) }
      }
    }
    return candidate
  }

  /// One meeting of a searched key with a node.
  private enum Step {
    /// The key goes on below this branch.
    case chooses(TrieNode.Index, UInt8)
    /// The node's path ends where the key does.
    case endsAt(TrieNode.Index)
    /// The key leaves the node's path, or goes on where a leaf ends: all keys of the node are on one
    /// side of it.
    case passes(TrieNode.Index, isBefore: Bool)
  }

  private func route(of key: [UInt8]) -> [Step] {
    key.withUnsafeBufferPointer { key in
      var steps: [Step] = []
      var index = top
      while index != TrieNode.none {
        let node = arena[index]
        let position = arena.divergence(of: key, from: node)
        let choice = position < key.count * 2 ? key.nibble(position) : nil
        if position < Int(node.end) {
          let isBefore = choice.map { $0 < arena.nibble(position, of: node) } ?? true
          steps.append(.passes(index, isBefore: isBefore))
          break
        }
        guard let choice else {
          steps.append(.endsAt(index))
          break
        }
        guard node.kind == .branch else {
          steps.append(.passes(index, isBefore: false))
          break
        }
        steps.append(.chooses(index, choice))
        index = arena.child(choice, of: index)
      }
      return steps
    }
  }

  private func lowestKey(below top: TrieNode.Index) -> [UInt8] {
    var index = top
    while !arena[index].hasValue,
      let first = arena.children(of: index).first(where: { $0 != TrieNode.none })
    {
      index = first
    }
    return Array(arena.key(of: arena[index]))
  }

  private func greatestKey(below top: TrieNode.Index) -> [UInt8] {
    var index = top
    while arena[index].kind == .branch,
      let last = arena.children(of: index).last(where: { $0 != TrieNode.none })
    {
      index = last
    }
    return Array(arena.key(of: arena[index]))
  }
}
