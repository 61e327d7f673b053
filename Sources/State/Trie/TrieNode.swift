// One node of the trie, as it stands in the arena.

/// A leaf, or a branch together with the extension above it.
///
/// Positions are half bytes counted from the root: the node covers `start..<end` of a key that
/// stands whole in the arena's text. So a node that moves up or down when its neighbours come and go
/// only changes where its path starts.
struct TrieNode: BitwiseCopyable {
  /// What stands in a place of the arena.
  enum Kind: UInt8 { case free, leaf, branch }

  /// The index of a node in its arena.
  typealias Index = UInt32

  /// No node.
  static let none: Index = 0

  var kind: Kind
  /// What the parent writes for this node, the extension included.
  var reference = NodeReference.unknown
  /// Where the key begins in the arena's text.
  var key: Int
  /// The first half byte after the parent's choice.
  var start: UInt32
  /// The end of the path: for a leaf the end of the key, for a branch the half byte it chooses by.
  var end: UInt32
  /// Where the value stands in the arena's text.
  var value = 0
  /// The length of the value, zero when there is none (only branches).
  var valueCount = 0
  /// For a branch, which sixteen of the arena's children are its own.
  var children: UInt32 = 0

  var path: Range<Int> { Int(start)..<Int(end) }
  /// How many bytes of the key lead to the end of this node.
  var keyByteCount: Int { (Int(end) + 1) / 2 }
  var hasValue: Bool { valueCount != 0 }
}
