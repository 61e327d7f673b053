// Where tries come from when they are not in memory.

public import Primitives

/// A store of leaves, and of records of the branches with many leaves below.
///
/// What it answers is what `TrieChanges` told it; everything is checked against the hashes above it.
/// It is asked from several threads at once.
public protocol TrieSource: AnyObject, Sendable {
  /// Calls `body` with the record of the branch at `path`, as `TrieChanges` gave it; false where there
  /// is none.
  func branch(
    of trie: TrieName, at path: NibblePath, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(StateReadError) -> Bool

  /// Calls `body` with each leaf under `path`, by rising key, and its value, as `TrieChanges` gave it.
  /// There are never many, unless the store is damaged: `body` answers whether it wants more.
  func forEachLeaf(
    of trie: TrieName, under path: NibblePath,
    _ body: (_ key: Hash256, _ value: UnsafeRawBufferPointer) -> Bool
  ) throws(StateReadError)
}
