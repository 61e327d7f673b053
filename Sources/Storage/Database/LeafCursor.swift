// Leaves of a trie as the database has them.

internal import Primitives
internal import State

/// A cursor over the leaves of a trie under a path, by rising key.
struct LeafCursor: ~Copyable {
  private let database: Database
  private let prefixSize: Int
  private var leaves: DatabaseIterator
  private var isFirst = true

  /// A cursor at the first leaf under `path` whose key is not less than `start`.
  init(
    _ database: Database, _ trie: TrieName, from start: Hash256, under path: NibblePath,
    at snapshot: DatabaseSnapshot? = nil
  ) {
    let prefix = trie.leaves
    self.database = database
    prefixSize = prefix.count
    leaves = DatabaseIterator(
      database, from: trie.leaf(start), to: Self.end(of: path, in: prefix),
      at: snapshot)
  }

  /// The next leaf, good until the one after it is asked for; nil at the end.
  mutating func next() throws(StoreError) -> (key: Hash256, value: UnsafeRawBufferPointer)? {
    if !isFirst { leaves.advance() }
    isFirst = false
    guard let (key, value) = try leaves.current() else { return nil }
    guard key.count == prefixSize + 32 else {
      throw database.damage("the key of a leaf, which has \(key.count) bytes,")
    }
    guard value.count <= AccountRecord.maximumSize else {
      throw database.damage("the value of a leaf, which has \(value.count) bytes,")
    }
    return (Hash256(bytesAt: key.place(prefixSize)), value)
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
