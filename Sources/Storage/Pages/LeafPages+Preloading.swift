// All leaves are brought into memory at once, where they fit.

internal import CRocksDB
internal import Primitives
internal import State
internal import Synchronization

extension LeafPages {
  /// Keeps the pages of all leaves, if there seems to be room for all of them. One after the other they
  /// cost a part of what each would cost when it is needed. Ends early after `stopPreloading`.
  func preload() throws(StoreError) {
    guard try database.approximateSize(of: [.account, .slot]) <= UInt64(capacity) else { return }
    for kind in [DatabaseKey.Kind.account, .slot] {
      var start: DatabaseKey? = DatabaseKey(kind)
      while let from = start { start = try preload(kind, from: from) }
    }
  }

  /// Keeps the pages of leaves from a key on; answers where it is to be begun again, if it is.
  private func preload(
    _ kind: DatabaseKey.Kind, from start: DatabaseKey
  ) throws(StoreError) -> DatabaseKey? {
    let now = generation.load(ordering: .acquiring)
    return try LeafPage.withTemporary { page throws(StoreError) in
      var leaves = DatabaseIterator(
        database, prefix: DatabaseKey(kind), from: start, isScan: true)
      var name: PageName?
      /// Whether pages are kept on; otherwise where to begin again, if anywhere.
      func finish(_ name: PageName) -> (goesOn: Bool, start: DatabaseKey?) {
        switch keep(page, readAt: now) {
        case .kept: (!isStopped.load(ordering: .relaxed), nil)
        case .tight: (false, nil)
        case .outdated: (false, name.trie.leaf(name.firstKey))
        }
      }
      while let (key, value) = try leaves.current() {
        let (trie, leaf) = try names(of: key, kind)
        guard value.count <= LeafPage.valueLimit else { throw database.damage("a leaf") }
        if let full = name, full.trie != trie || !full.nibbles.isPrefix(of: leaf) {
          let (goesOn, start) = finish(full)
          if !goesOn { return start }
          name = nil
        }
        if name == nil {
          let next = PageName(of: leaf, in: trie, depth: depths[trie])
          page.initialize(next, size: LeafPage.sizeLimit)
          name = next
        }
        if page.leafCount == LeafPage.leafLimit {
          return depths.deepen(trie, from: page.name.depth) ? trie.leaves : trie.leaves.end
        }
        page.append(leaf, value)
        leaves.advance()
      }
      return name.flatMap { finish($0).start }
    }
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
