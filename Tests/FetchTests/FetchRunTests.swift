// Fetching from a node that answers well.

import Execution
import Fixtures
import Foundation
import JSON
import Ledger
import Primitives
import Testing

@testable import Fetch

@Suite struct FetchRunTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func preState() throws -> JSONValue {
    let text = try folder.text("100/pre_state.json")
    return try JSONDocument(parsing: Array(text.utf8), source: "pre_state.json").root
  }

  private func account(_ address: Address) throws -> JSONValue? {
    try preState().field("accounts").optionalField(address.hex)
  }

  @Test(arguments: [
    Fork.frontier, .homestead, .spuriousDragon, .byzantium, .istanbul, .berlin, .london, .paris,
    .shanghai, .cancun, .prague, .osaka,
  ])
  func aFetchedBlockReplaysEqual(_ fork: Fork) throws {
    let node = try StubNode(SmallChain(fork))
    let report = FetchRun(node.settings(into: folder.path)).run()
    #expect(report.errors == [])
    #expect(report.blocks.map(\.replay.differences) == [""])
    #expect(report.exitStatus == 0 && report.chainID == 1337)
    #expect(report.blocks.first?.didDistrustTracer == false)
    #expect(folder.contents == ["100"])
    // The command that users replay with comes to the same.
    let replay = ReplayRun(paths: [folder.path]).run()
    #expect(replay.exitStatus == 0 && replay.passedCount == 1)
  }

  @Test func theStateIsThatBeforeTheBlock() throws {
    let node = try StubNode(SmallChain(.cancun))
    #expect(FetchRun(node.settings(into: folder.path)).run().exitStatus == 0)
    // The coinbase has no fees of earlier transactions yet, and the payee no withdrawal.
    #expect(try account(SmallChain.coinbase)?.field("balance").uint64() == 77)
    #expect(try account(SmallChain.payee)?.field("balance").uint64() == 3)
    // What the block makes is not there before.
    #expect(try account(SmallChain.created) == nil)
    #expect(try account(SmallChain.newcomer) == nil)
    let prober = try #require(try account(SmallChain.prober)).field("storage")
    #expect(try prober.members().map { $0.key.string } == ["0x5"])
    // The call before the transactions has not yet stored its root.
    let roots = try #require(try account(SystemCalls.beaconRoots)).field("storage")
    #expect(try roots.field("0x1").uint64() == 7)
    // The hash that BLOCKHASH asks for, which no trace shows, and the parent's.
    let hashes = try preState().field("blockHashes")
    #expect(try hashes.field("97").hash() == Hash256(0x97))
    #expect(try hashes.members().map { $0.key.string } == ["97", "99"])
  }

  @Test(arguments: [true, false])
  func tracersMayConcealAccountsThatDoNotExist(_ listsEmpty: Bool) throws {
    let node = try StubNode(SmallChain(.prague), listingEmpty: listsEmpty)
    let report = FetchRun(node.settings(into: folder.path)).run()
    #expect(report.exitStatus == 0)
    #expect(report.blocks.first?.didDistrustTracer == false)
    #expect(try account(SmallChain.created) == nil && account(SmallChain.newcomer) == nil)
  }

  @Test func whatTracesLeaveOutIsAsked() throws {
    let chain = try SmallChain(.cancun)
    let empty = chain.block.transactions.map {
      #"{"txHash": "\#($0.hash.hex)", "result": {}}"#
    }
    let node = try StubNode(chain, traces: "[\(empty.joined(separator: ","))]")
    #expect(FetchRun(node.settings(into: folder.path)).run().exitStatus == 0)
    #expect(node.count("debug_traceBlockByNumber") == 1 && node.count("eth_getStorageAt") > 2)
  }

  @Test func aTracerThatIsWrongIsNotBelieved() throws {
    let chain = try SmallChain(.cancun)
    let wrong = try chain.traces(listingEmpty: true)
      .replacing("0x8ac7230489e80000", with: "0x1")
    let node = try StubNode(chain, traces: wrong)
    let report = FetchRun(node.settings(into: folder.path)).run()
    #expect(report.exitStatus == 0)
    #expect(report.blocks.first?.didDistrustTracer == true)
    #expect(FetchText.lines(report).contains("tracer"))
  }

  @Test func withoutTheTracerEveryAccountIsAsked() throws {
    let node = try StubNode(SmallChain(.osaka))
    var settings = node.settings(into: folder.path)
    settings.usesTracer = false
    #expect(FetchRun(settings).run().exitStatus == 0)
    #expect(node.count("debug_traceBlockByNumber") == 0)
  }

  @Test func aBlockThatDoesNotReplayEqualIsKeptAndSaid() throws {
    let chain = try SmallChain(.cancun)
    let gas = UInt256(chain.block.header.gasUsed).hex
    let block = chain.blockJSON().replacing(
      "\"gasUsed\": \"\(gas)\"", with: "\"gasUsed\": \"0x1\"")
    let node = try StubNode(chain) { method, count in
      method == "eth_getBlockByNumber" && count == 1
        ? .answer(StubNode.result(block, id: 2)) : nil
    }
    let report = FetchRun(node.settings(into: folder.path)).run()
    #expect(report.exitStatus == 1 && report.differingCount == 1)
    #expect(FetchText.lines(report).contains("gas used"))
    #expect(folder.contents == ["100"])
  }

  @Test func finishedBlocksAreNotFetchedAgain() throws {
    let node = try StubNode(SmallChain(.cancun))
    let first = FetchRun(node.settings(into: folder.path)).run()
    #expect(first.blocks.map(\.wasThere) == [false])
    let requests = node.requestCount
    #expect(first.requestCount == requests)
    let second = FetchRun(node.settings(into: folder.path)).run()
    #expect(second.exitStatus == 0 && second.blocks.map(\.wasThere) == [true])
    #expect(node.requestCount == requests + 1)
  }

  @Test func anotherChainsBlockIsNotTakenForFinished() throws {
    let node = try StubNode(SmallChain(.cancun))
    #expect(FetchRun(node.settings(into: folder.path)).run().exitStatus == 0)
    let other = try StubNode(SmallChain(.cancun, chainID: 4242))
    let report = FetchRun(other.settings(into: folder.path)).run()
    #expect(report.exitStatus == 2)
    #expect(report.errors.first?.description.contains("1337") == true)
  }

  @Test func aDamagedFolderIsNamedAndLeftAlone() throws {
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/100", withIntermediateDirectories: true)
    let node = try StubNode(SmallChain(.cancun))
    let report = FetchRun(node.settings(into: folder.path)).run()
    #expect(report.exitStatus == 2)
    #expect(report.errors.first?.description.contains("100/block.json") == true)
    #expect(report.errors.first?.description.contains("remove the folder") == true)
  }

  @Test func whatAnInterruptedRunLeftDoesNotHinder() throws {
    let draft = "\(folder.path)/.100.partial"
    try FileManager.default.createDirectory(atPath: draft, withIntermediateDirectories: true)
    try Data("{".utf8).write(to: URL(fileURLWithPath: draft + "/block.json"))
    let node = try StubNode(SmallChain(.cancun))
    #expect(FetchRun(node.settings(into: folder.path)).run().exitStatus == 0)
    #expect(folder.contents == ["100"])
  }

  @Test func aFolderThatCannotBeMadeIsNamed() throws {
    let node = try StubNode(SmallChain(.cancun))
    try Data().write(to: URL(fileURLWithPath: folder.path + "/file"))
    let report = FetchRun(node.settings(into: folder.path + "/file/in")).run()
    #expect(report.exitStatus == 2)
    #expect(report.errors.first?.description.contains("cannot write") == true)
  }

  @Test func theNamedForkHolds() throws {
    let node = try StubNode(SmallChain(.istanbul))
    var settings = node.settings(into: folder.path)
    settings.rules = .fork(.istanbul)
    #expect(FetchRun(settings).run().exitStatus == 0)
    #expect(try preState().field("chain").field("fork").string() == "Istanbul")
    let again = try TemporaryFolder()
    settings.folder = again.path
    settings.rules = .fork(.frontier)
    #expect(FetchRun(settings).run().exitStatus == 1)
  }

  @Test func headersAreSent() throws {
    let node = try StubNode(SmallChain(.cancun))
    var settings = node.settings(into: folder.path)
    settings.node = try #require(
      NodeAddress(url: node.server.url, headers: ["X-Api-Key: secret"]))
    #expect(FetchRun(settings).run().exitStatus == 0)
    #expect(node.headers.contains("X-Api-Key: secret"))
    #expect(node.headers.contains("Content-Type: application/json"))
  }

  @Test func theReportForMachinesSaysWhatWasDone() throws {
    let node = try StubNode(SmallChain(.cancun))
    let report = FetchRun(node.settings(into: folder.path, "100,101")).run()
    #expect(report.exitStatus == 2)
    let json = FetchText.json(report)
    let root = try JSONDocument(parsing: Array(json.utf8), source: "report").root
    #expect(try root.field("equal").uint64() == 1)
    #expect(try root.field("chainId").uint64() == 1337)
    #expect(try Array(root.field("errors").elements()).count == 1)
    #expect(FetchText.lines(report).hasSuffix("1 equal, 0 differ, 1 not fetched\n"))
  }
}
