// Branches, reorganisations and the state that goes with them.

import Chain
import Crypto
import Ledger
import Primitives
import Samples
import State
import Testing

@Suite struct BlockchainTests {
  /// A tree of blocks, parents before children, each with a transfer.
  private func tree(_ mint: Mint, blocks count: Int, seed: UInt64) throws -> [Block] {
    var random = SeededGenerator(seed: seed)
    var records = [mint.chain.genesis]
    var nonces: [Hash256: UInt64] = [mint.chain.genesis.hash: 0]
    var blocks: [Block] = []
    for _ in 0..<count {
      let recent = records.suffix(4)
      let parent = try #require(recent.randomElement(using: &random))
      let nonce = try #require(nonces[parent.hash])
      let recipient = Address(UInt64.random(in: 1000...1008, using: &random))
      let draft = mint.draft(
        after: parent, elapsed: UInt64.random(in: 1...40, using: &random),
        [Mint.transfer(nonce: nonce, to: recipient)])
      let block = try mint.finish(draft)
      guard !blocks.contains(block) else { continue }
      nonces[block.hash] = nonce + 1
      records.append(try #require(mint.chain.block(block.hash)))
      blocks.append(block)
    }
    return blocks
  }

  /// The block and its ancestors among `blocks`, the oldest first.
  private func branch(to hash: Hash256, of blocks: [Block]) -> [Block] {
    var branch: [Block] = []
    var wanted = hash
    while let block = blocks.first(where: { $0.hash == wanted }) {
      branch.append(block)
      wanted = block.header.parentHash
    }
    return branch.reversed()
  }

  @Test(arguments: [Fork.frontier, .spuriousDragon, .london])
  func reorganisingGivesWhatTheWinningBranchAloneGives(fork: Fork) throws {
    for seed: UInt64 in 1...4 {
      let mint = try Mint(fork)
      let blocks = try tree(mint, blocks: 24, seed: seed)
      let chain = try mint.anotherChain()
      for block in blocks {
        try chain.importBlock(encoded: block.encoded)
        #expect(chain.headState().root() == chain.head.header.stateRoot)
      }
      let alone = try mint.anotherChain()
      for block in branch(to: chain.head.hash, of: blocks) { try alone.importBlock(block) }
      #expect(alone.head.hash == chain.head.hash)
      #expect(alone.head.totalDifficulty == chain.head.totalDifficulty)
      for block in blocks {
        let total = try #require(chain.block(block.hash)).totalDifficulty
        #expect(total <= chain.head.totalDifficulty)
      }
      for number in 0...chain.head.header.number {
        #expect(alone.hash(ofBlock: number) == chain.hash(ofBlock: number))
      }
      #expect(chain.hash(ofBlock: chain.head.header.number + 1) == nil)
    }
  }

  @Test func everyBlockCanBeMadeTheHead() throws {
    let mint = try Mint(.osaka, contracts: SystemContracts.allocations)
    let blocks = try tree(mint, blocks: 16, seed: 7)
    for block in blocks + blocks.reversed() {
      #expect(mint.chain.setHead(block.hash))
      #expect(mint.chain.headState().root() == block.header.stateRoot)
    }
    #expect(!mint.chain.setHead(.zero))
  }

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

  @Test func theSealIsAskedOfBlocksAndOmmersBeforeParis() throws {
    let mint = try Mint(.london)
    let block = try mint.finish(mint.draft(after: mint.chain.genesis))
    let chain = try mint.anotherChain { _ throws(InvalidBlock) in
      throw .invalidSeal(.zeroDifficulty)
    }
    #expect(refusal(block, by: chain) == .invalidSeal(.zeroDifficulty))
    #expect(chain.head.hash == chain.genesis.hash)
  }
}
