// Generated blocks repeat, are signed by whom they say, and spend nonces in order.

import Crypto
import Ledger
import Primitives
import State
import Testing
import Workloads

@Suite struct WorkloadTests {
  static let kinds: [@Sendable (Int, Int, UInt64) -> Workload] = [
    { Workload.transfers($0, people: $1, seed: $2) },
    { Workload.erc20Transfers($0, people: $1, seed: $2) },
  ]

  @Test(arguments: kinds.indices)
  func theSameSeedGivesTheSameBlockAndAnotherSeedAnother(kind: Int) {
    let make = Self.kinds[kind]
    let first = make(20, 5, 1)
    #expect(first.block == make(20, 5, 1).block)
    #expect(first.genesis == make(20, 5, 1).genesis)
    #expect(first.block != make(20, 5, 2).block)
  }

  @Test(arguments: kinds.indices)
  func everyTransactionIsSignedByItsSenderWithRisingNonces(kind: Int) throws {
    let workload = Self.kinds[kind](40, 6, 3)
    #expect(workload.block.transactions.count == 40)
    #expect(workload.senders.count == 40)
    let owners = Set(workload.genesis.accounts.map(\.address))
    var nonces: [Address: UInt64] = [:]
    for (transaction, sender) in zip(workload.block.transactions, workload.senders) {
      let signer = try transaction.recoverSender(
        fork: .latest, chainID: workload.rules.chainID)
      #expect(signer == sender)
      #expect(owners.contains(sender))
      #expect(transaction.nonce == nonces[sender, default: 0])
      nonces[sender, default: 0] += 1
    }
    #expect(nonces.count > 1)
  }

  @Test func aBlockMayBeEmptyAndAWorldMayHoldOnePerson() {
    #expect(Workload.transfers(0, people: 1, seed: 9).block.transactions.isEmpty)
    let monologue = Workload.erc20Transfers(3, people: 1, seed: 9)
    #expect(Set(monologue.senders).count == 1)
  }

  @Test func theGeneratorGivesThePublishedNumbersOfSplitMix64() {
    var random = SeededGenerator(seed: 1_234_567)
    let published: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    for number in published { #expect(random.next() == number) }
  }

  @Test func drawnNumbersStayBelowTheirBoundAndReachAllOfIt() {
    var random = SeededGenerator(seed: 5)
    let drawn = Set((0..<200).map { _ in random.next(below: 7) })
    #expect(drawn == Set(0..<7))
  }
}
