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
}
