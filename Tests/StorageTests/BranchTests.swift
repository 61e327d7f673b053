// Branches that a store goes along, with crashes in between.

import Ledger
import Primitives
import Samples
import State
import Testing

@testable import Storage

@Suite struct BranchTests {
  /// A store and what it should hold.
  private struct Life {
    let folder = TemporaryFolder()
    var random: SeededGenerator
    var model: ChainModel
    var store: Store?

    init(seed: UInt64, blocks: Int, options: Store.Options = StoreTests.options) throws {
      random = SeededGenerator(seed: seed)
      model = ChainModel(&random)
      store = try Store.create(
        at: folder.path, genesis: model.genesis, allocations: model.allocations, options: options)
      for _ in 0..<blocks { try store?.add(model.extend(&random)) }
    }

    /// Opens the store anew, as after a crash unless it was closed.
    mutating func reopen() throws {
      store = nil
      store = try Store.open(at: folder.path, options: StoreTests.options)
    }

    /// Goes back so many blocks and along so many new ones; what the store should hold if they become the
    /// chain.
    mutating func branch(back: Int, forth: Int) throws -> ChainModel {
      var other = model.copy()
      for _ in 0..<back { other.retreat() }
      let store = try #require(store)
      try store.beginBranch(at: other.head.number)
      try other.expectSameState(store.state)
      for _ in 0..<forth { try store.add(other.extend(&random)) }
      try other.expectSameState(store.state)
      #expect(store.tipBlock.hash == other.head.hash)
      #expect(store.head.hash == model.head.hash)
      return other
    }

    /// Who reads sees the chain as it was before the branch.
    func expectOldChain() throws {
      let view = try #require(try store?.view(at: model.head.number))
      try model.expectSameState(view)
      #expect(try store?.header(model.head.number) == model.head)
    }
  }

  @Test(arguments: 0..<10)
  func aBranchIsAdoptedWholeOrNotAtAll(seed: Int) throws {
    var life = try Life(seed: UInt64(300 + seed), blocks: 12)
    for _ in 0..<25 {
      switch life.random.below(6) {
      case 0:
        if life.random.flip() { try life.store?.close() }
        try life.reopen()
      case 1, 2:
        for _ in 0..<life.random.below(6) {
          try life.store?.add(life.model.extend(&life.random))
        }
        if life.random.flip() { try life.store?.flush() }
      default:
        let back = min(life.model.blocks.count, life.random.below(10))
        let other = try life.branch(back: back, forth: life.random.below(12))
        try life.expectOldChain()
        switch life.random.below(4) {
        case 0: try life.store?.leaveBranch()
        case 1: try life.reopen()
        case 2:
          try life.store?.close()
          try life.reopen()
        default:
          try life.store?.adoptBranch()
          life.model = other
          if life.random.flip() { try life.reopen() }
        }
      }
      try life.model.expectEqual(try #require(life.store), &life.random)
    }
    _ = try life.store?.verify()
  }

  @Test func whatWasAdvancedToOnABranchIsUndoneWithIt() throws {
    var life = try Life(seed: 7, blocks: 9)
    var other = try life.branch(back: 4, forth: 3)
    for round in 0..<2 {
      let block = other.extend(&life.random)
      _ = try life.store?.advance(to: block.identity, by: block.diff)
      if round == 0 { _ = try life.store?.root(after: block.diff, run: Store.inTurn) }
    }
    try life.store?.leaveBranch()
    try life.model.expectEqual(try #require(life.store), &life.random)
    for _ in 0..<3 { try life.store?.add(life.model.extend(&life.random)) }
    try life.reopen()
    try life.model.expectEqual(try #require(life.store), &life.random)
  }

  @Test func aBranchThatTheDatabaseIsBehindOfIsAdoptedToo() throws {
    // The database stands at the head, behind which the branch begins.
    for isFlushed in [true, false] {
      var life = try Life(seed: 8, blocks: 14)
      if isFlushed { try life.store?.flush() }
      let other = try life.branch(back: 9, forth: 2)
      try life.store?.adoptBranch()
      life.model = other
      try life.model.expectEqual(try #require(life.store), &life.random)
      try life.reopen()
      try life.model.expectEqual(try #require(life.store), &life.random)
      _ = try life.store?.verify()
    }
  }

  @Test func lastBlocksAreThoseOfTheBranch() throws {
    var life = try Life(seed: 9, blocks: 6)
    let other = try life.branch(back: 3, forth: 2)
    let store = try #require(life.store)
    let hashes = try store.lastBlocks(4).map(\.hash)
    #expect(hashes == other.blocks.suffix(4).reversed().map(\.header.hash))
    #expect(try store.lastBlocks(100).count == other.blocks.count + 1)
    #expect(try store.header(5) == life.model.blocks[4].header)
  }
}
