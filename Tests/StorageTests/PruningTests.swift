// History that is kept within its bound, and what stays.

import Foundation
import Ledger
import Primitives
import Samples
import State
import Testing

@testable import Storage

@Suite struct PruningTests {
  private static let history: UInt64 = 8

  private static func options(_ history: Store.History) -> Store.Options {
    Store.Options(
      cacheSize: 8 << 20, history: history, flushChangeCount: 60, flushByteCount: 1 << 20,
      segmentSize: 8 << 10)
  }

  /// A store and the model of its chain.
  private struct Life {
    let path: String
    var random: SeededGenerator
    var model: ChainModel
    private var opened: Store?

    var store: Store { get throws { try #require(opened) } }

    init(_ path: String, seed: UInt64, _ history: Store.History, blocks: Int) throws {
      self.path = path
      random = SeededGenerator(seed: seed)
      model = ChainModel(&random)
      opened = try Store.create(
        at: path, genesis: model.genesis, allocations: model.allocations,
        options: PruningTests.options(history))
      try extend(by: blocks)
    }

    mutating func close() throws {
      try store.close()
      opened = nil
    }

    mutating func open(_ history: Store.History) throws {
      opened = try Store.open(at: path, options: PruningTests.options(history))
    }

    mutating func extend(by count: Int) throws {
      let store = try store
      for _ in 0..<count { try store.add(model.extend(&random)) }
    }

    mutating func expectEqual(rounds: Int = 1) throws {
      for _ in 0..<rounds { try model.expectEqual(try store, &random) }
    }

    /// The model as it was after block `number`; its state is that of `model`, which goes back with it.
    func model(at number: UInt64) -> ChainModel {
      var past = model
      while past.head.number > number { past.retreat() }
      return past
    }
  }

  /// Calls `body` with a store in a folder that stays as long.
  private func live(
    seed: UInt64, _ history: Store.History = .blocks(PruningTests.history), blocks: Int,
    _ body: (inout Life) throws -> Void
  ) throws {
    let folder = TemporaryFolder()
    try withExtendedLifetime(folder) {
      var life = try Life(folder.path, seed: seed, history, blocks: blocks)
      try body(&life)
    }
  }

  @Test func blocksStayWhenTheirChangesGo() throws {
    try live(seed: 1, blocks: 120) { life throws in
      _ = try life.store.prune()
      #expect(try life.store.statistics.prunedSegments > 10)
      try life.expectEqual(rounds: 20)
      _ = try life.store.verify()
      try life.store.close()
    }
  }

  /// What is gone does not come back with a larger bound.
  @Test func anArchiveOfAPrunedStoreBeginsLate() throws {
    try live(seed: 9, blocks: 120) { life throws in
      _ = try life.store.prune()
      try life.close()
      try life.open(.archive)
      try life.expectEqual(rounds: 20)
      #expect(try life.store.oldestState() > 60)
      #expect(throws: StoreError.pruned(block: 2)) { try life.store.changes(2) }
    }
  }

  @Test func aStateOutsideOfHistoryIsRefusedByName() throws {
    try live(seed: 2, blocks: 40) { life throws in
      let oldest = 40 - Self.history
      #expect(try life.store.oldestState() == oldest)
      for number in [0, 1, oldest - 1] {
        #expect(throws: StoreError.beyondHistory(block: number, oldest: oldest)) {
          try life.store.view(at: number)
        }
      }
      #expect(try life.store.view(at: 41) == nil)
      try life.model(at: oldest).expectSameState(try #require(try life.store.view(at: oldest)))
    }
  }

  @Test func whatWasPrunedBeforeAnInterruptionStaysSo() throws {
    try live(seed: 9, .archive, blocks: 160) { life throws in
      try life.close()
      try life.open(.blocks(Self.history))
      #expect(throws: StoreError.interrupted) {
        try life.store.prune { (done, _) throws(StoreError) in if done == 2 { throw .interrupted } }
      }
      let count = try life.store.statistics.prunedSegments
      #expect(count >= 2)
      _ = try life.store.prune()
      #expect(try life.store.statistics.prunedSegments > count)
      _ = try life.store.verify()
    }
  }

  @Test func anArchiveKeepsEverything() throws {
    try live(seed: 3, .archive, blocks: 60) { life throws in
      #expect(try life.store.prune() == 0)
      #expect(try life.store.statistics.prunedSegments == 0)
      #expect(try life.store.oldestState() == 0)
      try life.model(at: 0).expectSameState(try #require(try life.store.view(at: 0)))
    }
  }

  /// The disk holds all blocks without their changes, and no more than history and a few segments besides.
  @Test func theDiskGrowsByBlocksAlone() throws {
    try live(seed: 4, blocks: 0) { life throws in
      for _ in 0..<4 {
        try life.extend(by: 80)
        let store = try life.store
        _ = try store.prune()
        var blocks: UInt64 = 0
        var changes: UInt64 = 0
        for number in 0...store.head.number {
          var header = try store.folder.header(of: try #require(try store.recordPlace(number)))
          let length = header.length
          header.isPruned = true
          blocks += header.storedLength
          if number > store.head.number - Self.history { changes += length - header.storedLength }
        }
        let segments = UInt64(store.folder.segments().count)
        let table = 64 + 24 + 16 * (store.head.number + 1)
        // Besides: the segment of the oldest changes, that of the head, and the note of what is synced.
        let besides = segments * 88 + table + 2 * store.options.segmentSize + 1024
        #expect(store.statistics.segmentBytes <= blocks + changes + besides)
        #expect(store.statistics.segmentBytes >= blocks)
      }
    }
  }

  @Test func aViewStaysWhileTheChainGoesOn() throws {
    try live(seed: 5, blocks: 60) { life throws in
      var view = try life.store.view(at: 60)
      try life.extend(by: 80)
      _ = try life.store.prune()
      let pruned = try life.store.statistics.prunedSegments
      try life.model(at: 60).expectSameState(try #require(view))
      view = nil
      // Nobody wants it any more.
      #expect(try life.store.prune() > 0)
      #expect(try life.store.statistics.prunedSegments > pruned)
    }
  }

  @Test func aWayBackBeyondHistoryIsRefusedAndDoesNoHarm() throws {
    try live(seed: 6, blocks: 80) { life throws in
      _ = try life.store.prune()
      let oldest = try life.store.oldestState()
      #expect(throws: StoreError.beyondHistory(block: 3, oldest: oldest)) {
        try life.store.retreat(to: 3)
      }
      try life.expectEqual()
      life.model = life.model(at: 80 - Self.history)
      try life.store.retreat(to: life.model.head.number)
      try life.expectEqual()
      try life.extend(by: 20)
      try life.expectEqual()
    }
  }

  @Test func anUnfinishedFileIsTakenAway() throws {
    try live(seed: 7, blocks: 60) { life throws in
      try life.close()
      let path = StoreFormat.segments(life.path) + "/3" + PrunedSegment.unfinishedSuffix
      try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
      try life.open(.blocks(Self.history))
      #expect(!FileManager.default.fileExists(atPath: path))
      try life.expectEqual()
    }
  }

  /// Pruning goes on in the background of a life with ways back, endings and new beginnings.
  @Test(arguments: 0..<8)
  func randomLivesAgreeWithTheModel(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(300 + seed))
    let folder = TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    var model = ChainModel(&random)
    let options = Self.options(.blocks(Self.history))
    var store: Store? = try Store.create(
      at: folder.path, genesis: model.genesis, allocations: model.allocations, options: options)
    for _ in 0..<40 {
      if random.oneIn(6) {
        if random.flip() { try store?.close() }
        store = nil
        store = try Store.open(at: folder.path, options: options)
      }
      let present = try #require(store)
      if random.oneIn(5) {
        // Behind a way back, what is being pruned may be older than what would be pruned now.
        present.waitForFlush()
        present.pruner.join()
        let depth = present.head.number - (try present.oldestState())
        for _ in 0..<random.below(Int(depth) + 1) { model.retreat() }
        try present.retreat(to: model.head.number)
      } else {
        for _ in 0..<random.below(12) { try present.add(model.extend(&random)) }
      }
      try model.expectEqual(present, &random)
    }
    let present = try #require(store)
    #expect(present.statistics.prunedSegments > 0)
    _ = try present.verify()
  }
}
