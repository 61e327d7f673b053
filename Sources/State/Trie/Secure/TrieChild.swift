// What hangs below a place of a trie.

/// What stands below one choice of a branch, or at the top of a trie.
struct TrieChild: BitwiseCopyable {
  enum Kind: UInt8 {
    case none, leaf, branch
    /// Something that is not in memory.
    case absent
  }

  var node: NodeIndex = 0
  var kind = Kind.none
  /// How many leaves there are; zero for something that is not in memory and has not been counted.
  var leafCount: UInt32 = 0

  static var none: TrieChild { TrieChild() }
  static func leaf(_ node: NodeIndex) -> TrieChild {
    TrieChild(node: node, kind: .leaf, leafCount: 1)
  }
}
