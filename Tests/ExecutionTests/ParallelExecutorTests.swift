// Blocks in parallel: the outcome is that of one transaction after another.

import EVM
import Execution
import Ledger
import Primitives
import Samples
import State
import Testing

@Suite struct ParallelExecutorTests {
  typealias Stage = ParallelStage

  /// Both ways, several times; answers the outcome.
  @discardableResult
  private func expectSame(
    _ block: ExecutableBlock, on accounts: [AccountAllocation]
  ) -> ParallelStage.Outcome {
    let expected = Stage.outcome(of: block, on: accounts, by: SequentialExecutor())
    for workers in [1, 2, 3, 8] {
      let executor = alwaysParallel(workers: workers)
      for _ in 0..<5 {
        #expect(Stage.outcome(of: block, on: accounts, by: executor) == expected)
      }
    }
    return expected
  }

  @Test func independentTransfersNeedNoRepeats() {
    let transfers = (0..<64).map { number in
      (number, Stage.transaction(to: Stage.person(64 + number), value: 1))
    }
    // The coinbase is there, so that its fees need no place in the order.
    let accounts =
      Stage.people(128) + [AccountAllocation(address: Stage.coinbase, nonce: 0, balance: 1)]
    expectSame(Stage.block(transfers), on: accounts)
    let executor = alwaysParallel(workers: 2)
    _ = Stage.outcome(of: Stage.block(transfers), on: accounts, by: executor)
    #expect(executor.statistics.repeats == 0)
  }

  @Test func oneRecipientOfManyTransfersIsNoConflict() {
    let transfers = (0..<64).map { ($0, Stage.transaction(to: Stage.person(200), value: 1)) }
    let accounts =
      Stage.people(64)
      + [
        AccountAllocation(address: Stage.coinbase, nonce: 0, balance: 1),
        AccountAllocation(address: Stage.person(200), nonce: 0, balance: 1),
      ]
    expectSame(Stage.block(transfers), on: accounts)
    let executor = alwaysParallel(workers: 2)
    _ = Stage.outcome(of: Stage.block(transfers), on: accounts, by: executor)
    #expect(executor.statistics.repeats == 0)
  }

  @Test func `A small block is executed on the calling thread, a large one by all`() {
    let accounts = Stage.people(200) + [Stage.contract(Stage.increment)]
    let executor = ParallelExecutor(workers: 2)
    for (count, isSmall) in [(1, true), (20, true), (200, false)] {
      let calls = (0..<count).map {
        ($0, Stage.transaction(to: Stage.counter, data: [1, 2, 3, 4]))
      }
      let expected = Stage.outcome(
        of: Stage.block(calls), on: accounts, by: SequentialExecutor())
      #expect(Stage.outcome(of: Stage.block(calls), on: accounts, by: executor) == expected)
      #expect(executor.statistics.transactions == count)
      // One transaction after another needs no batches.
      #expect((executor.statistics.batches == 0) == isSmall)
    }
  }

  @Test func aCounterCountsEveryTransaction() throws {
    let calls = (0..<40).map { ($0, Stage.transaction(to: Stage.counter)) }
    let outcome = try expectSame(
      Stage.block(calls), on: Stage.people(40) + [Stage.contract(Stage.increment)]
    ).get()
    let change = try #require(outcome.diff.accounts.first { $0.address == Stage.counter })
    #expect(change.storage == [SlotChange(slot: 0, value: 40)])
  }

  @Test func noncesOfOneSenderFollowEachOther() {
    let transfers = (0..<50).map { number in
      (0, Stage.transaction(nonce: UInt64(number), to: Stage.person(1), value: 5))
    }
    let outcome = expectSame(Stage.block(transfers), on: Stage.people(2))
    #expect(throws: Never.self) { try outcome.get() }
  }

  @Test func theFirstTransactionThatMayNotStandThereIsNamed() {
    for wrong in [UInt64(0), 3, 7, .max] {
      var transfers = (0..<20).map { number in
        (number % 4, Stage.transaction(nonce: UInt64(number / 4), to: Stage.person(9), value: 1))
      }
      transfers[11].1 = Stage.transaction(nonce: wrong, to: Stage.person(9))
      transfers[15].1 = Stage.transaction(nonce: 99, to: Stage.person(9))
      let outcome = expectSame(Stage.block(transfers), on: Stage.people(4))
      guard case .failure(.transaction(11, .invalid)) = outcome else {
        Issue.record("nonce \(wrong): \(outcome)")
        continue
      }
    }
  }

  @Test func moneyThatCameInTheSameBlockCanBeSpent() {
    let half = Stage.wealth &>> 1
    let transfers = (0..<30).map { number in
      (number, Stage.transaction(to: Stage.person(number + 1), value: number == 0 ? half : 1_000))
    }
    let poor = Stage.people(31).map { account in
      AccountAllocation(
        address: account.address, nonce: 0,
        balance: account.address == Stage.person(0) ? Stage.wealth : 900_000)
    }
    expectSame(Stage.block(transfers), on: poor)
  }

  @Test func theBlocksGasIsCountedInOrder() {
    let calls = (0..<10).map { ($0, Stage.transaction(to: Stage.person(50), gasLimit: 100_000)) }
    let outcome = expectSame(Stage.block(calls, gasLimit: 230_000), on: Stage.people(10))
    guard case .failure(.transaction(_, .invalid(.gasLimitAboveBlock))) = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  @Test(arguments: [Fork.frontier, .homestead, .spuriousDragon, .byzantium, .latest])
  func theCoinbaseMayBeAnybody(fork: Fork) {
    let kind: Transaction.Kind = fork >= .london ? .dynamicFee : .legacy
    for coinbase in [Stage.coinbase, Stage.person(0), Stage.person(3), Stage.counter, Address(3)] {
      let transfers = (0..<24).map { number -> (sender: Int, transaction: Transaction) in
        let recipient = [Stage.coinbase, Stage.person(3), Stage.counter, Stage.person(60)][
          number % 4]
        return (
          number % 6,
          Transaction(
            kind: kind, chainID: kind == .legacy ? nil : 1, nonce: UInt64(number / 6),
            maxPriorityFeePerGas: kind == .legacy ? nil : 0, maxFeePerGas: 10, gasLimit: 100_000,
            to: recipient, value: number % 3 == 0 ? 0 : 7, data: [])
        )
      }
      // Reads the coinbase's balance into slot 0.
      let reader: [UInt8] = [0x41, 0x31, 0x60, 0, 0x55, 0x00]
      expectSame(
        Stage.block(transfers, fork: fork, coinbase: coinbase),
        on: Stage.people(6) + [Stage.contract(reader)])
    }
  }

  @Test func codeThatWasCreatedInTheBlockRuns() throws {
    let created = Address.created(by: Stage.person(0), nonce: 0)
    var transactions = [
      (0, Stage.transaction(to: nil, data: Stage.initcode(of: Stage.increment), gasLimit: 200_000))
    ]
    transactions += (1..<20).map { ($0, Stage.transaction(to: created)) }
    let outcome = try expectSame(Stage.block(transactions), on: Stage.people(20)).get()
    let change = try #require(outcome.diff.accounts.first { $0.address == created })
    #expect(change.storage == [SlotChange(slot: 0, value: 19)])
  }

  @Test func rootsAfterEachTransactionAreThoseOfTheOrder() throws {
    let accounts = Stage.people(60) + [Stage.contract(Stage.increment)]
    let block = Stage.block(
      (0..<60).map { number in
        (
          number,
          Transaction(
            kind: .legacy, chainID: nil, nonce: 0, maxPriorityFeePerGas: nil, maxFeePerGas: 10,
            gasLimit: 100_000, to: Stage.counter, value: 0, data: [0, 0, 0, 1])
        )
      }, fork: .frontier)
    let rootAfter: RootSource = { diff in
      let state = MemoryState(accounts)
      state.apply(diff)
      return state.root()
    }
    func roots(by executor: some BlockExecutor) throws -> [Receipt] {
      try executor.execute(block, on: MemoryState(accounts), rootAfter: rootAfter).receipts
    }
    let expected = try roots(by: SequentialExecutor())
    #expect(Set(expected.map { "\($0.outcome)" }).count == 60)
    for workers in [1, 2, 3, 8] {
      let executor = alwaysParallel(workers: workers)
      for _ in 0..<5 { #expect(try roots(by: executor) == expected) }
    }
    let explorer = try #require(ScheduleExplorer(workers: 3))
    for seed: UInt64 in 1...20 {
      explorer.decisions = SeededGenerator(seed: seed)
      #expect(try roots(by: explorer) == expected)
    }
  }

  @Test func theSameCodeStoredByManyStaysInUse() throws {
    // Whoever has found the first copy goes on using it when others store theirs.
    let initcode = Stage.initcode(of: Stage.increment)
    var transactions: [(sender: Int, transaction: Transaction)] = []
    for number in 0..<60 {
      let creation = Stage.transaction(to: nil, data: initcode, gasLimit: 200_000)
      let created = Address.created(by: Stage.person(number), nonce: 0)
      transactions.append((number, creation))
      transactions.append((60 + number, Stage.transaction(to: created)))
      transactions.append((120 + number, Stage.transaction(to: created)))
    }
    let outcome = try expectSame(Stage.block(transactions), on: Stage.people(180)).get()
    #expect(outcome.diff.codes.count == 1)
  }

  @Test func theStateHasRoomAgainAfterAHungryTransaction() throws {
    // Reads slots until the gas, or the room, is used up; then a precompile is asked, which is warm.
    let hungry: [UInt8] = [0x5f, 0x5b, 0x80, 0x54, 0x50, 0x60, 1, 0x01, 0x60, 1, 0x56]
    let callsHash: [UInt8] = [
      0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x60, 2, 0x61, 0xff, 0xff, 0xf1, 0x5f, 0x55, 0x00,
    ]
    let block = Stage.block(
      (0..<8).map { number in
        let isHungry = number == 3
        return (
          number,
          Stage.transaction(
            to: isHungry ? Address(0xc1) : Stage.counter,
            gasLimit: isHungry ? 16_000_000 : 200_000)
        )
      })
    let accounts =
      Stage.people(8) + [
        Stage.contract(callsHash), Stage.contract(hungry, at: Address(0xc1)),
      ]
    for limit in [200_000, 2_000_000, 20_000_000] {
      let expected = Stage.outcome(
        of: block, on: accounts, by: SequentialExecutor(memoryLimit: limit))
      let parallel = alwaysParallel(workers: 3, memoryLimit: limit)
      for _ in 0..<3 {
        #expect(Stage.outcome(of: block, on: accounts, by: parallel) == expected)
      }
    }
  }

  @Test func accountsThatDestroyThemselvesComeBack() {
    // Counts, and destroys itself when called with data.
    let code: [UInt8] = [0x36, 0x60, 12, 0x57] + Stage.increment + [0x5b, 0x33, 0xff]
    for fork in [Fork.frontier, .spuriousDragon, .shanghai, .latest] {
      let kind: Transaction.Kind = .legacy
      let transactions = (0..<30).map { number -> (sender: Int, transaction: Transaction) in
        (
          number,
          Transaction(
            kind: kind, chainID: nil, nonce: 0, maxPriorityFeePerGas: nil, maxFeePerGas: 10,
            gasLimit: 100_000, to: Stage.counter, value: number % 5 == 1 ? 3 : 0,
            data: number % 7 == 6 ? [1] : [])
        )
      }
      let contract = AccountAllocation(
        address: Stage.counter, nonce: 1, code: code.map { $0 == 0x5f ? 0x58 : $0 },
        storage: [1: 7, 2: 8])
      expectSame(Stage.block(transactions, fork: fork), on: Stage.people(30) + [contract])
    }
  }

  @Test func anEmptyBlockHasAnOutcome() {
    expectSame(Stage.block([]), on: [])
  }

  @Test func anExecutorCanBeUsedForManyBlocks() {
    let executor = alwaysParallel(workers: 3)
    var random = SeededGenerator(seed: 5)
    for _ in 0..<200 {
      let count = random.below(20)
      var nonces: [Int: UInt64] = [:]
      let transactions = (0..<count).map { _ -> (sender: Int, transaction: Transaction) in
        let sender = random.below(6)
        defer { nonces[sender, default: 0] += 1 }
        let recipient = random.flip() ? Stage.counter : Stage.person(random.below(8))
        return (
          sender,
          Stage.transaction(
            nonce: nonces[sender, default: 0], to: recipient,
            value: UInt256(UInt64(random.below(3))))
        )
      }
      let block = Stage.block(transactions)
      let accounts = Stage.people(6) + [Stage.contract(Stage.append)]
      #expect(
        Stage.outcome(of: block, on: accounts, by: executor)
          == Stage.outcome(of: block, on: accounts, by: SequentialExecutor()))
    }
  }

  @Test func aStateThatCannotBeReadIsTold() {
    let transfers = (0..<20).map { ($0, Stage.transaction(to: Stage.person(40), value: 1)) }
    let block = Stage.block(transfers)
    let executor = alwaysParallel(workers: 3)
    let view = TornView(MemoryState(Stage.people(20)), lacking: Stage.person(7))
    for _ in 0..<5 {
      #expect(
        throws: BlockExecutionError.transaction(7, .state(.missingAccount(Stage.person(7))))
      ) { try executor.execute(block, on: view) }
    }
    #expect(throws: Never.self) { try executor.execute(block, on: view.whole) }
  }

  @Test func workersBeginEachBlockAnew() throws {
    // SSTORE(0, NUMBER), and the same with PUSH0, which Berlin does not know.
    let (old, new) = (Address(0xa1), Address(0xa2))
    let accounts =
      Stage.people(20) + [
        Stage.contract([0x43, 0x60, 0x00, 0x55], at: old),
        Stage.contract([0x43, 0x5f, 0x55], at: new),
      ]
    let executor = alwaysParallel(workers: 3)
    for (number, fork) in [(7, Fork.berlin), (8, .osaka), (9, .berlin)] {
      var block = Stage.block(
        (0..<20).map { ($0, Stage.legacy(to: $0 % 2 == 0 ? old : new)) }, fork: fork)
      block.environment.number = UInt64(number)
      let serial = Stage.outcome(of: block, on: accounts, by: SequentialExecutor())
      #expect(Stage.outcome(of: block, on: accounts, by: executor) == serial)
      let diff = try serial.get().diff
      #expect(
        diff.accounts.first { $0.address == old }?.storage.first?.value == UInt256(UInt64(number)))
      #expect(diff.accounts.contains { $0.address == new } == (fork == .osaka))
    }
  }
}

/// A state that lacks one account.
private final class TornView: StateView {
  let whole: MemoryState
  private let lacking: Address

  init(_ whole: MemoryState, lacking: Address) {
    self.whole = whole
    self.lacking = lacking
  }

  func account(_ address: Address) throws(StateReadError) -> Account? {
    if address == lacking { throw .missingAccount(address) }
    return whole.account(address)
  }

  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    whole.storage(address, slot)
  }

  func hasStorage(_ address: Address) throws(StateReadError) -> Bool { whole.hasStorage(address) }

  func code(_ hash: Hash256) throws(StateReadError) -> Code { try whole.code(hash) }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256? { whole.blockHash(number) }
}
