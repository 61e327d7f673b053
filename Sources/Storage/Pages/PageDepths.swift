// How fine the pages of a trie are.

internal import Primitives
internal import State
internal import Synchronization

/// For each trie the number of half bytes in the paths of its pages. It only grows: pages of coarser
/// paths are never asked for again, and need not follow the database.
///
/// It grows when many pages would have too many leaves. Some always may: keys can be ground until they
/// begin alike, and a trie must not lose all its pages to one of them.
struct PageDepths: ~Copyable, Sendable {
  private let accounts = Atomic(0)
  private let accountLoads = Mutex(Loads())
  /// Of storages that have more than one page.
  private let storages = Mutex<[Hash256: (depth: Int, loads: Loads)]>([:])

  /// The pages that were read since the trie's depth changed last.
  private struct Loads {
    private var all = 0
    private var crowded = 0

    /// So many pages must be crowded, and this part of all.
    private static let leastCrowded = 16
    private static let crowdedPart = 8

    /// Counts a page; whether pages should be finer.
    mutating func note(isCrowded: Bool, depth: Int) -> Bool {
      all += 1
      if isCrowded { crowded += 1 }
      // The coarsest pages are few: one, and sixteen.
      let least = depth < 2 ? 1 + 7 * depth : Self.leastCrowded
      return crowded >= least && crowded * Self.crowdedPart >= all && depth < LeafPage.depthLimit
    }
  }

  /// So many storages have pages finer than one; of others with too many slots there are no pages.
  private static let storageLimit = 1 << 20

  subscript(trie: TrieName) -> Int {
    guard trie.isStorage else { return accounts.load(ordering: .sequentiallyConsistent) }
    return storages.withLock { $0[trie.accountHash]?.depth ?? 0 }
  }

  /// Counts a page with a path of `depth` half bytes that was read, with its leaves or crowded; whether
  /// there are finer pages now.
  func noteLoad(of trie: TrieName, depth: Int, isCrowded: Bool) -> Bool {
    trie.isStorage
      ? noteStorage(trie.accountHash, depth, isCrowded) : noteAccounts(depth, isCrowded)
  }

  private func noteAccounts(_ depth: Int, _ isCrowded: Bool) -> Bool {
    accountLoads.withLock { loads in
      if accounts.load(ordering: .relaxed) != depth { return true }
      guard loads.note(isCrowded: isCrowded, depth: depth) else { return false }
      loads = Loads()
      accounts.store(depth + 1, ordering: .sequentiallyConsistent)
      return true
    }
  }

  private func noteStorage(_ account: Hash256, _ depth: Int, _ isCrowded: Bool) -> Bool {
    if depth == 0 && !isCrowded { return false }
    return storages.withLock { storages in
      guard
        var storage = storages[account] ?? (storages.count < Self.storageLimit ? (0, Loads()) : nil)
      else { return false }
      if storage.depth != depth { return true }
      let isFiner = storage.loads.note(isCrowded: isCrowded, depth: depth)
      if isFiner { storage = (depth + 1, Loads()) }
      storages[account] = storage
      return isFiner
    }
  }
}
