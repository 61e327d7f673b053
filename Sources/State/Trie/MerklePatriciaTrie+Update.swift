// Inserting and removing keys.

extension MerklePatriciaTrie {
  /// Where the index of a node is written down: the top of the trie, or a place in a branch.
  private struct Link {
    var parent = TrieNode.none
    var choice: UInt8 = 0
  }

  private mutating func set(_ link: Link, to node: TrieNode.Index) {
    if link.parent == TrieNode.none {
      top = node
    } else {
      arena.setChild(link.choice, of: link.parent, to: node)
    }
  }

  /// Gives `key` a value that is not empty.
  mutating func insert(_ key: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
    let keyEnd = key.count * 2
    var link = Link()
    var index = top
    while index != TrieNode.none {
      arena[index].reference = .unknown
      let node = arena[index]
      let position = arena.divergence(of: key, from: node)
      if position < Int(node.end) {
        let branch = arena.split(index, at: position)
        set(link, to: branch)
        index = branch
      } else if position < keyEnd && node.kind == .leaf {
        arena.makeBranch(index)
      }
      guard position < keyEnd else {
        if !arena[index].hasValue { count += 1 }
        arena.setValue(value, of: index)
        return
      }
      link = Link(parent: index, choice: key.nibble(position))
      index = arena.child(link.choice, of: link.parent)
    }
    let start = link.parent == TrieNode.none ? 0 : Int(arena[link.parent].end) + 1
    set(link, to: arena.addLeaf(key: key, from: start, value: value))
    count += 1
  }

  /// Removes `key`; whether it was there.
  mutating func remove(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let target = find(key) else { return false }
    count -= 1
    var above = Link()
    var link = Link()
    var index = top
    while index != target {
      arena[index].reference = .unknown
      above = link
      link = Link(parent: index, choice: key.nibble(Int(arena[index].end)))
      index = arena.child(link.choice, of: index)
    }
    arena[target].reference = .unknown
    if arena[target].kind == .branch {
      arena.removeValue(of: target)
      collapse(target, at: link)
    } else {
      set(link, to: TrieNode.none)
      arena.remove(target)
      if link.parent != TrieNode.none { collapse(link.parent, at: above) }
    }
    return true
  }

  /// Restores the rule that a branch has at least two ways to go, its own value being one.
  private mutating func collapse(_ branch: TrieNode.Index, at link: Link) {
    var only = TrieNode.none
    for child in arena.children(of: branch) where child != TrieNode.none {
      guard only == TrieNode.none else { return }
      only = child
    }
    let node = arena[branch]
    if only == TrieNode.none {
      arena.makeLeaf(branch)
    } else if !node.hasValue {
      arena[only].start = node.start
      arena[only].reference = .unknown
      set(link, to: only)
      arena.remove(branch)
    }
  }
}
