// The tries' parts that lie in the database.

internal import Primitives
internal import State

/// Branches and leaves of the state that the database stands at.
final class DatabaseTrieSource: TrieSource {
  private let database: Database

  init(_ database: Database) { self.database = database }

  func branch(
    of trie: TrieName, at path: NibblePath, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(StateReadError) -> Bool {
    do throws(StoreError) {
      return try database.read(.branch(of: trie, at: path), body) != nil
    } catch {
      throw .damaged("\(error)")
    }
  }

  func forEachLeaf(
    of trie: TrieName, under path: NibblePath,
    _ body: (_ key: Hash256, _ value: UnsafeRawBufferPointer) -> Bool
  ) throws(StateReadError) {
    let prefix = trie.leaves
    var start = prefix
    start.append(path.key)
    do throws(StoreError) {
      var leaves = DatabaseIterator(database, from: start, to: Self.end(of: path, in: prefix))
      while let (key, value) = try leaves.current() {
        guard key.count == start.count, let base = key.baseAddress else {
          throw StoreError.corrupted(
            path: database.path, offset: nil, block: nil,
            reason: "a leaf's key has \(key.count) bytes")
        }
        guard body(Hash256(bytesAt: base + prefix.count), value) else { return }
        leaves.advance()
      }
    } catch {
      throw .damaged("\(error)")
    }
  }

  /// The least key behind all leaves under `path`.
  private static func end(of path: NibblePath, in prefix: DatabaseKey) -> DatabaseKey? {
    var end = prefix
    for index in stride(from: 0, to: path.count - 1, by: 2) {
      end.append(path.nibble(index) << 4 | path.nibble(index + 1))
    }
    guard path.count % 2 == 1 else { return end.end }
    let last = path.nibble(path.count - 1)
    if last == 0x0f { return end.end }
    end.append((last + 1) << 4)
    return end
  }
}
