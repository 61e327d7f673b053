// Genesis files that are written are read again as they were.

import Chain
import JSON
import Ledger
import Primitives
import State
import Testing

@Suite struct GenesisWritingTests {
  private func expectSame(_ genesis: Genesis) throws {
    let read = try Genesis(
      JSONDocument(parsing: Array(genesis.json().utf8), source: "written"))
    // The file says what follows anyway, too.
    let again = try Genesis(JSONDocument(parsing: Array(read.json().utf8), source: "again"))
    #expect(again.rules == read.rules && read.rules.chainID == genesis.rules.chainID)
    #expect(read.rules.daoFork == genesis.rules.daoFork)
    #expect(read.rules.depositContract == genesis.rules.depositContract)
    #expect(read.rules.terminalTotalDifficulty == genesis.rules.terminalTotalDifficulty)
    for block in (0..<18).map({ UInt64($0) * 1_000_000 }) {
      for time in (0..<20).map({ 1_600_000_000 + UInt64($0) * 10_000_000 }) + [UInt64.max] {
        #expect(
          read.rules.fork(block: block, timestamp: time)
            == genesis.rules.fork(block: block, timestamp: time))
        #expect(
          read.rules.blobParameters(block: block, timestamp: time)
            == genesis.rules.blobParameters(block: block, timestamp: time))
      }
    }
    #expect(read.hash == genesis.hash)
    #expect(read.allocations == genesis.allocations)
  }

  private func genesis(_ rules: ChainRules, timestamp: UInt64) throws -> Genesis {
    let accounts = [
      AccountAllocation(address: Address(truncating: 1), balance: UInt256.max),
      AccountAllocation(
        address: Address(truncating: 2), nonce: 3, balance: UInt256(1), code: [0xfe, 0],
        storage: [.zero: UInt256(5), .max: UInt256(6)]),
    ]
    var header = Header(
      difficulty: UInt256(9), number: 5, gasLimit: 30_000_000, timestamp: timestamp,
      extraData: [1, 2, 3], prevRandao: Hash256(UInt256(77)))
    header.stateRoot = MemoryState(accounts).root()
    header.nonce = 42
    header.coinbase = Address(truncating: 8)
    let fork = rules.fork(block: 5, timestamp: timestamp)
    if fork >= .london { header.baseFeePerGas = UInt256(7) }
    if fork >= .shanghai { header.withdrawalsRoot = Header.emptyTrieRoot }
    if fork >= .cancun {
      (header.blobGasUsed, header.excessBlobGas) = (131_072, 393_216)
      header.parentBeaconBlockRoot = Hash256(UInt256(3))
    }
    return try Genesis(rules: rules, header: header, allocations: accounts)
  }

  @Test func schedulesOfAllForksAreKept() throws {
    var rules = ChainRules.mainnet
    rules.depositContract = Address(truncating: 6)
    // Total difficulty says when it begins.
    rules.activations[.paris] = nil
    for time in [0, 1_710_338_135] as [UInt64] {
      try expectSame(try genesis(rules, timestamp: time))
    }
    rules.daoFork = nil
    rules.terminalTotalDifficulty = nil
    rules.chainID = .max
    try expectSame(try genesis(rules, timestamp: 1_710_338_135))
    let old = ChainRules(
      chainID: 5,
      activations: [
        .frontier: .block(0), .homestead: .block(0), .tangerineWhistle: .block(3),
        .spuriousDragon: .block(3), .byzantium: .block(4),
      ])
    try expectSame(try genesis(old, timestamp: 10))
  }
}
