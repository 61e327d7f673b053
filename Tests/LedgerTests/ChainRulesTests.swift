// Which fork a block belongs to, and how forks are called.

import Ledger
import Testing

@Suite struct ChainRulesTests {
  /// Each fork of mainnet with the first block and time at which it holds.
  @Test(
    arguments: [
      (Fork.frontier, 0, 0), (.homestead, 1_150_000, 0), (.tangerineWhistle, 2_463_000, 0),
      (.spuriousDragon, 2_675_000, 0), (.byzantium, 4_370_000, 0), (.petersburg, 7_280_000, 0),
      (.istanbul, 9_069_000, 0), (.muirGlacier, 9_200_000, 0), (.berlin, 12_244_000, 0),
      (.london, 12_965_000, 0), (.arrowGlacier, 13_773_000, 0), (.grayGlacier, 15_050_000, 0),
      (.paris, 15_537_394, 0), (.shanghai, 17_034_870, 1_681_338_455),
      (.cancun, 19_426_587, 1_710_338_135), (.prague, 22_431_084, 1_746_612_311),
      (.osaka, 23_935_694, 1_764_798_551),
    ] as [(Fork, UInt64, UInt64)])
  func mainnetForksBeginOnTime(fork: Fork, number: UInt64, timestamp: UInt64) {
    let rules = ChainRules.mainnet
    #expect(rules.fork(block: number, timestamp: timestamp) == fork)
    if timestamp > 0 {
      #expect(rules.fork(block: number, timestamp: timestamp - 1) < fork)
    } else if number > 0 {
      #expect(rules.fork(block: number - 1, timestamp: 0) < fork)
    }
  }

  @Test func aSkippedForkNeverHolds() {
    let rules = ChainRules(
      chainID: 9, activations: [.frontier: .block(0), .london: .block(5), .cancun: .timestamp(10)])
    #expect(rules.fork(block: 4, timestamp: 9) == .frontier)
    #expect(rules.fork(block: 5, timestamp: 9) == .london)
    #expect(rules.fork(block: 0, timestamp: 10) == .cancun)
    #expect(ChainRules(chainID: 1, always: .prague).fork(block: 0, timestamp: 0) == .prague)
  }

  @Test func blobParametersFollowForksAndTheSchedule() {
    func targets(_ rules: ChainRules, _ timestamps: [UInt64]) -> [UInt64?] {
      timestamps.map { rules.blobParameters(block: 20_000_000, timestamp: $0)?.target }
    }
    #expect(
      targets(
        .mainnet,
        [
          1_710_338_134, 1_710_338_135, 1_746_612_311, 1_764_798_551, 1_765_290_070,
          1_765_290_071, 1_767_747_671,
        ]) == [nil, 3, 6, 6, 6, 10, 14])
    let changedBeforeFork = ChainRules(
      chainID: 1, activations: [.cancun: .timestamp(0), .prague: .timestamp(10)],
      blobSchedule: [5: BlobParameters(target: 4, max: 8, baseFeeUpdateFraction: 1)])
    #expect(targets(changedBeforeFork, [0, 5, 9, 10]) == [3, 4, 4, 6])
  }

  @Test func publicNetworksAreKnownByTheirId() throws {
    let ids: [UInt64] = [1, 11_155_111, 17_000, 560_048]
    for id in ids { #expect(ChainRules.publicNetwork(chainID: id)?.chainID == id) }
    #expect(ChainRules.publicNetwork(chainID: 1337) == nil)
    let sepolia = ChainRules.sepolia
    #expect(sepolia.fork(block: 1, timestamp: 1_633_267_481) == .london)
    #expect(sepolia.fork(block: 1_450_409, timestamp: 1_655_733_600) == .paris)
    #expect(sepolia.fork(block: 5_000_000, timestamp: 1_706_655_071) == .shanghai)
    #expect(sepolia.fork(block: 5_000_000, timestamp: 1_706_655_072) == .cancun)
    #expect(sepolia.blobParameters(block: 9_000_000, timestamp: 1_761_017_183)?.max == 9)
    #expect(sepolia.blobParameters(block: 9_000_000, timestamp: 1_761_017_184)?.max == 15)
    #expect(ChainRules.holesky.fork(block: 1, timestamp: 1_695_902_400) == .paris)
    #expect(ChainRules.hoodi.fork(block: 1, timestamp: 1_742_213_400) == .cancun)
    #expect(ChainRules.hoodi.blobParameters(block: 2_000_000, timestamp: 1_762_955_544)?.max == 21)
  }

  @Test func forksAreKnownByEverySpellingInUse() {
    let spellings: [(String, Fork)] = [
      ("Frontier", .frontier), ("Homestead", .homestead), ("EIP150", .tangerineWhistle),
      ("TangerineWhistle", .tangerineWhistle), ("Tangerine Whistle", .tangerineWhistle),
      ("EIP158", .spuriousDragon), ("SpuriousDragon", .spuriousDragon),
      ("Byzantium", .byzantium), ("Constantinople", .constantinople),
      ("ConstantinopleFix", .petersburg), ("Petersburg", .petersburg), ("Istanbul", .istanbul),
      ("MuirGlacier", .muirGlacier), ("Berlin", .berlin), ("London", .london),
      ("ArrowGlacier", .arrowGlacier), ("GrayGlacier", .grayGlacier), ("Paris", .paris),
      ("Merge", .paris), ("Shanghai", .shanghai), ("Cancun", .cancun), ("Prague", .prague),
      ("osaka", .osaka), ("spurious-dragon", .spuriousDragon), ("gray_glacier", .grayGlacier),
    ]
    for (spelling, fork) in spellings { #expect(Fork(spelling) == fork) }
    for name in ["", "Atlantis", "EIP", "Osaka2", "Cancun+6190"] { #expect(Fork(name) == nil) }
    for fork in Fork.allCases { #expect(Fork(fork.name) == fork) }
    #expect(Set(Fork.allCases.map(\.name)).count == Fork.allCases.count)
  }
}
