// Reorganisations between branches that change all that a state can hold.

import Chain
import Ledger
import Primitives
import Samples
import State
import Testing

@Suite struct ReorganisationTests {
  /// Everything that a state holds, as one text.
  private func contents(of state: MemoryState) throws -> [String] {
    var lines: [String] = []
    var accounts: [(Address, Account)] = []
    state.forEachAccount { accounts.append(($0, $1)) }
    for (address, account) in accounts {
      lines.append("\(address) \(account) \(try state.code(account.codeHash).bytes)")
      state.forEachSlot(of: address) { slot, word in
        if !word.isZero { lines.append("\(address)[\(slot)] = \(word)") }
      }
    }
    return lines.sorted()
  }

  /// Whether `chain` is as if the branch to its head alone had been imported.
  private func expectOnlyItsBranch(_ chain: Blockchain, of tree: BlockTree) throws {
    let alone = try tree.mint.anotherChain()
    for block in tree.branch(to: chain.head.hash) { try alone.importBlock(encoded: block.encoded) }
    #expect(alone.head.hash == chain.head.hash)
    #expect(alone.head.totalDifficulty == chain.head.totalDifficulty)
    let (state, expected) = (chain.headState(), alone.headState())
    #expect(state.root() == chain.head.header.stateRoot)
    #expect(try contents(of: state) == contents(of: expected))
    for number in 0...chain.head.header.number {
      #expect(alone.hash(ofBlock: number) == chain.hash(ofBlock: number))
    }
  }

  @Test(arguments: [Fork.frontier, .spuriousDragon, .petersburg, .london])
  func aReorganisationLeavesNothingOfTheBranchThatLost(fork: Fork) throws {
    var reorganisations = 0
    var destroyed = 0
    for seed: UInt64 in 1...3 {
      let tree = try BlockTree(fork, blocks: 24, seed: seed)
      let chain = try tree.mint.anotherChain()
      for block in tree.blocks {
        let before = chain.head.hash
        try chain.importBlock(encoded: block.encoded)
        if chain.head.hash != before && chain.head.header.parentHash != before {
          reorganisations += 1
        }
        #expect(chain.headState().root() == chain.head.header.stateRoot)
        if TreeContracts.doomed.contains(where: { chain.headState().account($0) == nil }) {
          destroyed += 1
        }
      }
      try expectOnlyItsBranch(chain, of: tree)
      for block in tree.blocks {
        let total = try #require(chain.block(block.hash)).totalDifficulty
        #expect(total <= chain.head.totalDifficulty)
      }
    }
    // The trees do what they are for.
    #expect(reorganisations > 0 && destroyed > 0)
  }

  @Test(arguments: [Fork.paris, .osaka])
  func everyBlockCanBeMadeTheHead(fork: Fork) throws {
    let tree = try BlockTree(fork, blocks: 16, seed: 7)
    let chain = tree.mint.chain
    for block in tree.blocks + tree.blocks.reversed() {
      #expect(chain.setHead(block.hash))
      #expect(chain.headState().root() == block.header.stateRoot)
    }
    #expect(!chain.setHead(.zero))
    try expectOnlyItsBranch(chain, of: tree)
  }

  /// Imports what has a parent, in the order of `blocks`, until nothing is left.
  private func importAll(_ blocks: [Block], into chain: Blockchain) throws {
    var left = blocks
    while !left.isEmpty {
      var orphans: [Block] = []
      for block in left {
        do throws(BlockImportError) {
          try chain.importBlock(encoded: block.encoded)
        } catch {
          #expect(error == .invalid(.unknownParent(block.header.parentHash)))
          orphans.append(block)
        }
      }
      try #require(orphans.count < left.count)
      left = orphans
    }
  }

  @Test(arguments: [Fork.homestead, .byzantium, .berlin])
  func theOrderOfArrivalDoesNotMatter(fork: Fork) throws {
    for seed: UInt64 in 11...12 {
      var tree = try BlockTree(fork, blocks: 20, seed: seed)
      // Of two alike the first seen would be the head.
      try tree.makeOneBranchWin()
      var heads: Set<Hash256> = []
      var random = SeededGenerator(seed: seed)
      for _ in 0..<6 {
        let chain = try tree.mint.anotherChain()
        try importAll(tree.blocks.shuffled(using: &random), into: chain)
        heads.insert(chain.head.hash)
        try expectOnlyItsBranch(chain, of: tree)
      }
      #expect(heads.count == 1)
    }
  }
}
