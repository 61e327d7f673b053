// Branches, the choice of the head, and what is remembered.

import Chain
import Crypto
import Ledger
import Primitives
import State
import Testing

@Suite struct BlockchainTests {
  @Test func theFirstSeenOfTwoAlikeStaysTheHead() throws {
    let mint = try Mint(.london)
    let genesis = mint.chain.genesis
    let first = try mint.finish(mint.draft(after: genesis))
    var other = mint.draft(after: genesis)
    other.header.extraData = [1]
    other = try mint.finish(other)
    let chain = try mint.anotherChain()
    try chain.importBlock(first)
    try chain.importBlock(other)
    #expect(chain.head.hash == first.hash)
    let (child) = try mint.finish(
      mint.draft(after: try #require(mint.chain.block(other.hash))))
    try chain.importBlock(child)
    #expect(chain.head.hash == child.hash)
  }

  @Test func sinceParisTheBlockImportedLastIsTheHead() throws {
    let mint = try Mint(.paris)
    let genesis = mint.chain.genesis
    let first = try mint.finish(mint.draft(after: genesis))
    let second = try mint.finish(mint.draft(after: genesis, elapsed: 20))
    let chain = try mint.anotherChain()
    for block in [first, second, first] {
      try chain.importBlock(block)
      #expect(chain.head.hash == block.hash)
    }
  }

  @Test func afterTheMergeAHeavierBlockOfWorkIsNotTheHead() throws {
    var rules = ChainRules(chainID: 1, always: .grayGlacier)
    rules.terminalTotalDifficulty = Difficulty.minimum &* UInt256(2 as UInt64)
    let mint = try Mint(rules)
    let genesis = mint.chain.genesis
    // Of two blocks that end the proof of work, the one that came faster is the heavier.
    let light = try mint.finish(mint.draft(after: genesis, elapsed: 100))
    let heavy = try mint.finish(mint.draft(after: genesis, elapsed: 1))
    #expect(heavy.header.difficulty > light.header.difficulty)
    let next = try mint.finish(mint.draft(after: try #require(mint.chain.block(light.hash))))
    let chain = try mint.anotherChain()
    for block in [light, next, heavy] { try chain.importBlock(block) }
    #expect(chain.head.hash == next.hash)
    let other = try mint.anotherChain()
    for block in [light, heavy] { try other.importBlock(block) }
    #expect(other.head.hash == heavy.hash)
  }

  @Test func parisBeginsWithTheTerminalTotalDifficulty() throws {
    var rules = ChainRules(chainID: 1, always: .grayGlacier)
    rules.terminalTotalDifficulty = Difficulty.minimum &* UInt256(2 as UInt64)
    let mint = try Mint(rules)
    let last = try mint.finish(mint.draft(after: mint.chain.genesis))
    #expect(last.header.difficulty >= Difficulty.minimum)
    let record = try #require(mint.chain.block(last.hash))
    let next = try mint.finish(mint.draft(after: record))
    #expect(next.header.difficulty.isZero)
    var late = next
    late.header.difficulty = Difficulty.minimum
    #expect(refusal(late, by: mint.chain) == .wrongDifficulty(expected: .zero))
  }

  @Test func whatLiesFarBehindIsForgotten() throws {
    let mint = try Mint(ChainRules(chainID: 1, always: .paris), historyLimit: 256)
    var first: Block?
    for _ in 0..<300 {
      let block = try mint.finish(mint.draft(after: mint.chain.head))
      first = first ?? block
      try mint.chain.importBlock(block)
    }
    let old = try #require(first)
    #expect(mint.chain.block(old.hash) == nil)
    #expect(mint.chain.hash(ofBlock: 1) == old.hash)
    var orphan = old
    orphan.header.parentHash = old.hash
    #expect(refusal(orphan, by: mint.chain) == .unknownParent(old.hash))
  }

  @Test func aGenesisBlockCommitsToItsState() {
    #expect(throws: InvalidBlock.self) {
      _ = try Blockchain(
        genesis: Header(number: 0, gasLimit: 5_000, timestamp: 0), state: Mint.state([]),
        rules: ChainRules(chainID: 1, always: .paris))
    }
  }
}
