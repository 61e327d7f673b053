// Genesis files.

import Chain
import Crypto
import JSON
import Ledger
import Primitives
import State
import Testing

private func document(_ text: String) throws -> JSONDocument {
  try JSONDocument(parsing: Array(text.utf8), source: "genesis.json")
}

private func genesis(_ text: String) throws -> Genesis { try Genesis(document(text)) }

/// The forks of a chain that has them all, with `change` applied to each line.
private func config(_ change: (String) -> String = { $0 }) -> String {
  """
  {"config": {"chainId": 7, "homesteadBlock": 0, "eip150Block": 1, "eip155Block": 2,
    "eip158Block": 2, "byzantiumBlock": 3, "constantinopleBlock": 4, "petersburgBlock": 5,
    "istanbulBlock": 6, "muirGlacierBlock": 7, "berlinBlock": 8, "londonBlock": 9,
    "arrowGlacierBlock": 10, "grayGlacierBlock": 11, "mergeNetsplitBlock": 12,
    "shanghaiTime": 100, "cancunTime": 200, "pragueTime": 300, "osakaTime": 400, "bpo1Time": 500,
    "bpo2Time": 600, "terminalTotalDifficulty": 58750000000000000000000,
    "blobSchedule": {
      "cancun": {"target": 3, "max": 6, "baseFeeUpdateFraction": 3338477},
      "prague": {"target": 5, "max": 8, "baseFeeUpdateFraction": "0x10"},
      "osaka": {"target": 6, "max": 9, "baseFeeUpdateFraction": 5007716},
      "bpo1": {"target": 10, "max": 15, "baseFeeUpdateFraction": 8346193},
      "bpo2": {"target": 14, "max": 21, "baseFeeUpdateFraction": 11684671}}},
   "difficulty": "0x20000", "gasLimit": "0x1388", "alloc": {}}
  """
}

extension String {
  fileprivate func changing(_ old: String, to new: String) -> String {
    #expect(contains(old), "nothing to change: \(old)")
    return replacing(old, with: new)
  }
}

@Suite struct GenesisConfigTests {
  @Test func aChainBeginsWhereItCanBeCountedOn() throws {
    for name in ["number", "timestamp"] {
      let head = "\"difficulty\": \"0x20000\""
      let last = config().changing(head, to: "\(head), \"\(name)\": \"0x7fffffffffffffff\"")
      _ = try genesis(last)
      let text = config().changing(head, to: "\(head), \"\(name)\": \"0x8000000000000000\"")
      #expect {
        try genesis(text)
      } throws: { error in
        "\(error)".hasPrefix("genesis.json: \(name): expected a number up to 9223372036854775807")
      }
    }
  }

  @Test func everyForkIsRead() throws {
    let rules = try genesis(config()).rules
    #expect(rules.chainID == 7)
    let blocks: [(UInt64, Fork)] = [
      (0, .homestead), (1, .tangerineWhistle), (2, .spuriousDragon), (3, .byzantium),
      (4, .constantinople), (5, .petersburg), (6, .istanbul), (7, .muirGlacier), (8, .berlin),
      (9, .london), (10, .arrowGlacier), (11, .grayGlacier), (12, .grayGlacier),
    ]
    for (block, fork) in blocks { #expect(rules.fork(block: block, timestamp: 0) == fork) }
    let times: [(UInt64, Fork)] = [
      (99, .grayGlacier), (100, .shanghai), (200, .cancun), (300, .prague), (400, .osaka),
    ]
    for (time, fork) in times { #expect(rules.fork(block: 20, timestamp: time) == fork) }
    let targets: [(UInt64, UInt64)] = [
      (200, 3), (300, 5), (399, 5), (400, 6), (499, 6), (500, 10), (600, 14),
    ]
    for (time, target) in targets {
      #expect(rules.blobParameters(block: 20, timestamp: time)?.target == target, "\(time)")
    }
    let terminal: UInt256? = 58_750_000_000_000_000_000_000
    #expect(rules.terminalTotalDifficulty == terminal)
    #expect(rules.daoFork == nil)
  }

  @Test func onlyTotalDifficultyEndsTheProofOfWork() throws {
    let rules = try genesis(config()).rules
    let terminal: UInt256 = 58_750_000_000_000_000_000_000
    #expect(
      rules.fork(block: 12, timestamp: 0, parentTotalDifficulty: terminal &- .one) == .grayGlacier)
    #expect(rules.fork(block: 12, timestamp: 0, parentTotalDifficulty: terminal) == .paris)
  }

  @Test func theDepositContractMayBeAnother() throws {
    #expect(try genesis(config()).rules.depositContract == ChainRules.mainnetDepositContract)
    let address = "0x4242424242424242424242424242424242424242"
    let other = config().changing(
      "\"chainId\"", to: "\"depositContractAddress\": \"\(address)\", \"chainId\"")
    #expect(try genesis(other).rules.depositContract == Address(hex: address))
    #expect(ChainRules.holesky.depositContract.hex == address)
  }

  @Test func chainsSealedByAuthoritiesAreRefused() throws {
    let clique = config().changing("\"chainId\"", to: "\"clique\": {\"period\": 15}, \"chainId\"")
    #expect(throws: GenesisError.self) { try genesis(clique) }
    let absent = config().changing("\"chainId\"", to: "\"clique\": null, \"chainId\"")
    _ = try genesis(absent)
  }

  @Test func theDAOForkIsOpposedUnlessSupported() throws {
    let block = config().changing("\"chainId\"", to: "\"daoForkBlock\": 3, \"chainId\"")
    let opposed: DAOForkRule? = DAOForkRule(block: 3, isSupported: false)
    #expect(try genesis(block).rules.daoFork == opposed)
    for (support, isSupported) in [("true", true), ("false", false), ("null", false)] {
      let said = block.changing(
        "\"daoForkBlock\"", to: "\"daoForkSupport\": \(support), \"daoForkBlock\"")
      let rule: DAOForkRule? = DAOForkRule(block: 3, isSupported: isSupported)
      #expect(try genesis(said).rules.daoFork == rule)
    }
    let blockless = config().changing("\"chainId\"", to: "\"daoForkSupport\": true, \"chainId\"")
    #expect(try genesis(blockless).rules.daoFork == nil)
  }

  @Test func fieldsThatGethDoesNotKnowArePassedOver() throws {
    let text = config().changing("\"chainId\"", to: "\"ethash\": {}, \"nothing\": 5, \"chainId\"")
      .changing("\"blobSchedule\": {", to: "\"blobSchedule\": {\"nofork\": 5,")
    #expect(try genesis(text).rules == genesis(config()).rules)
  }

  /// As in geth since 1.17.5, Prague's entry holds on where Osaka has none.
  @Test(arguments: ["\"osaka\": null, \"nofork\": {", "\"nofork\": {"])
  func osakaNeedsNoBlobParametersOfItsOwn(_ entry: String) throws {
    let rules = try genesis(config().changing("\"osaka\": {", to: entry)).rules
    let targets: [(UInt64, UInt64)] = [(300, 5), (400, 5), (499, 5), (500, 10)]
    for (time, target) in targets {
      let parameters = try #require(rules.blobParameters(block: 20, timestamp: time))
      #expect(parameters.target == target, "\(time)")
    }
    let fraction = rules.blobParameters(block: 20, timestamp: 450)?.baseFeeUpdateFraction
    let expected: UInt64? = 0x10
    #expect(fraction == expected)
  }

  @Test func forksThatAreNotKnownMayNeverBegin() throws {
    for time in ["9223372036854775808", "18446744073709551615", "\"0xffffffffffffffff\""] {
      let text = config().changing(
        "\"osakaTime\": 400", to: "\"osakaTime\": 400, \"amsterdamTime\": \(time)")
      #expect(try genesis(text).rules == genesis(config()).rules)
    }
    for time in ["0", "1", "9223372036854775807", "-1", "\"late\"", "18446744073709551616"] {
      let text = config().changing(
        "\"osakaTime\": 400", to: "\"osakaTime\": 400, \"amsterdamTime\": \(time)")
      #expect(throws: GenesisError.self) { try genesis(text) }
    }
  }

  @Test func petersburgComesWithConstantinopleUnlessNamed() throws {
    let silent = config().changing("\"petersburgBlock\": 5,", to: "")
    #expect(try genesis(silent).rules.fork(block: 4, timestamp: 0) == .petersburg)
  }

  @Test func glaciersAndTheNetsplitMayBeLeftOut() throws {
    var text = config()
    for name in ["muirGlacier", "arrowGlacier", "grayGlacier", "mergeNetsplit"] {
      text = text.changing("\"\(name)Block\"", to: "\"\(name)Block\": null, \"\(name)Hash\"")
    }
    let rules = try genesis(text).rules
    #expect(rules.fork(block: 7, timestamp: 0) == .istanbul)
    #expect(rules.fork(block: 20, timestamp: 0) == .london)
  }

  @Test(
    arguments: [
      (
        "\"byzantiumBlock\": 3", "\"byzantiumBlock\": 1", Fork.spuriousDragon, Fork.byzantium, false
      ),
      ("\"londonBlock\": 9", "\"londonBlock\": 99", .london, .arrowGlacier, false),
      ("\"cancunTime\": 200", "\"cancunTime\": 99", .shanghai, .cancun, false),
      ("\"berlinBlock\": 8", "\"berlinBlock\": null", .berlin, .london, true),
      ("\"shanghaiTime\": 100,", "", .shanghai, .cancun, true),
    ] as [(String, String, Fork, Fork, Bool)])
  func forksOutOfOrderAreNamed(
    old: String, new: String, earlier: Fork, later: Fork, isAbsent: Bool
  ) throws {
    let expected = GenesisError.forkOrder(
      source: "genesis.json",
      ForkOrderError(earlier: earlier, later: later, problem: isAbsent ? .absent : .late))
    #expect(throws: expected) { try genesis(config().changing(old, to: new)) }
  }

  @Test(
    arguments: [
      ("\"chainId\": 7,", "", "config.chainId"),
      ("\"homesteadBlock\": 0", "\"homesteadBlock\": -1", "config.homesteadBlock"),
      (
        "\"homesteadBlock\": 0", "\"homesteadBlock\": 0, \"HomesteadBlock\": 0",
        "config.HomesteadBlock"
      ),
      ("\"eip155Block\": 2", "\"eip155Block\": 1", "config.eip155Block"),
      ("\"osakaTime\": 400", "\"osakaTime\": 400, \"amsterdamTime\": 1", "config.amsterdamTime"),
      ("\"bpo2Time\": 600", "\"bpo2Time\": 499", "config.bpo2Time"),
      ("\"bpo2Time\": 600", "\"bpo3Time\": 600", "config.blobSchedule.bpo3"),
      ("\"target\": 10", "\"target\": 16", "config.blobSchedule.bpo1"),
      ("8346193", "0", "config.blobSchedule.bpo1"),
      ("\"prague\": {", "\"pragve\": {", "config.blobSchedule.prague"),
      ("\"osaka\": {", "\"osaka\": 5, \"nofork\": {", "config.blobSchedule.osaka"),
      ("\"blobSchedule\"", "\"nothing\"", "config.blobSchedule"),
      ("\"bpo1\": {", "\"bpo5\": 5, \"bpo1\": {", "config.blobSchedule.bpo5"),
      ("\"chainId\": 7", "\"chainId\": 7, \"ethash\": 5", "config.ethash"),
      ("\"chainId\": 7", "\"chainId\": 7, \"daoForkSupport\": 1", "config.daoForkSupport"),
      ("\"chainId\": 7", "\"chainId\": 7, \"daoForkBlock\": {}", "config.daoForkBlock"),
      ("\"mergeNetsplitBlock\": 12", "\"mergeNetsplitBlock\": []", "config.mergeNetsplitBlock"),
      ("\"alloc\": {}", "\"alloc\": {}, \"baseFeePerGas\": {}", "baseFeePerGas"),
      ("\"difficulty\": \"0x20000\",", "", "difficulty"),
      ("\"0x1388\"", "\"0x1ffffffffffffffff\"", "gasLimit"),
      ("\"alloc\": {}", "\"alloc\": {\"0x01\": {}}", "alloc.0x01"),
    ] as [(String, String, String)])
  func badFieldsAreNamed(old: String, new: String, path: String) throws {
    let error = #expect(throws: GenesisError.self) {
      try genesis(config().changing(old, to: new))
    }
    guard case .json(let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.path == path)
    #expect(reason.source == "genesis.json")
  }
}

@Suite struct GenesisHeaderTests {
  /// ethereum/tests, GenesisTests/basic_genesis_tests.json
  @Test func aPublishedGenesisHasItsStateRoot() throws {
    let text = """
      {"nonce": "0x123123123123123f", "alloc": {
        "9ca0e998df92c5351cecbbb6dba82ac2266f7e0c": {"code": "0x606060606060606060",
          "storage": {"0x03": "0x07"}},
        "cd2a3d9f938e13cd947ec05abc7fe734df8dd826": {"balance": "1234567000000000000000"}},
       "timestamp": "0x539", "extraData": "0x686f727365", "gasLimit": "0x1388",
       "difficulty": "0x400000", "mixhash":
         "0x0000000000000000000000000000000000000000000000000000000000000000",
       "coinbase": "0x3333333333333333333333333333333333333333"}
      """
    let rules = ChainRules(chainID: 1, always: .frontier)
    let genesis = try Genesis(document(text).root, rules: rules)
    let root = "0xdd406a973a0a5a9826d00da276e996d28426d24f12b8fa683723e9db532b8c59"
    #expect(genesis.header.stateRoot == (try Hash256(hex: root)))
    #expect(genesis.header.nonce == 0x1231_2312_3123_123f)
    #expect(genesis.header.timestamp == 1337)
    #expect(genesis.header.extraData == Array("horse".utf8))
    #expect(try Block(decoding: genesis.block.encoded) == genesis.block)
    // The same header and accounts again, as block tests have them.
    let again = try Genesis(
      rules: rules, header: genesis.header, allocations: genesis.allocations)
    #expect(again.hash == genesis.hash)
    var header = genesis.header
    header.stateRoot = .zero
    #expect(throws: GenesisError.self) {
      try Genesis(rules: rules, header: header, allocations: genesis.allocations)
    }
  }

  @Test func accountsAreReadInEverySpelling() throws {
    let slot = String(repeating: "0", count: 62) + "10"
    let text = """
      {"difficulty": 1, "gasLimit": 1, "alloc": {
        "0x0000000000000000000000000000000000000001": {"balance": 115792089237316195423570985008687907853269984665640564039457584007913129639935},
        "0000000000000000000000000000000000000002": {"wei": "0x10", "nonce": "3"},
        "0000000000000000000000000000000000000003": {"balance": "16", "storage":
          {"\(slot)": "\(slot)", "0x11": "0x0"}}}}
      """
    let rules = ChainRules(chainID: 1, always: .frontier)
    let allocations = try Genesis(document(text).root, rules: rules).allocations
    #expect(allocations.map(\.balance) == [.max, 16, 16])
    let nonce: UInt64 = 3
    #expect(allocations[1].nonce == nonce)
    #expect(allocations[2].storage == [0x10: 0x10, 0x11: 0])
  }

  @Test(
    arguments: [
      (Fork.grayGlacier, 16), (.shanghai, 17), (.cancun, 20), (.prague, 21), (.osaka, 21),
      (.berlin, 15),
    ] as [(Fork, Int)])
  func theHeaderHasTheFieldsOfItsFork(fork: Fork, count: Int) throws {
    let text = """
      {"difficulty": "0x0", "gasLimit": "0x1", "alloc": {}, "baseFeePerGas": null,
       "excessBlobGas": "0x5", "number": "0x2"}
      """
    let genesis = try Genesis(document(text).root, rules: ChainRules(chainID: 1, always: fork))
    let header = genesis.header
    guard case .list(let fields) = try RLPItem.decode(header.encoded) else {
      Issue.record("a header is a list")
      return
    }
    #expect(fields.count == count)
    if fork >= .london { #expect(header.baseFeePerGas == Genesis.initialBaseFee) }
    if fork >= .cancun {
      let excess: UInt64? = 5
      #expect(header.excessBlobGas == excess)
    }
    if fork >= .prague { #expect(header.requestsHash == SHA256.hash([])) }
    #expect((genesis.block.withdrawals != nil) == (fork >= .shanghai))
  }

  @Test func mainnetsFirstBlockIsTheOneThatTheNetworkKnows() throws {
    let hash = try Hex.decode("0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3")
    #expect(Genesis.mainnet.hash.bytes == hash)
    #expect(Genesis.mainnet.allocations.count == 8893)
    #expect(Genesis.mainnet.rules == ChainRules.publicNetwork(chainID: 1))
  }

  @Test func sepoliasFirstBlockIsTheOneThatTheNetworkKnows() throws {
    let hash = try Hex.decode("25a5cc106eea7138acab33231d7160d69cb777ee0c2c553fcddf5138993e6dd9")
    #expect(Genesis.sepolia.hash.bytes == hash)
    #expect(Genesis.sepolia.rules == ChainRules.publicNetwork(chainID: 11_155_111))
  }

  @Test func hoodisFirstBlockIsTheOneThatTheNetworkKnows() throws {
    let hash = try Hex.decode("bbe312868b376a3001692a646dd2d7d1e4406380dfd86b98aa8a34d1557c971b")
    #expect(Genesis.hoodi.hash.bytes == hash)
    #expect(Genesis.hoodi.rules == ChainRules.publicNetwork(chainID: 560_048))
  }
}
