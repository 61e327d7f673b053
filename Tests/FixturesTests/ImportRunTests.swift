// Importing chains from files.

import Chain
import Foundation
import JSON
import Ledger
import Primitives
import State
import Synchronization
import Testing

@testable import Fixtures

@Suite struct ImportRunTests {
  /// Imports `files` of blocks on the empty chain, or on `genesis`, in memory or into a store.
  private func report(
    _ files: [String: [[UInt8]]], genesis: String = EmptyChain.genesisText, path: String? = nil,
    intoStore: Bool = false
  ) throws -> ImportReport {
    let folder = try TemporaryFolder()
    let genesisPath = try folder.write("genesis.json", Array(genesis.utf8))
    for (name, blocks) in files { _ = try folder.write("blocks/\(name)", Array(blocks.joined())) }
    let blocks = "\(folder.path)/blocks" + (path.map { "/\($0)" } ?? "")
    let destination = intoStore ? Self.destination(in: folder) : nil
    return ImportRun(path: blocks, genesis: genesisPath, destination: destination).run()
  }

  private static func destination(in folder: TemporaryFolder) -> ImportRun.Destination {
    ImportRun.Destination(path: "\(folder.path)/data", threads: 2, cacheSize: 64 << 20)
  }

  @Test(arguments: [false, true])
  func aFileIsImportedToItsEnd(intoStore: Bool) throws {
    let blocks = try EmptyChain.blocks(40)
    let report = try report(
      ["chain.rlp": blocks.map(\.encoded)], path: "chain.rlp", intoStore: intoStore)
    #expect(report.exitStatus == 0)
    #expect(report.blocks == 40 && report.refusal == nil)
    #expect(report.head == blocks.last?.header)
    #expect(ImportText.summary(report).hasSuffix("\n40 imported, 0 refused\n"))
    #expect(ImportText.json(report).contains("\"blocks\": 40"))
  }

  @Test(arguments: [false, true])
  func filesOfAFolderComeByNameAndMayOverlap(intoStore: Bool) throws {
    let blocks = try EmptyChain.blocks(9).map(\.encoded)
    let genesis = try EmptyChain.genesis().block.encoded
    let report = try report(
      [
        "0002.rlp": [genesis] + blocks[3..<9], "0001.rlp": [genesis] + blocks[..<5],
        "notes.txt": [[1]],
      ], intoStore: intoStore)
    #expect(report.exitStatus == 0)
    #expect(report.blocks == 9 && report.knownBlocks == 4)
    let number: UInt64? = 9
    #expect(report.head?.number == number)
  }

  @Test(arguments: [false, true])
  func blocksThatAreLongForgottenAreKnownAndTheirBranchesRefused(intoStore: Bool) throws {
    let blocks = try EmptyChain.blocks(1100).map(\.encoded)
    let again = try report(["1.rlp": blocks, "2.rlp": blocks], intoStore: intoStore)
    #expect(again.exitStatus == 0)
    #expect(again.blocks == 1100 && again.knownBlocks == 1100)

    var branch = try #require(try EmptyChain.blocks(20).last)
    branch.header.extraData = [1]
    let refused = try report(["1.rlp": blocks, "2.rlp": [branch.encoded]], intoStore: intoStore)
    #expect(refused.exitStatus == 1 && refused.blocks == 1100)
    #expect(refused.refusal?.reason.contains("too far behind the head") == true)
    #expect(refused.refusal?.reason.contains("1024 blocks") == true)

    var orphan = try #require(try EmptyChain.blocks(1100).last)
    orphan.header.parentHash = .zero
    let unknown = try report(["1.rlp": blocks, "2.rlp": [orphan.encoded]], intoStore: intoStore)
    #expect(unknown.refusal?.reason.contains("is not known") == true)
    #expect(unknown.refusal?.reason.contains("too far") == false)
  }

  @Test(arguments: [false, true])
  func blocksOfAnotherGenesisAreSaidToBe(intoStore: Bool) throws {
    let other = EmptyChain.genesisText.replacingOccurrences(
      of: "\"balance\": \"0x1\"", with: "\"balance\": \"0x2\"")
    let first = try EmptyChain.genesis().block.encoded
    for blocks in [try EmptyChain.blocks(3).map(\.encoded), [first]] {
      let report = try report(["chain.rlp": blocks], genesis: other, intoStore: intoStore)
      let reason = try #require(report.refusal?.reason)
      #expect(report.exitStatus == 1)
      #expect(reason.contains("block 0 of ") && reason.contains("genesis.json"))
      #expect(reason.hasSuffix("give the genesis of its chain with --genesis"))
    }
  }

  @Test(arguments: [false, true])
  func theFirstBlockThatBreaksARuleEndsIt(intoStore: Bool) throws {
    var blocks = try EmptyChain.blocks(5)
    blocks[3].header.gasUsed = 1
    let encodings = blocks.map(\.encoded)
    let report = try report(["chain.rlp": encodings], intoStore: intoStore)
    #expect(report.exitStatus == 1 && report.blocks == 3)
    let number: UInt64? = 4
    #expect(report.refusal?.block?.number == number)
    #expect(report.refusal?.block?.hash == blocks[3].hash)
    #expect(report.refusal?.offset == encodings[..<3].joined().count)
    let text = ImportText.summary(report)
    #expect(text.contains("REFUSED block 4 ("))
    #expect(text.hasSuffix("\n3 imported, 1 refused\n"))
    #expect(ImportText.json(report).contains("\"number\": 4"))
  }

  @Test(arguments: [false, true])
  func whatIsNoBlockIsRefusedWithItsPlace(intoStore: Bool) throws {
    let blocks = try EmptyChain.blocks(2).map(\.encoded)
    let report = try report(
      ["chain.rlp": [blocks[0], [0xc1, 0xc0], blocks[1]]], intoStore: intoStore)
    #expect(report.exitStatus == 1 && report.blocks == 1)
    #expect(report.refusal?.block == nil && report.refusal?.offset == blocks[0].count)
    let position: Int? = 2
    #expect(report.refusal?.position == position)
    #expect(ImportText.summary(report).contains("REFUSED item 2, which should be a block, at byte"))
  }

  @Test(arguments: [false, true])
  func malformedBodiesAreToldWithTheBlockAndThePlaceInTheFile(intoStore: Bool) throws {
    let blocks = try EmptyChain.blocks(2)
    let header = RLPItem.list([.bytes([1])])
    var encoder = RLPEncoder()
    encoder.list { encoder in
      blocks[1].header.write(to: &encoder)
      encoder.list { header.write(to: &$0) }
      encoder.appendRaw([0xc0, 0xc0])
    }
    let report = try report(
      ["chain.rlp": [blocks[0].encoded, encoder.bytes]], intoStore: intoStore)
    let number: UInt64? = 2
    #expect(report.refusal?.block?.number == number)
    // Behind the list's header of three bytes, the block's header, and two more headers of a byte.
    let place = blocks[0].encoded.count + 3 + blocks[1].header.encoded.count + 2
    let reason = try #require(report.refusal?.reason)
    #expect(
      reason.contains("transaction 0") && reason.hasSuffix("at byte \(place + 1) of the file"))
  }

  /// Whether the refused block is found before or after the next item is read must not matter.
  @Test(arguments: [false, true], [[0x80], [0xc1, 0x80], [0xc3, 0xc0]] as [[UInt8]])
  func whatStandsBehindARefusedBlockDoesNotMatter(intoStore: Bool, next: [UInt8]) throws {
    var blocks = try EmptyChain.blocks(2)
    blocks[1].header.stateRoot = .zero
    let report = try report(
      ["chain.rlp": blocks.map(\.encoded) + [next]], intoStore: intoStore)
    #expect(report.exitStatus == 1 && report.blocks == 1 && report.error == nil)
    #expect(report.refusal?.position == 2 && report.refusal?.block?.hash == blocks[1].hash)
  }

  @Test func filesAreTakenByTheNumbersInTheirNames() throws {
    let blocks = try EmptyChain.blocks(3).map(\.encoded)
    let report = try report([
      "part-9.rlp": [blocks[0]], "part-10.rlp": [blocks[1]], "part-100.rlp": [blocks[2]],
    ])
    #expect(report.exitStatus == 0 && report.blocks == 3)
  }

  @Test func whatCannotBeReadHasItsOwnStatus() throws {
    let blocks = try EmptyChain.blocks(2).map(\.encoded)
    let cut = try report(["chain.rlp": [blocks[0], Array(blocks[1].dropLast())]])
    #expect(cut.exitStatus == 2 && cut.blocks == 1)
    #expect(cut.error?.contains("item 2, at byte \(blocks[0].count)") == true)
    #expect(try report([:], path: "none.rlp").exitStatus == 2)
    #expect(try report(["notes.txt": [[1]]]).exitStatus == 2)
    #expect(try report(["chain.rlp": []]).exitStatus == 2)
    let broken = try report(["chain.rlp": blocks], genesis: "{}")
    #expect(broken.exitStatus == 2 && broken.error?.contains("genesis.json: config") == true)
  }

  @Test func anImportIntoAStoreGoesOnWhereItWasInterrupted() throws {
    let blocks = try EmptyChain.blocks(60)
    let folder = try TemporaryFolder()
    let genesis = try folder.write("genesis.json", Array(EmptyChain.genesisText.utf8))
    let path = try folder.write("chain.rlp", Array(blocks.map(\.encoded).joined()))
    let asked = Mutex(0)
    let first = ImportRun(
      path: path, genesis: genesis, destination: Self.destination(in: folder),
      isStopped: {
        asked.withLock {
          $0 += 1
          return $0 > 25
        }
      }
    ).run()
    #expect(first.exitStatus == 2 && first.error?.contains("interrupted") == true)
    #expect(first.blocks == 25 && first.head == blocks[24].header)
    let second = ImportRun(
      path: path, genesis: genesis, destination: Self.destination(in: folder)
    ).run()
    #expect(second.exitStatus == 0 && second.knownBlocks == 25 && second.blocks == 35)
    #expect(second.head == blocks.last?.header)
  }

  /// Another branch behind the first `shared` blocks of `chain`, as long as that.
  private static func branch(of chain: [Block], behind shared: Int) -> [Block] {
    var blocks = Array(chain[..<shared])
    for block in chain[shared...] {
      var block = block
      block.header.extraData = [1]
      if let last = blocks.last { block.header.parentHash = last.hash }
      blocks.append(block)
    }
    return Array(blocks[shared...])
  }

  @Test(arguments: [false, true])
  func theLongestBranchIsTheChainTheFirstOfTwoAlike(intoStore: Bool) throws {
    let chain = try EmptyChain.blocks(40)
    let branch = Self.branch(of: chain, behind: 10)
    let both = chain[..<30].map(\.encoded)
    let shorter = try report(
      ["1.rlp": both, "2.rlp": branch[..<20].map(\.encoded)], intoStore: intoStore)
    #expect(shorter.exitStatus == 0 && shorter.head == chain[29].header)
    #expect(shorter.blocks == (intoStore ? 30 : 50) && shorter.asideBlocks == (intoStore ? 20 : 0))
    let longer = try report(
      ["1.rlp": both, "2.rlp": branch.map(\.encoded)], intoStore: intoStore)
    #expect(longer.exitStatus == 0 && longer.head == branch.last?.header)
    #expect(longer.blocks == 60 && longer.asideBlocks == 0)
    // A branch that comes in two pieces, and one that is left and taken up again.
    let pieces = try report(
      [
        "1.rlp": both, "2.rlp": branch[..<9].map(\.encoded), "3.rlp": branch[9..<25].map(\.encoded),
        "4.rlp": chain[30...].map(\.encoded),
      ], intoStore: intoStore)
    #expect(pieces.exitStatus == 0 && pieces.head == chain.last?.header)
    #expect(pieces.blocks == 65 && pieces.asideBlocks == 0)
  }

  @Test(arguments: [false, true])
  func aBranchWithAWrongBlockLeavesTheChainAsItWas(intoStore: Bool) throws {
    let chain = try EmptyChain.blocks(30)
    var branch = Self.branch(of: chain, behind: 10)
    branch[14].header.stateRoot = .zero
    for index in 15..<branch.count { branch[index].header.parentHash = branch[index - 1].hash }
    let report = try report(
      ["1.rlp": chain[..<28].map(\.encoded), "2.rlp": branch.map(\.encoded)], intoStore: intoStore)
    #expect(report.exitStatus == 1 && report.head == chain[27].header)
    #expect(report.refusal?.block?.hash == branch[14].hash)
  }

  @Test(arguments: [false, true])
  func aFalseBodyIsRefusedAlsoInABranch(intoStore: Bool) throws {
    let chain = try EmptyChain.blocks(12)
    var branch = Self.branch(of: chain, behind: 5)
    let right = branch.map(\.encoded)
    branch[2].withdrawals = [Withdrawal(index: 1, validatorIndex: 1, address: .zero, amount: 1)]
    let report = try report(
      ["1.rlp": chain[..<11].map(\.encoded), "2.rlp": branch.map(\.encoded), "3.rlp": right],
      intoStore: intoStore)
    #expect(report.exitStatus == 1 && report.refusal?.position == 3)
    #expect(report.head == chain[10].header)
  }

  @Test func anImportThatIsRepeatedLeavesTheHeadWhereItIs() throws {
    let chain = try EmptyChain.blocks(3)
    var second = chain[1]
    second.header.extraData = [1]
    var third = chain[2]
    third.header.parentHash = second.hash
    let files = [chain[0], chain[1], second, third].map(\.encoded)
    let folder = try TemporaryFolder()
    let genesis = try folder.write("genesis.json", Array(EmptyChain.genesisText.utf8))
    let path = try folder.write("chain.rlp", Array(files.joined()))
    for _ in 0..<3 {
      let report = ImportRun(
        path: path, genesis: genesis, destination: Self.destination(in: folder)
      ).run()
      #expect(report.exitStatus == 0 && report.head == third.header)
    }
  }

  @Test func aBlockThatComesTwiceIsKnownWhileItIsUnderWay() throws {
    let blocks = try EmptyChain.blocks(60).map(\.encoded)
    let twice = blocks.enumerated().flatMap { index, block in
      index % 3 == 2 ? [block, blocks[index - 1], blocks[index - 2]] : [block]
    }
    let report = try report(["chain.rlp": twice], intoStore: true)
    let number: UInt64? = 60
    #expect(report.exitStatus == 0 && report.head?.number == number)
    #expect(report.blocks == 60 && report.knownBlocks == 40)
  }

  @Test func aStoreOfAnotherChainIsNotImportedInto() throws {
    let blocks = try EmptyChain.blocks(3)
    let folder = try TemporaryFolder()
    let genesis = try folder.write("genesis.json", Array(EmptyChain.genesisText.utf8))
    let other = try folder.write(
      "other.json", Array(EmptyChain.genesisText.changing("\"0x1\"", to: "\"0x2\"").utf8))
    let path = try folder.write("chain.rlp", Array(blocks.map(\.encoded).joined()))
    let destination = Self.destination(in: folder)
    #expect(ImportRun(path: path, genesis: genesis, destination: destination).run().blocks == 3)
    let report = ImportRun(path: path, genesis: other, destination: destination).run()
    #expect(report.exitStatus == 2 && report.blocks == 0)
    #expect(report.error?.contains("genesis") == true)
  }

  @Test func proofsOfWorkAreCheckedUnlessTold() throws {
    let mined = EmptyChain.genesisText
      .changing("\"terminalTotalDifficulty\": 0", to: "\"ethash\": {}")
      .changing(", \"shanghaiTime\": 0", to: "").changing("\"0x0\"", to: "\"0x20000\"")
    let folder = try TemporaryFolder()
    let genesisPath = try folder.write("genesis.json", Array(mined.utf8))
    var header = try #require(try EmptyChain.blocks(1).first).header
    let genesis = try Genesis(JSONDocument(parsing: Array(mined.utf8), source: "genesis.json"))
    header.parentHash = genesis.hash
    header.difficulty = 0x20000
    header.withdrawalsRoot = nil
    header.coinbase = .zero
    var funded = genesis.allocations
    // The reward of two ether.
    funded.append(AccountAllocation(address: .zero, balance: 2_000_000_000_000_000_000))
    header.stateRoot = MemoryState(funded).root()
    let path = try folder.write("chain.rlp", Block(header: header).encoded)
    let strict = ImportRun(path: path, genesis: genesisPath).run()
    #expect(strict.exitStatus == 1)
    #expect(strict.refusal?.reason.contains("proof of work") == true)
    #expect(ImportText.summary(strict).contains("--no-seal"))
    let lenient = ImportRun(path: path, genesis: genesisPath, checksSeals: false).run()
    #expect(lenient.exitStatus == 0 && lenient.blocks == 1)
  }
}
