// How fine the pages of a trie are.

internal import Primitives
internal import State
internal import Synchronization

/// For each trie the number of half bytes in the paths of its pages. It only grows: pages of coarser
/// paths are never asked for again.
struct PageDepths: ~Copyable, Sendable {
  private let accounts = Atomic(0)
  /// Of storages that have more than one page.
  private let storages = Mutex<[Hash256: Int]>([:])

  /// So many storages have pages finer than one; that is 64 MiB at most.
  private static let storageLimit = 1 << 20

  subscript(trie: TrieName) -> Int {
    guard trie.isStorage else { return accounts.load(ordering: .relaxed) }
    return storages.withLock { $0[trie.accountHash] ?? 0 }
  }

  /// Notes that a page with a path of `depth` half bytes would have too many leaves; false where finer
  /// ones cannot be.
  func deepen(_ trie: TrieName, from depth: Int) -> Bool {
    guard depth < LeafPage.depthLimit else { return false }
    guard trie.isStorage else {
      _ = accounts.compareExchange(expected: depth, desired: depth + 1, ordering: .relaxed)
      return true
    }
    return storages.withLock { storages in
      guard let known = storages[trie.accountHash] ?? (storages.count < Self.storageLimit ? 0 : nil)
      else { return false }
      if known == depth { storages[trie.accountHash] = depth + 1 }
      return true
    }
  }
}
