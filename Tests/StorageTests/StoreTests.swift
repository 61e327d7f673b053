// Random lives of a store against a chain in memory.

import Ledger
import Primitives
import Samples
import State
import Testing

@testable import Storage

@Suite struct StoreTests {
  static let options = Store.Options(
    cacheSize: 8 << 20, flushChangeCount: 60, flushByteCount: 1 << 20, segmentSize: 24 << 10)

  @Test func aNewStoreHasTheStateOfItsGenesis() throws {
    var random = SeededGenerator(seed: 1)
    let folder = TemporaryFolder()
    let model = ChainModel(&random)
    let store = try Store.create(
      at: folder.path, genesis: model.genesis, allocations: model.allocations,
      options: Self.options)
    try model.expectEqual(store, &random)
    #expect(store.genesis == model.genesis)
  }

  @Test func statisticsCountTheLeavesInMemory() throws {
    var random = SeededGenerator(seed: 3)
    let folder = TemporaryFolder()
    let model = ChainModel(&random)
    let store = try Store.create(
      at: folder.path, genesis: model.genesis, allocations: model.allocations,
      options: Self.options)
    let before = store.statistics.leafBytes
    for allocation in model.allocations { _ = try store.state.account(allocation.address) }
    #expect(store.statistics.leafBytes > before)
  }

  @Test func blocksAreThereAfterClosing() throws {
    var random = SeededGenerator(seed: 2)
    let folder = TemporaryFolder()
    var model = ChainModel(&random)
    var store: Store? = try Store.create(
      at: folder.path, genesis: model.genesis, allocations: model.allocations,
      options: Self.options)
    for _ in 0..<20 { try store?.add(model.extend(&random)) }
    try store?.close()
    store = nil
    let again = try Store.open(at: folder.path, genesis: model.genesis.hash, options: Self.options)
    #expect(again.databaseBlock == again.head)
    try model.expectEqual(again, &random)
  }

  @Test func theDatabaseFollowsAfterSoManyBlocksHoweverSmall() throws {
    var random = SeededGenerator(seed: 4)
    let folder = TemporaryFolder()
    var model = ChainModel(&random)
    let options = Store.Options(cacheSize: 64 << 20, flushBlockCount: 4)
    let store = try Store.create(
      at: folder.path, genesis: model.genesis, allocations: model.allocations, options: options)
    for _ in 0..<60 {
      try store.add(model.extend(&random))
      store.tail.wait { !$0.flush.isRunning }
      // Two more come before the next root sees that it is time.
      #expect(store.tail.with { $0.recents.count } <= options.flushBlockCount + 2)
    }
    try model.expectEqual(store, &random)
  }

  @Test(arguments: 0..<12)
  func randomLivesAgreeWithTheModel(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(100 + seed))
    let folder = TemporaryFolder()
    var model = ChainModel(&random)
    var store: Store? = try Store.create(
      at: folder.path, genesis: model.genesis, allocations: model.allocations,
      options: Self.options)
    for _ in 0..<60 {
      if random.oneIn(6) {
        if random.flip() { try store?.close() }
        store = nil
        store = try Store.open(at: folder.path, options: Self.options)
      } else if let store {
        try live(on: store, model: &model, &random)
      }
      if let store { try model.expectEqual(store, &random) }
    }
  }

  private func live(
    on store: Store, model: inout ChainModel, _ random: inout SeededGenerator
  ) throws {
    switch random.below(10) {
    case 0:
      for _ in 0..<min(model.blocks.count, random.below(9)) { model.retreat() }
      try store.retreat(to: model.head.number)
    case 1:
      // Advanced to, some with their root, and taken back.
      var later = 0
      for _ in 0..<random.below(3) {
        let block = model.extend(&random)
        _ = try store.advance(to: block.identity, by: block.diff)
        if later == store.rootsAhead, random.flip() {
          #expect(try store.root(after: block.diff, run: Store.inTurn) == block.header.stateRoot)
        }
        later += 1
      }
      for _ in 0..<later { model.retreat() }
      try store.retreat(to: model.head.number)
    case 2: try store.flush()
    default: for _ in 0..<random.below(8) { try store.add(model.extend(&random)) }
    }
  }
}

extension Store {
  /// How many blocks the tries are ahead of the head.
  fileprivate var rootsAhead: Int { Int(rootNumber) - Int(head.number) }
}
