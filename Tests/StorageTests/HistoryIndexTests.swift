// Views of an archive find what changed without looking through all blocks.

import Ledger
import Primitives
import Samples
import State
import Testing

@testable import Storage

@Suite struct HistoryIndexTests {
  private func options(_ history: Store.History?) -> Store.Options {
    Store.Options(
      cacheSize: 8 << 20, history: history, flushChangeCount: 60, flushByteCount: 1 << 20,
      segmentSize: 8 << 10)
  }

  private func makeStore(
    _ random: inout SeededGenerator, _ folder: TemporaryFolder, _ history: Store.History?
  ) throws -> (Store, ChainModel) {
    let model = ChainModel(&random)
    let store = try Store.create(
      at: folder.path, genesis: model.genesis, allocations: model.allocations,
      options: options(history))
    return (store, model)
  }

  /// Ways back, endings and new beginnings leave entries of blocks that are gone.
  @Test(arguments: 0..<12)
  func viewsOfAnyBlockAgreeWithTheModel(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(700 + seed))
    let folder = TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    var (store, model) = try makeStore(&random, folder, .archive)
    for _ in 0..<30 {
      if random.oneIn(8) {
        try store.close()
        _ = consume store
        store = try Store.open(at: folder.path, options: options(nil))
      }
      if random.oneIn(4) {
        for _ in 0..<random.below(min(40, model.blocks.count) + 1) { model.retreat() }
        try store.retreat(to: model.head.number)
      } else {
        for _ in 0..<random.below(20) { try store.add(model.extend(&random)) }
      }
    }
    if random.flip() { try store.flush() }
    // The database follows in the background, sooner or later.
    let followed = store.databaseBlock.number
    var isIndexed = false
    while true {
      let view = try #require(try store.view(at: model.head.number))
      try model.expectSameState(view)
      if view.way.index != nil {
        #expect(view.way.records.isEmpty)
        isIndexed = true
      }
      if model.blocks.isEmpty { break }
      for _ in 0...random.below(min(12, model.blocks.count)) where !model.blocks.isEmpty {
        model.retreat()
      }
    }
    #expect(isIndexed || followed == 0)
    _ = try store.verify()
  }

  @Test func aStoreStaysAnArchiveUntilToldOtherwise() throws {
    var random = SeededGenerator(seed: 720)
    let folder = TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    var (opened, model): (Store?, ChainModel) = try makeStore(&random, folder, .archive)
    var store: Store { get throws { try #require(opened) } }
    func reopen(_ history: Store.History?) throws {
      try store.close()
      opened = nil
      opened = try Store.open(at: folder.path, options: options(history))
    }
    func hasIndex() throws -> Bool {
      try DatabaseIterator(store.database, prefix: DatabaseKey(.history)).current() != nil
    }
    for _ in 0..<30 { try store.add(model.extend(&random)) }
    try reopen(nil)
    #expect(try store.history == .archive)
    #expect(try hasIndex())
    try reopen(.blocks(8))
    for _ in 0..<30 { try store.add(model.extend(&random)) }
    try reopen(nil)
    #expect(try store.history == .blocks(8))
    #expect(try !hasIndex())
    // It need not grow for that.
    try reopen(.blocks(9))
    try reopen(nil)
    #expect(try store.history == .blocks(9))
    // What was not indexed is looked through, as long as it is there.
    try reopen(.archive)
    for _ in 0..<30 { try store.add(model.extend(&random)) }
    try store.flush()
    for _ in 0..<32 { model.retreat() }
    let view = try #require(try store.view(at: model.head.number))
    #expect(view.way.records.count == 2 && view.way.index != nil)
    try model.expectSameState(view)
  }

  @Test func aNewStoreKeepsTheUsualHistory() throws {
    var random = SeededGenerator(seed: 721)
    let folder = TemporaryFolder()
    let (store, _) = try makeStore(&random, folder, nil)
    #expect(store.history == .standard)
    withExtendedLifetime(folder) {}
  }
}
