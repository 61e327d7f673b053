// Whole blocks.

import EVM
import Execution
import Ledger
import Primitives
import State
import Testing

@Suite struct SequentialExecutorTests {
  private func block(
    _ fork: Fork, _ transactions: [Transaction],
    _ change: (inout ExecutableBlock) -> Void = { _ in }
  ) -> ExecutableBlock {
    var block = ExecutableBlock(
      environment: BlockEnvironment(
        coinbase: Stage.coinbase, number: 100, timestamp: 1_000_000,
        baseFee: fork >= .london ? 7 : 0),
      rules: TransactionRules(fork), transactions: transactions,
      senders: transactions.map { _ in Stage.sender })
    change(&block)
    return block
  }

  private func transfers(_ count: UInt64) -> [Transaction] {
    (0..<count).map { nonce in
      Stage.transaction {
        $0.nonce = nonce
        $0.value = 1
      }
    }
  }

  @Test func receiptsCountTheGas() throws {
    let view = MemoryState([Stage.senderAccount()])
    let outcome = try SequentialExecutor().execute(block(.osaka, transfers(3)), on: view)
    #expect(outcome.receipts.map(\.cumulativeGasUsed) == [21_000, 42_000, 63_000])
    #expect(outcome.receipts.map(\.outcome) == Array(repeating: .status(true), count: 3))
    #expect(outcome.gasUsed == 63_000)
    #expect(
      outcome.diff.accounts.map(\.address) == [Stage.sender, Stage.recipient, Stage.coinbase])
    #expect(outcome.diff.accounts.first?.account?.nonce == 3)
  }

  @Test func theViewIsNotChangedAndTheExecutorCanBeUsedAgain() throws {
    let view = MemoryState([Stage.senderAccount()])
    let executor = SequentialExecutor()
    let first = try executor.execute(block(.osaka, transfers(3)), on: view)
    let second = try executor.execute(block(.osaka, transfers(3)), on: view)
    #expect(first == second)
    #expect(view.account(Stage.sender)?.nonce == 0)
  }

  @Test func receiptsOfTheirTime() throws {
    let view = MemoryState([Stage.senderAccount()])
    let executor = SequentialExecutor()
    let old = try executor.execute(block(.spuriousDragon, transfers(1)), on: view)
    #expect(old.receipts.map(\.outcome) == [.stateRoot(.zero)])
    let new = try executor.execute(block(.byzantium, transfers(1)), on: view)
    #expect(new.receipts.map(\.outcome) == [.status(true)])
  }

  @Test func logsReachReceiptAndBloom() throws {
    // LOG1(0, 0, topic 5)
    let contract = Stage.contract([0x60, 5, 0x60, 0, 0x60, 0, 0xa1])
    let view = MemoryState([Stage.senderAccount(), contract])
    let outcome = try SequentialExecutor().execute(block(.london, transfers(1)), on: view)
    let log = Log(address: Stage.recipient, topics: [Hash256(5)], data: [])
    #expect(outcome.receipts.map(\.logs) == [[log]])
    #expect(outcome.bloom == Bloom([log]))
    #expect(outcome.receipts.first?.bloom == outcome.bloom)
  }

  @Test func anInvalidTransactionIsNamedWithItsPlace() {
    let view = MemoryState([Stage.senderAccount()])
    let block = block(.osaka, transfers(2) + transfers(1))
    #expect(throws: BlockExecutionError.transaction(2, .invalid(.nonceTooLow(expected: 2)))) {
      try SequentialExecutor().execute(block, on: view)
    }
  }

  @Test func withdrawalsArePaidInGwei() throws {
    let block = block(.shanghai, []) {
      $0.withdrawals = [
        Withdrawal(index: 0, validatorIndex: 0, address: Address(1), amount: 3),
        Withdrawal(index: 1, validatorIndex: 0, address: Address(2), amount: 0),
      ]
    }
    let outcome = try SequentialExecutor().execute(block, on: MemoryState())
    #expect(outcome.diff.accounts.map(\.address) == [Address(1)])
    #expect(outcome.diff.accounts.first?.account?.balance == 3_000_000_000)
  }

  // MARK: System calls

  /// The contract of EIP-4788.
  private func beaconRoots() throws -> AccountAllocation {
    let code = try Hex.decode(
      "3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f35801560495762"
        + "001fff810690815414603c575f5ffd5b62001fff01545f5260205ff35b5f5ffd5b62001fff42064281555f35"
        + "9062001fff015500")
    return AccountAllocation(address: SystemCalls.beaconRoots, nonce: 1, code: code)
  }

  @Test(arguments: [Fork.shanghai, .cancun, .osaka])
  func theBeaconRootIsKeptFromCancunOn(fork: Fork) throws {
    let block = block(fork, []) { $0.parentBeaconBlockRoot = Hash256(0xb0) }
    let outcome = try SequentialExecutor().execute(block, on: MemoryState([try beaconRoots()]))
    guard fork >= .cancun else {
      #expect(outcome.diff.isEmpty)
      return
    }
    let place: UInt256 = 1_000_000 % 8191
    #expect(
      outcome.diff.accounts.first?.storage == [
        SlotChange(slot: place, value: 1_000_000), SlotChange(slot: place + 8191, value: 0xb0),
      ])
    #expect(outcome.gasUsed == 0)
  }

  @Test func systemContractsThatDoNotStandAreNotCalled() throws {
    let block = block(.osaka, []) {
      $0.parentBeaconBlockRoot = Hash256(1)
      $0.parentHash = Hash256(2)
    }
    #expect(try SequentialExecutor().execute(block, on: MemoryState()).diff.isEmpty)
  }
}
