// The tries' parts as the database had them at one time.

internal import Primitives
internal import State

/// Branches and leaves of the state that the database stood at when a snapshot was made.
final class SnapshotTrieSource: TrieSource {
  private let database: Database
  private let snapshot: DatabaseSnapshot

  init(_ database: Database, at snapshot: DatabaseSnapshot) {
    self.database = database
    self.snapshot = snapshot
  }

  func branch(
    of trie: TrieName, at path: NibblePath, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(StateReadError) -> Bool {
    do throws(StoreError) {
      return try database.read(.branch(of: trie, at: path), at: snapshot, body) != nil
    } catch {
      throw .damaged("\(error)")
    }
  }

  func forEachLeaf(
    of trie: TrieName, under path: NibblePath,
    _ body: (_ key: Hash256, _ value: UnsafeRawBufferPointer) -> Bool
  ) throws(StateReadError) {
    do throws(StoreError) {
      var leaves = LeafCursor(database, trie, from: path.key, under: path, at: snapshot)
      while let (key, value) = try leaves.next() { guard body(key, value) else { return } }
    } catch {
      throw .damaged("\(error)")
    }
  }
}
