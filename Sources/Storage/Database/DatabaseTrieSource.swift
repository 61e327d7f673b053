// The tries' parts that lie in the database.

internal import Primitives
internal import State

/// Branches and leaves of the state that the database stands at.
final class DatabaseTrieSource: TrieSource {
  private let pages: LeafPages

  init(_ pages: LeafPages) { self.pages = pages }

  func branch(
    of trie: TrieName, at path: NibblePath, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(StateReadError) -> Bool {
    do throws(StoreError) {
      return try pages.database.read(.branch(of: trie, at: path), body) != nil
    } catch {
      throw .damaged("\(error)")
    }
  }

  func forEachLeaf(
    of trie: TrieName, under path: NibblePath,
    _ body: (_ key: Hash256, _ value: UnsafeRawBufferPointer) -> Bool
  ) throws(StateReadError) {
    do throws(StoreError) {
      try pages.forEachLeaf(of: trie, under: path, body)
    } catch {
      throw .damaged("\(error)")
    }
  }
}
