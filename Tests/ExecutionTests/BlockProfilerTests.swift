// What a profile says of who needs whom.

import EVM
import Execution
import Ledger
import Primitives
import Samples
import State
import Testing

@Suite struct BlockProfilerTests {
  typealias Stage = ParallelStage

  static let slot = ProfiledLocation.slot(StorageKey(address: Stage.counter, slot: 0))
  /// A coinbase that is there, so that its fees need no place in the order.
  static let richCoinbase = AccountAllocation(address: Stage.coinbase, nonce: 0, balance: 1)

  private func profile(
    _ transactions: [(sender: Int, transaction: Transaction)], on accounts: [AccountAllocation]
  ) throws -> BlockProfile {
    try BlockProfiler(clock: { 0 }).profile(
      Stage.block(transactions), on: MemoryState(accounts + [Self.richCoinbase]))
  }

  @Test func whoeverUsesTheWordItselfMakesAChain() throws {
    // Squares the word, and adds one.
    let code: [UInt8] = [0x5f, 0x54, 0x80, 0x02, 0x60, 1, 0x01, 0x5f, 0x55, 0x00]
    let calls = (0..<6).map { ($0, Stage.transaction(to: Stage.counter, data: [1, 2, 3, 4, 5])) }
    let profile = try profile(calls, on: Stage.people(6) + [Stage.contract(code)])
    let function = CalledFunction(contract: Stage.counter, selector: 0x0102_0304)
    #expect(profile.transactions[0].dependencies.isEmpty)
    for index in 1..<6 {
      #expect(
        profile.transactions[index].dependencies == [
          Dependency(on: index - 1, location: Self.slot, function: function)
        ])
    }
    #expect(profile.levels == Array(0..<6))
    // The caller, the counter, and its slot.
    #expect(profile.transactions.allSatisfy { $0.accesses == 3 })
  }

  @Test func aCounterDependsOnWhoMadeItOtherThanZero() throws {
    let calls = (0..<6).map { ($0, Stage.transaction(to: Stage.counter)) }
    let profile = try profile(calls, on: Stage.people(6) + [Stage.contract(Stage.increment)])
    #expect(profile.transactions.map(\.writers) == [[], [0], [0], [0], [0], [0]])
    #expect(
      profile.transactions[5].avoided.contains(
        AvoidedDependency(on: 4, account: Stage.counter, reason: .slot)))
  }

  @Test func aPaymentDependsOnWhoMadeThePurseLargeEnough() throws {
    // 300 are taken three times out of 1000, and once more in vain.
    let purse = AccountAllocation(
      address: Stage.counter, nonce: 1, code: Stage.payment, storage: [0: 1000])
    let calls = (0..<4).map { ($0, Stage.transaction(to: Stage.counter)) }
    let profile = try profile(calls, on: Stage.people(4) + [purse])
    #expect(profile.transactions.map(\.writers) == [[], [], [], [2]])
  }

  @Test func writingTheSameValueIsNoChange() throws {
    // Stores 7 in slot 0.
    let calls = (0..<4).map { ($0, Stage.transaction(to: Stage.counter)) }
    let profile = try profile(
      calls, on: Stage.people(4) + [Stage.contract([0x60, 7, 0x5f, 0x55, 0x00])])
    #expect(profile.transactions.map(\.writers) == [[], [0], [0], [0]])
  }

  @Test func transfersNeedNothingOfEachOther() throws {
    let transfers = (0..<5).map { ($0, Stage.transaction(to: Stage.person(9), value: 1)) }
    let profile = try profile(transfers, on: Stage.people(10))
    #expect(profile.transactions.allSatisfy { $0.dependencies.isEmpty })
    for index in 1..<5 {
      let avoided = Set(profile.transactions[index].avoided)
      #expect(
        avoided == [
          AvoidedDependency(on: index - 1, account: Stage.person(9), reason: .balance),
          AvoidedDependency(on: index - 1, account: Stage.coinbase, reason: .fee),
        ])
    }
    #expect(profile.bestSpeedUp() == 1, "the clock stands still")
    #expect(profile.criticalPath(includingAvoided: true).transactions.count == 1)
  }

  @Test func noncesOfOneSenderArePredicted() throws {
    let transfers = (0..<4).map {
      (0, Stage.transaction(nonce: UInt64($0), to: Stage.person(1), value: 1))
    }
    let profile = try profile(transfers, on: Stage.people(2))
    #expect(profile.transactions.allSatisfy { $0.dependencies.isEmpty })
    for index in 1..<4 {
      #expect(
        profile.transactions[index].avoided.contains(
          AvoidedDependency(on: index - 1, account: Stage.person(0), reason: .nonce)))
    }
  }

  @Test func whoSpendsWhatCameInNeedsWhoPaidEnough() throws {
    // Person 3 can pay nothing at first. The first gift is too small, the second is enough.
    let transfers = [
      (0, Stage.transaction(to: Stage.person(3), value: 10)),
      (1, Stage.transaction(to: Stage.person(3), value: 2_000_000)),
      (2, Stage.transaction(to: Stage.person(3), value: 10)),
      (3, Stage.transaction(to: Stage.person(0), value: 1_000)),
    ]
    let poor = AccountAllocation(address: Stage.person(3), nonce: 0, balance: 1)
    let profile = try profile(transfers, on: Stage.people(3) + [poor])
    #expect(
      profile.transactions[3].dependencies.map(\.location) == [.account(Stage.person(3), .balance)])
    #expect(profile.transactions[3].writers == [1])
    #expect(
      profile.transactions[3].avoided.contains(
        AvoidedDependency(on: 2, account: Stage.person(3), reason: .balance)))
  }

  @Test func whoLooksAtTheCoinbaseNeedsAllFees() throws {
    // Stores the coinbase's balance in slot 0.
    let look: [UInt8] = [0x41, 0x31, 0x5f, 0x55, 0x00]
    let transactions = [
      (0, Stage.transaction(to: Stage.person(9), value: 1)),
      (1, Stage.transaction(to: Stage.person(9), value: 1)),
      (2, Stage.transaction(to: Stage.counter)),
    ]
    let profile = try profile(transactions, on: Stage.people(10) + [Stage.contract(look)])
    #expect(profile.transactions[2].writers == [1])
  }

  @Test func theFunctionIsTheInnermostThatStores() throws {
    // Calls the counter with 0xaabbccdd.
    let caller = Address(0xca11)
    let code: [UInt8] = [
      0x63, 0xaa, 0xbb, 0xcc, 0xdd, 0x60, 0xe0, 0x1b, 0x5f, 0x52, 0x5f, 0x5f, 0x60, 4, 0x5f, 0x5f,
      0x60, 0xc0, 0x5a, 0xf1, 0x00,
    ]
    let calls = (0..<2).map { ($0, Stage.transaction(to: caller, data: [9, 9, 9, 9])) }
    let profile = try profile(
      calls,
      on: Stage.people(2) + [Stage.contract(Stage.increment), Stage.contract(code, at: caller)])
    #expect(
      profile.transactions[1].function == CalledFunction(contract: caller, selector: 0x0909_0909))
    #expect(
      profile.transactions[1].dependencies.map(\.function) == [
        CalledFunction(contract: Stage.counter, selector: 0xaabb_ccdd)
      ])
  }

  @Test func aContractOfTheSameBlockIsNeededByItsCallers() throws {
    let created = Address.created(by: Stage.person(0), nonce: 0)
    let transactions = [
      (0, Stage.transaction(to: nil, data: Stage.initcode(of: Stage.increment), gasLimit: 200_000)),
      (1, Stage.transaction(to: created)),
      (2, Stage.transaction(to: created)),
    ]
    let profile = try profile(transactions, on: Stage.people(3))
    #expect(profile.transactions.map(\.writers) == [[], [0], [0, 1]])
    #expect(profile.transactions[0].function == CalledFunction(contract: nil, selector: nil))
  }

  @Test func costsAreMeasuredOneByOne() throws {
    // From one call to the next, this clock runs ever faster.
    var calls: UInt64 = 0
    let profiler = BlockProfiler(clock: {
      calls += 1
      return calls * calls
    })
    let transfers = (0..<5).map { ($0, Stage.transaction(to: Stage.person(9), value: 1)) }
    let profile = try profiler.profile(Stage.block(transfers), on: MemoryState(Stage.people(10)))
    let times = profile.transactions.map(\.nanoseconds)
    #expect(zip(times, times.dropFirst()).allSatisfy { $1 == $0 + 2 })
    #expect(times[0] > 0)
  }

  @Test func aTransactionThatMayNotStandThereIsNamed() {
    let transfers = [
      (0, Stage.transaction(to: Stage.person(1))),
      (1, Stage.transaction(nonce: 5, to: Stage.person(1))),
    ]
    #expect {
      try profile(transfers, on: Stage.people(2))
    } throws: { error in
      guard case .transaction(1, .invalid) = error as? BlockExecutionError else { return false }
      return true
    }
  }

  /// What must hold for dependencies to be of use: behind all that it depends on, a transaction comes
  /// to the same, whatever else is left out.
  @Test func dependenciesAreEnough() throws {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<150 {
      let (block, state) = Self.world(&random)
      let whole = try SequentialExecutor().execute(block, on: state)
      let profile = try BlockProfiler(clock: { 0 }).profile(block, on: state)
      for index in profile.transactions.indices {
        let kept = (profile.transactions[index].writers.last ?? -1) + 1
        var part = block
        part.transactions = Array(block.transactions[..<kept]) + [block.transactions[index]]
        part.senders = Array(block.senders[..<kept]) + [block.senders[index]]
        let outcome = try SequentialExecutor().execute(part, on: state)
        let (short, long) = (outcome.receipts[kept], whole.receipts[index])
        #expect(short.outcome == long.outcome)
        #expect(short.logs == long.logs)
        let before = kept == 0 ? 0 : outcome.receipts[kept - 1].cumulativeGasUsed
        #expect(short.cumulativeGasUsed - before == profile.transactions[index].gasUsed)
      }
      #expect(profile.gasUsed == whole.gasUsed)
    }
  }

  /// A block of calls, transfers and creations by different people on few accounts.
  private static func world(
    _ random: inout SeededGenerator
  ) -> (block: ExecutableBlock, state: MemoryState) {
    let count = 2 + random.below(12)
    let second = Address(0xc1)
    let transactions = (0..<count).map { sender -> (sender: Int, transaction: Transaction) in
      let created = Address.created(by: Stage.person(random.below(count)), nonce: 0)
      let transaction =
        switch random.below(6) {
        case 0: Stage.transaction(to: Stage.counter)
        case 1: Stage.transaction(to: second, data: [1, 2, 3, 4])
        case 2: Stage.transaction(to: Stage.person(count + random.below(3)), value: 5)
        case 3:
          Stage.transaction(
            to: nil, data: Stage.initcode(of: Stage.append), gasLimit: 200_000)
        case 4: Stage.transaction(to: created)
        default: Stage.transaction(to: Stage.counter, value: 3)
        }
      return (sender, transaction)
    }
    // Logs the balance of the coinbase, and destroys itself when called with data.
    let spy: [UInt8] = [
      0x36, 0x60, 13, 0x57, 0x41, 0x31, 0x5f, 0x52, 0x60, 32, 0x5f, 0xa0, 0x00, 0x5b, 0x33, 0xff,
    ]
    let accounts =
      Stage.people(count)
      + [
        Stage.contract(random.flip() ? Stage.increment : Stage.append),
        Stage.contract(random.flip() ? spy : Stage.increment, at: second),
      ]
    let isCoinbaseThere = random.flip()
    return (
      Stage.block(transactions, fork: random.flip() ? .latest : .shanghai),
      MemoryState(accounts + (isCoinbaseThere ? [richCoinbase] : []))
    )
  }
}
