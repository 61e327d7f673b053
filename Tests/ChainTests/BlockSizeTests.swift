// The largest size of a block.

import Chain
import Ledger
import Primitives
import Testing

@Suite struct BlockSizeTests {
  /// Seven transactions with `total` bytes of data in all, which a transaction of Osaka has gas for.
  private func transactions(_ total: Int) -> [Transaction] {
    let share = total / 7
    return (0..<7).map { index in
      let count = index == 6 ? total - 6 * share : share
      return Mint.transaction(
        nonce: UInt64(index), to: Address(1000), gasLimit: 16_000_000,
        data: [UInt8](repeating: 0, count: count))
    }
  }

  /// A valid block whose encoding has `size` bytes.
  private func block(_ mint: Mint, size: Int) throws -> Block {
    var total = size - 2_000
    for _ in 0..<8 {
      let block = try mint.finish(mint.draft(after: mint.chain.genesis, transactions(total)))
      let missing = size - block.encoded.count
      if missing == 0 { return block }
      total += missing
    }
    throw Mint.Unfinished()
  }

  private func mint(_ fork: Fork) throws -> Mint {
    try Mint(
      ChainRules(chainID: 1, always: fork), contracts: SystemContracts.allocations,
      gasLimit: 200_000_000)
  }

  @Test func sinceOsakaBlocksHaveALargestSize() throws {
    let limit = BodyValidation.maximumSize
    #expect(limit == 8 << 20)
    let osaka = try mint(.osaka)
    let largest = try block(osaka, size: limit)
    for chain in [try osaka.anotherChain(), try osaka.anotherChain()] {
      try chain.importBlock(encoded: largest.encoded)
      #expect(chain.head.hash == largest.hash)
    }
    #expect(refusal(largest, by: try osaka.anotherChain()) == nil)
    // A byte more, whether the block comes decoded or not.
    var over = largest
    over.header.extraData = [0x80]
    #expect(over.encoded.count == limit + 1)
    #expect(refusal(over, by: osaka.chain) == .tooLarge(limit: limit))
    #expect(throws: BlockImportError.invalid(.tooLarge(limit: limit))) {
      try osaka.chain.importBlock(encoded: over.encoded)
    }
  }

  @Test func beforeOsakaTheyHaveNone() throws {
    let prague = try mint(.prague)
    let block = try block(prague, size: BodyValidation.maximumSize + 1)
    try prague.anotherChain().importBlock(encoded: block.encoded)
    #expect(refusal(block, by: try prague.anotherChain()) == nil)
  }
}
