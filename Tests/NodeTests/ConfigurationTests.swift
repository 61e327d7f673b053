// What a node says of its rules and its methods.

import Chain
import JSON
import Ledger
import Primitives
import Testing

@testable import Node

@Suite(.serialized) struct ConfigurationTests {
  private func schedule(
    _ rules: ChainRules, genesis: String, timestamp: UInt64
  ) throws -> ForkSchedule {
    let header = Header(number: 0, gasLimit: 1, timestamp: timestamp)
    let hash = try #require(Hash256(bytes: try Hex.decode(genesis)))
    return ForkSchedule(
      rules: rules, genesis: ChainReader.Found(number: 0, hash: hash, header: header))
  }

  /// The checksums that these networks announce since each of their last changes.
  @Test func networksHaveTheChecksumsByWhichOthersKnowThem() throws {
    let main = try schedule(
      .mainnet, genesis: "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
      timestamp: 0)
    #expect(main.checksum(at: 0) == 0xf0af_d0e3)
    #expect(
      main.times.map { main.checksum(at: $0) } == [
        0xdce9_6c2d, 0x9f3d_2254, 0xc376_cf8b, 0x5167_e2a6, 0xcba2_a1c0, 0x07c9_462e,
      ])
    let sepolia = try schedule(
      .sepolia, genesis: "25a5cc106eea7138acab33231d7160d69cb777ee0c2c553fcddf5138993e6dd9",
      timestamp: 1_633_267_481)
    #expect(
      sepolia.times.map { sepolia.checksum(at: $0) } == [
        0xf7f9_bc08, 0x88cf_81d9, 0xed88_b5fd, 0xe2ae_4999, 0x5607_8a1e, 0x2689_56b6,
      ])
    let hoodi = try schedule(
      .hoodi, genesis: "bbe312868b376a3001692a646dd2d7d1e4406380dfd86b98aa8a34d1557c971b",
      timestamp: 1_742_212_800)
    #expect(hoodi.times.first == 0)
    #expect(
      hoodi.times.map { hoodi.checksum(at: $0) } == [
        0xbef7_1d30, 0x0929_e24e, 0xe7e0_e7ff, 0x3893_353e, 0x23aa_1351,
      ])
  }

  @Test func aChainWithOneForkHasItsRulesAndNoOthersToCome() async throws {
    let node = try TestNode()
    let config = try await node.result("eth_config")
    let current = try config.field("current")
    #expect(try current.field("activationTime").uint64() == 0)
    #expect(try current.field("chainId").string() == "0x7a69")
    #expect(try current.field("blobSchedule").field("max").uint64() == 9)
    let genesis = try await node.result("eth_getBlockByNumber", "[\"0x0\",false]").field("hash")
    #expect(
      try current.field("forkId").bytes()
        == withUnsafeBytes(of: Gzip.checksum(try genesis.bytes()).bigEndian) { Array($0) })
    #expect(
      try current.field("precompiles").field("P256VERIFY").string()
        == "0x0000000000000000000000000000000000000100")
    #expect(Array(try current.field("precompiles").members()).count == 18)
    #expect(Array(try current.field("systemContracts").members()).count == 5)
    #expect(try config.optionalField("next") == nil && config.optionalField("last") == nil)
    #expect(try await node.refusal("eth_config", "[1]").contains("too many arguments"))
    try node.node.stop()
  }

  @Test func rulesToComeAreToldBeforeTheyHold() async throws {
    var chain = DevelopmentGenesis(timestamp: 1000)
    chain.fork = .prague
    var genesis = try chain.genesis(TestNode.accounts)
    genesis.rules.activations[.osaka] = .timestamp(5_000_000_000)
    genesis.rules.blobSchedule[5_000_000_000] = .prague
    genesis.rules.blobSchedule[6_000_000_000] = .bpo1
    let node = try TestNode(genesis: genesis)
    let before = try await node.result("eth_config")
    #expect(try before.field("next").field("activationTime").uint64() == 5_000_000_000)
    #expect(try before.field("last").field("blobSchedule").field("max").uint64() == 15)
    let next = try before.field("next").field("forkId").string()
    try await node.result("evm_setNextBlockTimestamp", "[5000000000]")
    try await node.result("evm_mine")
    let after = try await node.result("eth_config")
    #expect(try after.field("current").field("forkId").string() == next)
    #expect(
      try after.field("next").field("forkId").string()
        == after.field("last").field("forkId")
        .string())
    try node.node.stop()
  }

  @Test func modulesAreThoseWhoseMethodsThereAre() async throws {
    let node = try TestNode()
    let modules = try await node.result("rpc_modules")
    for name in ["anvil", "debug", "eth", "evm", "net", "rpc", "txpool", "web3"] {
      #expect(try modules.field(name).string() == "1.0")
    }
    #expect(try modules.optionalField("engine") == nil)
    #expect(
      try await node.text("eth_coinbase") == "0x0000000000000000000000000000000000000000")
    let someone = "0x00000000000000000000000000000000000000aa"
    try await node.result("anvil_setCoinbase", "[\"\(someone)\"]")
    #expect(try await node.text("eth_coinbase") == someone)
    #expect(try await node.result("anvil_getGenesisTime").uint64() == 1000)
    #expect(
      try await node.result("anvil_nodeInfo").field("environment").field("gasPrice").uint64()
        == node.result("eth_gasPrice").uint64())
    try node.node.stop()
  }
}
