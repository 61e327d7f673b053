// Branches that a store goes along, with crashes in between.

import Foundation
import Ledger
import Primitives
import Samples
import State
import Synchronization
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

  @Test(arguments: 0..<6)
  func aChainThatWasLeftIsTakenUpAgainFromItsRecords(seed: Int) throws {
    var life = try Life(seed: UInt64(70 + seed), blocks: 9)
    for _ in 0..<4 {
      let left = life.model
      let back = 1 + life.random.below(left.blocks.count)
      let kept = try (left.blocks.count - back..<left.blocks.count).map {
        try #require(try life.store?.keptBlock(UInt64($0 + 1)))
      }
      let other = try life.branch(back: back, forth: 1 + life.random.below(12))
      try life.store?.adoptBranch()
      life.model = other
      if life.random.flip() { try life.store?.flush() }
      try life.model.expectEqual(try #require(life.store), &life.random)
      // And to the chain of before, with some blocks more.
      let before = life.model
      try life.store?.beginBranch(at: UInt64(left.blocks.count - back))
      for block in kept { #expect(try life.store?.takeUp(block) == true) }
      life.model = left
      try life.model.expectSameState(try #require(life.store).state)
      for _ in 0..<life.random.below(4) { try life.store?.add(life.model.extend(&life.random)) }
      if life.random.oneIn(3) {
        try life.store?.leaveBranch()
        life.model = before
      } else {
        try life.store?.adoptBranch()
      }
      try life.model.expectEqual(try #require(life.store), &life.random)
      if life.random.flip() { try life.reopen() }
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

  /// What a head's accounts are, for a reader on another thread.
  private final class Heads: Sendable {
    let accounts = Mutex<[Hash256: [Address: Account?]]>([:])
    let isOver = Atomic(false)
    let looks = Atomic(0)
    let problem = Mutex<String?>(nil)

    func add(_ model: ChainModel) {
      var accounts: [Address: Account?] = [:]
      for address in model.addresses { accounts[address] = .some(model.state.account(address)) }
      let found = accounts
      self.accounts.withLock { $0[model.head.hash] = found }
    }

    /// Looks at the head of a store again and again.
    func watch(_ store: Store) {
      do {
        while !isOver.load(ordering: .relaxed) {
          guard let view = try store.view(at: store.head.number),
            let known = accounts.withLock({ $0[view.block.hash] })
          else { continue }
          for (address, account) in known where try view.account(address) != account {
            problem.withLock { $0 = "\(address) at block \(view.block.number)" }
          }
          looks.add(1, ordering: .relaxed)
        }
      } catch {
        problem.withLock { $0 = "\(error)" }
      }
    }
  }

  @Test(arguments: 0..<3)
  func whoReadsMeanwhileSeesOneBranchOrTheOther(seed: Int) throws {
    var life = try Life(seed: UInt64(40 + seed), blocks: 8)
    let heads = Heads()
    heads.add(life.model)
    let store = try #require(life.store)
    let reader = Thread { heads.watch(store) }
    reader.start()
    for _ in 0..<60 {
      let back = min(life.model.blocks.count, life.random.below(8))
      let other = try life.branch(back: back, forth: 1 + life.random.below(9))
      heads.add(other)
      try store.adoptBranch()
      life.model = other
      if life.random.oneIn(3) { try store.flush() }
    }
    heads.isOver.store(true, ordering: .relaxed)
    while !reader.isFinished { usleep(1000) }
    #expect(heads.problem.withLock { $0 } == nil)
    #expect(heads.looks.load(ordering: .relaxed) > 0)
    try life.model.expectEqual(store, &life.random)
  }

  @Test func aCodeThatComesAgainIsKeptUntilTheDatabaseHasIt() {
    var codes = CodeTable()
    let code = Code.of([1, 2, 3])
    codes.insert(code, step: 5)
    // Where it came first was undone, and the database went past that.
    codes.insert(Code.of([1, 2, 3]), step: 40)
    for _ in 0..<3 { codes.sweep(upTo: 20) }
    #expect(codes.find(code.hash) != nil)
    for _ in 0..<3 { codes.sweep(upTo: 40) }
  }
}
