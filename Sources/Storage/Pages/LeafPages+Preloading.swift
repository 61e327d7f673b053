// All leaves are brought into memory at once, where they fit.

internal import CRocksDB
internal import Primitives
internal import State
internal import Synchronization

extension LeafPages {
  /// Keeps the pages of all leaves, if there seems to be room for all of them: the sizes of files tell.
  /// One after the other they cost a part of what each would cost when it is needed. Ends early when
  /// `isStopped` is set.
  func preload() throws(StoreError) {
    let isWorthwhile = try database.approximateSize(of: [.account, .slot]) <= UInt64(capacity)
    guard hasPages, isWorthwhile else { return }
    for kind in [DatabaseKey.Kind.account, .slot] {
      var start: DatabaseKey? = DatabaseKey(kind)
      while let from = start, !isStopped.load(ordering: .relaxed) {
        start = try preload(kind, from: from)
      }
    }
  }

  /// Keeps the pages of leaves from a key on; answers where it is to be begun again, if it is.
  private func preload(
    _ kind: DatabaseKey.Kind, from start: DatabaseKey
  ) throws(StoreError) -> DatabaseKey? {
    let now = generation.load(ordering: .sequentiallyConsistent)
    return try LeafPage.withTemporary { page throws(StoreError) in
      var leaves = DatabaseIterator(
        database, prefix: DatabaseKey(kind), from: start, isScan: true)
      var name: PageName?
      while let (key, value) = try leaves.current() {
        let (trie, leaf) = try names(of: key, kind)
        guard value.count <= LeafPage.valueLimit else { throw database.damage("a leaf") }
        if let full = name, full.trie != trie || !full.nibbles.isPrefix(of: leaf) {
          switch finish(page, readAt: now) {
          case .going: break
          case .again(let start): return start
          }
          let next = PageName(of: leaf, in: trie, depth: full.depth)
          guard trie != full.trie || keepEmptyPages(full, next, page, readAt: now) else {
            return nil
          }
          name = nil
        }
        if name == nil {
          let next = PageName(of: leaf, in: trie, depth: depths[trie])
          page.initialize(next, size: LeafPage.sizeLimit)
          name = next
        }
        if page.leafCount == LeafPage.leafLimit {
          // The rest of its leaves need not be read.
          page.makeCrowded()
          if case .again(let start) = finish(page, readAt: now) { return start }
          return page.name.end
        }
        page.append(leaf, value)
        leaves.advance()
      }
      guard name != nil, case .again(let start) = finish(page, readAt: now) else { return nil }
      return start
    }
  }

  /// How preloading goes on.
  private enum Way {
    case going
    /// From a key on, or not at all.
    case again(DatabaseKey?)
  }

  /// Keeps a page to which nothing more will come.
  private func finish(_ page: LeafPage, readAt now: UInt64) -> Way {
    let name = page.name
    switch keep(page, readAt: now) {
    case .tight: return .again(nil)
    case .outdated: return .again(name.firstLeaf)
    case .kept: break
    }
    if isStopped.load(ordering: .relaxed) { return .again(nil) }
    let isFiner = depths.noteLoad(of: name.trie, depth: name.depth, isCrowded: page.isCrowded)
    return page.isCrowded && isFiner ? .again(name.trie.leaves) : .going
  }

  /// Keeps the pages between two of the same trie, which have no leaves, if they are few; whether there
  /// was room.
  private func keepEmptyPages(
    _ before: PageName, _ after: PageName, _ page: LeafPage, readAt now: UInt64
  ) -> Bool {
    guard before.depth > 0 else { return true }
    let step = UInt64(1) << UInt64(64 - 4 * before.depth)
    guard after.path / step - before.path / step <= 16 else { return true }
    for path in stride(from: before.path + step, to: after.path, by: Int(truncatingIfNeeded: step))
    {
      page.initialize(
        PageName(trie: before.trie, path: path, depth: before.depth), size: LeafPage.sizeLimit)
      if case .tight = keep(page, readAt: now) { return false }
    }
    return true
  }

  private func names(
    of key: UnsafeRawBufferPointer, _ kind: DatabaseKey.Kind
  ) throws(StoreError) -> (TrieName, Hash256) {
    let size = kind == .account ? 33 : 65
    guard key.count == size else { throw database.damage("the key of a leaf") }
    let leaf = Hash256(bytesAt: key.place(size - 32))
    if kind == .account { return (.accounts, leaf) }
    return (.storage(ofAccountWithHash: Hash256(bytesAt: key.place(1))), leaf)
  }
}

extension PageName {
  /// The least key of the database behind all that the page may have.
  fileprivate var end: DatabaseKey? {
    guard depth > 0 else { return trie.leaves.end }
    let (next, isLast) = path.addingReportingOverflow(1 << UInt64(64 - 4 * depth))
    return isLast ? trie.leaves.end : PageName(trie: trie, path: next, depth: depth).firstLeaf
  }

  fileprivate var firstLeaf: DatabaseKey { trie.leaf(firstKey) }
}

extension Database {
  /// About how many bytes the entries of these kinds take in files.
  func approximateSize(of kinds: [DatabaseKey.Kind]) throws(StoreError) -> UInt64 {
    var sum: UInt64 = 0
    for kind in kinds {
      guard let end = DatabaseKey(kind).end else { continue }
      var message: UnsafeMutablePointer<CChar>?
      DatabaseKey(kind).withCharacters { start, startSize in
        end.withCharacters { end, endSize in
          var (starts, ends) = ([Optional(start)], [Optional(end)])
          var size: UInt64 = 0
          rocksdb_approximate_sizes(
            handle, 1, &starts, [startSize], &ends, [endSize], &size, &message)
          sum += size
        }
      }
      if message != nil { throw .database(path, "read", &message) }
    }
    return sum
  }
}
