// Ommers: what may stand in a block, and what is paid for it.

import Chain
import Ledger
import Primitives
import State
import Testing

@Suite struct OmmerTests {
  private let mint: Mint
  /// Two blocks of the chain, and a sibling of each.
  private let blocks: [Block]
  private let siblings: [Block]

  init() throws {
    let mint = try Mint(.istanbul)
    var blocks: [Block] = []
    var siblings: [Block] = []
    for number in 0..<2 {
      let parent = blocks.last.flatMap { mint.chain.block($0.hash) }
      let draft = mint.draft(after: parent ?? mint.chain.genesis)
      var sibling = draft
      sibling.header.coinbase = Address(UInt64(0x51b + number))
      blocks.append(try mint.finish(draft))
      siblings.append(try mint.finish(sibling))
    }
    self.mint = mint
    self.blocks = blocks
    self.siblings = siblings
  }

  /// The block on top with these ommers.
  private func top(_ ommers: [Header]) throws -> Block {
    let parent = try #require(mint.chain.block(blocks[1].hash))
    return try mint.finish(mint.draft(after: parent, ommers: ommers))
  }

  private func reason(_ ommers: [Header]) throws -> InvalidBlock? {
    do {
      _ = try top(ommers)
      return nil
    } catch let error as BlockImportError {
      guard case .invalid(let reason) = error else { return nil }
      return reason
    }
  }

  @Test func siblingsOfAncestorsArePaidByTheirAge() throws {
    let block = try top(siblings.map(\.header))
    #expect(mint.chain.setHead(block.hash))
    let state = mint.chain.headState()
    let ether = UInt256(1_000_000_000_000_000_000 as UInt64)
    let reward = ether &* UInt256(2 as UInt64)
    let eighth = reward &>> 3
    #expect(state.account(Address(0x51b))?.balance == eighth &* UInt256(6 as UInt64))
    #expect(state.account(Address(0x51c))?.balance == eighth &* UInt256(7 as UInt64))
    let forThree = reward &* UInt256(3 as UInt64) &+ (reward &>> 4)
    #expect(state.account(Mint.coinbase)?.balance == forThree)
  }

  @Test func refusesWhatIsNoOmmer() throws {
    let sibling = siblings[0].header
    #expect(try reason([sibling, sibling]) == .duplicateOmmer)
    #expect(try reason([sibling, siblings[1].header, blocks[0].header]) == .tooManyOmmers)
    #expect(try reason([blocks[0].header]) == .ommerIsAncestor)
    #expect(try reason([mint.chain.genesis.header]) == .ommerIsAncestor)
    var stranger = sibling
    stranger.parentHash = .zero
    #expect(try reason([stranger]) == .ommerParentNotAncestor)
    var brother = sibling
    brother.parentHash = blocks[1].hash
    #expect(try reason([brother]) == .ommerIsSibling)
  }

  @Test func refusesInvalidHeaders() throws {
    var ommer = siblings[0].header
    ommer.extraData = Array(repeating: 0, count: 33)
    #expect(try reason([ommer]) == .ommer(index: 0, .extraDataTooLong))
    ommer = siblings[0].header
    ommer.number = 2
    #expect(try reason([ommer]) == .ommer(index: 0, .wrongNumber(expected: 1)))
  }

  @Test func refusesWhatAnAncestorLists() throws {
    let first = try top([siblings[0].header])
    let parent = try #require(mint.chain.block(first.hash))
    #expect(throws: BlockImportError.invalid(.ommerAlreadyIncluded)) {
      try mint.finish(mint.draft(after: parent, ommers: [siblings[0].header]))
    }
  }
}
