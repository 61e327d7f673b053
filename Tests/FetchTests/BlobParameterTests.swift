// Blob parameters of chains that are not known: where they come from, and what it says where nobody
// tells them.

import Fixtures
import JSON
import Ledger
import Primitives
import Testing

@testable import Fetch

@Suite struct BlobParameterTests {
  /// With it, the blob transaction of the small chain can pay only by the parameters from BPO2 on.
  private static let excess: UInt64 = 20_000_000
  private static let slow = BlobParameters(target: 3, max: 4, baseFeeUpdateFraction: 15_000_000)

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func json(_ blobs: BlobParameters) -> String {
    """
    {"target": \(blobs.target), "max": \(blobs.max), \
    "baseFeeUpdateFraction": \(blobs.baseFeeUpdateFraction)}
    """
  }

  /// What `eth_config` answers when these parameters hold from a time on.
  private static func config(_ blobs: BlobParameters, from time: UInt64, next: String = "null")
    -> String
  {
    """
    {"current": {"activationTime": \(time), "blobSchedule": \(json(blobs)), "chainId": "0x539"},
     "next": \(next), "last": null}
    """
  }

  /// What `eth_feeHistory` answers for the block of the chain.
  private static func prices(_ blobs: BlobParameters, oldest: UInt64 = SmallChain.number) -> String
  {
    let price = BlobGas.baseFee(excess: excess, parameters: blobs)
    return """
      {"oldestBlock": "\(UInt256(oldest).hex)", "baseFeePerGas": ["0x7", "0x7"],
       "gasUsedRatio": [0.1], "baseFeePerBlobGas": ["\(price.hex)", "0x1"]}
      """
  }

  /// A node whose chain has these parameters, and which answers these methods besides.
  private func node(_ blobs: BlobParameters, _ answers: [String: String]) throws -> StubNode {
    let ids = RequestNumbers()
    return try StubNode(SmallChain(.osaka, blobs: blobs, excessBlobGas: Self.excess)) { method, _ in
      let id = ids.next()
      return answers[method].map { .answer(StubNode.result($0, id: id)) }
    }
  }

  /// The parameters that the folder tells.
  private func recorded() throws -> BlobParameters? {
    let text = try folder.text("100/pre_state.json")
    let root = try JSONDocument(parsing: Array(text.utf8), source: "pre_state.json").root
    guard let schedule = try root.field("chain").optionalField("blobSchedule") else { return nil }
    return BlobParameters(
      target: try schedule.field("target").uint64(), max: try schedule.field("max").uint64(),
      baseFeeUpdateFraction: try schedule.field("baseFeeUpdateFraction").uint64())
  }

  @Test func `The node's configuration tells them`() throws {
    let node = try node(Self.slow, ["eth_config": Self.config(Self.slow, from: 1000)])
    let report = FetchRun(node.settings(into: folder.path)).run()
    #expect(report.errors == [] && report.equalCount == 1)
    #expect(node.count("eth_config") == 1 && node.count("eth_feeHistory") == 0)
    #expect(try recorded() == Self.slow)
    #expect(ReplayRun(paths: [folder.path]).run().exitStatus == 0)
  }

  @Test func `A configuration of another time does not`() throws {
    let next = #"{"activationTime": 1000}"#
    for config in [
      Self.config(.prague, from: 1001), Self.config(.prague, from: 0, next: next), "null",
    ] {
      let node = try node(.bpo2, ["eth_config": config, "eth_feeHistory": Self.prices(.bpo2)])
      let place = try TemporaryFolder()
      #expect(FetchRun(node.settings(into: place.path)).run().exitStatus == 0)
      #expect(node.count("eth_feeHistory") == 1)
    }
  }

  @Test func `The price of the block tells those of the public networks`() throws {
    let node = try node(.bpo2, ["eth_feeHistory": Self.prices(.bpo2)])
    #expect(FetchRun(node.settings(into: folder.path)).run().exitStatus == 0)
    #expect(try recorded() == .bpo2)
  }

  @Test func `The price of the block tells a fraction that is as good`() throws {
    let node = try node(Self.slow, ["eth_feeHistory": Self.prices(Self.slow)])
    #expect(FetchRun(node.settings(into: folder.path)).run().exitStatus == 0)
    let found = try #require(try recorded())
    #expect(
      BlobGas.baseFee(excess: Self.excess, parameters: found)
        == BlobGas.baseFee(excess: Self.excess, parameters: Self.slow))
    #expect(ReplayRun(paths: [folder.path]).run().exitStatus == 0)
  }

  @Test(arguments: [nil, #"{"oldestBlock": "0x64"}"#, "null"])
  func `Where nobody tells them the way out is named`(_ history: String?) throws {
    let node = try node(.bpo2, history.map { ["eth_feeHistory": $0] } ?? [:])
    let report = FetchRun(node.settings(into: folder.path)).run()
    #expect(report.exitStatus == 2 && folder.contents == [])
    #expect(report.errors == [.block(100, .noBlobParameters)])
    #expect(report.errors.first?.description.contains("--genesis") == true)
  }

  @Test func `A price that no parameters give is not believed`() throws {
    let nothing = Self.prices(.bpo2).replacing(#"["0x5", "0x1"]"#, with: #"["0x0", "0x1"]"#)
    let cheap = try node(.bpo2, ["eth_feeHistory": nothing])
    let report = FetchRun(cheap.settings(into: folder.path)).run()
    #expect(report.errors == [.block(100, .noBlobParameters)])
    let late = try node(.bpo2, ["eth_feeHistory": Self.prices(.bpo2, oldest: 99)])
    let second = FetchRun(late.settings(into: folder.path)).run()
    #expect(second.errors.first?.description.contains("oldestBlock: expected block 100") == true)
  }

  @Test func `A genesis file spares the questions`() throws {
    let node = try node(Self.slow, [:])
    var settings = node.settings(into: folder.path)
    settings.rules = .chain(
      ChainRules(
        chainID: 1337,
        activations: [
          .london: .block(0), .shanghai: .timestamp(10), .cancun: .timestamp(10),
          .prague: .timestamp(20), .osaka: .timestamp(30),
        ], blobSchedule: [40: .bpo1, 1000: Self.slow, 1001: .bpo2]))
    #expect(FetchRun(settings).run().exitStatus == 0)
    #expect(node.count("eth_config") == 0 && node.count("eth_feeHistory") == 0)
    #expect(try recorded() == Self.slow)
  }

  @Test func `A genesis file of another chain is refused`() throws {
    let node = try node(.bpo2, [:])
    var settings = node.settings(into: folder.path, "100,101")
    settings.rules = .chain(ChainRules(chainID: 5, always: .osaka))
    let report = FetchRun(settings).run()
    #expect(report.errors == [.otherChain(expected: 5, found: 1337)] && report.untriedCount == 2)
  }

  @Test func `Nothing is asked where the price does not depend on them`() throws {
    let node = try StubNode(SmallChain(.osaka))
    #expect(FetchRun(node.settings(into: folder.path)).run().exitStatus == 0)
    #expect(node.count("eth_config") == 0 && node.count("eth_feeHistory") == 0)
    #expect(try recorded() == nil)
  }

  @Test func `Before the proof of work ends by total difficulty a block has difficulty`() throws {
    let node = try StubNode(SmallChain(.paris))
    var settings = node.settings(into: folder.path)
    settings.rules = .chain(
      ChainRules(
        chainID: 1337, activations: [.london: .block(0)], terminalTotalDifficulty: 1 << 70))
    #expect(FetchRun(settings).run().exitStatus == 0)
    #expect(try folder.text("100/pre_state.json").contains(#""fork": "Paris""#))
  }
}
