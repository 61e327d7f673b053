// Whose proof of work is asked for.

import Chain
import Crypto
import Ledger
import Primitives
import Testing

@Suite struct SealTests {
  /// The headers that a chain asked about, in order.
  private final class Questions: @unchecked Sendable {
    var hashes: [Hash256] = []
  }

  /// A chain of two blocks under proof of work, the second of which has an ommer and ends it, and one
  /// block after it.
  private func blocks() throws -> (mint: Mint, work: [Block], ommer: Header, paris: Block) {
    var rules = ChainRules(chainID: 1, always: .grayGlacier)
    rules.terminalTotalDifficulty = Difficulty.minimum &* UInt256(2 as UInt64) &+ .one
    let mint = try Mint(rules)
    let first = try mint.finish(mint.draft(after: mint.chain.genesis))
    let sibling = try mint.finish(mint.draft(after: mint.chain.genesis, elapsed: 11))
    let parent = try #require(mint.chain.block(first.hash))
    let second = try mint.finish(mint.draft(after: parent, ommers: [sibling.header]))
    let last = try #require(mint.chain.block(second.hash))
    let third = try mint.finish(mint.draft(after: last))
    #expect(!second.header.difficulty.isZero && third.header.difficulty.isZero)
    return (mint, [first, second], sibling.header, third)
  }

  @Test func theSealIsAskedOfBlocksAndOmmersBeforeParis() throws {
    let (mint, work, ommer, paris) = try blocks()
    let questions = Questions()
    let chain = try mint.anotherChain { questions.hashes.append($0.hash) }
    for block in work { try chain.importBlock(block) }
    let expected = [work[0].hash, work[1].hash, ommer.hash]
    #expect(questions.hashes == expected)
    // Neither of what is known nor of what follows the proof of work.
    for block in work + [paris] { try chain.importBlock(encoded: block.encoded) }
    #expect(questions.hashes == expected)
    #expect(chain.head.hash == paris.hash)
  }

  @Test func aSealThatDoesNotHoldRefusesTheBlock() throws {
    let (mint, work, ommer, _) = try blocks()
    for bad in [work[0].hash, work[1].hash, ommer.hash] {
      let chain = try mint.anotherChain { header throws(InvalidBlock) in
        if header.hash == bad { throw .invalidSeal(.zeroDifficulty) }
      }
      let reasons = work.map { refusal($0, by: chain) }
      let expected: [InvalidBlock?] =
        switch bad {
        case work[0].hash: [.invalidSeal(.zeroDifficulty), .unknownParent(work[0].hash)]
        case work[1].hash: [nil, .invalidSeal(.zeroDifficulty)]
        default: [nil, .ommer(index: 0, .invalidSeal(.zeroDifficulty))]
        }
      #expect(reasons == expected)
    }
  }

  @Test func aSealIsAskedOnlyOfHeadersThatHold() throws {
    let (mint, work, _, _) = try blocks()
    let questions = Questions()
    let chain = try mint.anotherChain { questions.hashes.append($0.hash) }
    var wrong = work[0]
    wrong.header.difficulty = .one
    #expect(refusal(wrong, by: chain) == .wrongDifficulty(expected: work[0].header.difficulty))
    #expect(questions.hashes.isEmpty)
  }
}
