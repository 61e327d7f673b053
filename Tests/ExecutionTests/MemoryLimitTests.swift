// Programs that would fill the memory, had they not a limit.

import EVM
import Execution
import Ledger
import Primitives
import State
import Testing

@Suite struct MemoryLimitTests {
  /// Loops without end, each of which leaves something new in the state on its every round.
  private static let hungryPrograms: [(String, [UInt8])] = [
    // SSTORE(GAS, GAS)
    ("slots written", [0x5b, 0x5a, 0x5a, 0x55, 0x60, 0, 0x56]),
    // POP(SLOAD(GAS))
    ("slots read", [0x5b, 0x5a, 0x54, 0x50, 0x60, 0, 0x56]),
    // TSTORE(GAS, GAS)
    ("transient slots", [0x5b, 0x5a, 0x5a, 0x5d, 0x60, 0, 0x56]),
    // POP(TLOAD(GAS))
    ("transient slots read", [0x5b, 0x5a, 0x5c, 0x50, 0x60, 0, 0x56]),
    // SSTORE(0, GAS)
    ("journal", [0x5b, 0x5a, 0x60, 0, 0x55, 0x60, 0, 0x56]),
    // LOG0(0, 0xffff)
    ("log data", [0x5b, 0x61, 0xff, 0xff, 0x60, 0, 0xa0, 0x60, 0, 0x56]),
    // LOG0(0, 0)
    ("logs", [0x5b, 0x60, 0, 0x60, 0, 0xa0, 0x60, 0, 0x56]),
    // POP(BALANCE(GAS))
    ("accounts read", [0x5b, 0x5a, 0x31, 0x50, 0x60, 0, 0x56]),
    // POP(CALL(GAS, GAS, 0, 0, 0, 0, 0))
    (
      "accounts called",
      [0x5b, 0x60, 0, 0x60, 0, 0x60, 0, 0x60, 0, 0x60, 0, 0x5a, 0x5a, 0xf1, 0x50, 0x60, 0, 0x56]
    ),
    // POP(CREATE(0, 0, 0))
    ("accounts created", [0x5b, 0x60, 0, 0x60, 0, 0x60, 0, 0xf0, 0x50, 0x60, 0, 0x56]),
    // POP(DELEGATECALL(GAS, itself, 0, 0, 0, 0)): the same at any depth
    (
      "at depth",
      [
        0x5b, 0x5a, 0x5a, 0x55, 0x60, 0, 0x60, 0, 0x60, 0, 0x60, 0, 0x30, 0x5a, 0xf4, 0x50,
        0x60, 0, 0x56,
      ]
    ),
  ]

  @Test(arguments: hungryPrograms)
  func endInAResourceError(name: String, code: [UInt8]) {
    let executor = TransactionExecutor(memoryLimit: 1 << 20)
    let view = MemoryState([Stage.senderAccount(), Stage.contract(code)])
    executor.begin(
      BlockEnvironment(gasLimit: 1 << 62), rules: TransactionRules(.prague), on: view)
    let transaction = Stage.transaction {
      $0.maxFeePerGas = .zero
      $0.gasLimit = 1 << 62
    }
    #expect(throws: ExecutionError.memoryLimit) {
      try executor.execute(transaction, from: Stage.sender)
    }
  }

  @Test func theNextBlockHasRoomAgain() throws {
    let executor = TransactionExecutor(memoryLimit: 1 << 20)
    let transaction = Stage.transaction { $0.maxFeePerGas = .zero }
    let rules = TransactionRules(.prague)
    for (_, code) in Self.hungryPrograms {
      let hungry = MemoryState([Stage.senderAccount(), Stage.contract(code)])
      executor.begin(BlockEnvironment(gasLimit: 1 << 62), rules: rules, on: hungry)
      var endless = transaction
      endless.gasLimit = 1 << 62
      _ = try? executor.execute(endless, from: Stage.sender)
      #expect(executor.state.isExhausted)
      executor.begin(
        BlockEnvironment(), rules: rules, on: MemoryState([Stage.senderAccount()]))
      #expect(try executor.execute(transaction, from: Stage.sender).gasUsed == 21_000)
    }
  }

  /// BALANCE of `count` accounts that nobody saw before.
  private static func balances(_ count: Int) -> [UInt8] {
    (0..<count).flatMap { [0x61, 0x40 + UInt8($0 >> 8), UInt8($0 & 0xff), 0x31, 0x50] as [UInt8] }
  }

  @Test func withLittleRoomTheResultIsTheSameOrNone() throws {
    var refused = 0
    let transaction = Stage.transaction {
      $0.gasLimit = 2_000_000
      $0.maxFeePerGas = 10
    }
    func outcome(_ executor: TransactionExecutor, _ count: Int) throws -> (UInt64, StateDiff) {
      let accounts = [Stage.senderAccount(), Stage.contract(Self.balances(count))]
      executor.begin(
        BlockEnvironment(coinbase: Stage.coinbase, gasLimit: 30_000_000, baseFee: 7),
        rules: TransactionRules(.london), on: MemoryState(accounts))
      let gas = try executor.execute(transaction, from: Stage.sender).gasUsed
      return (gas, executor.state.diff())
    }
    // The table of accounts has to grow somewhere in between, and may not.
    for count in 230...260 {
      let roomy = try outcome(TransactionExecutor(), count)
      do {
        let cramped = try outcome(TransactionExecutor(memoryLimit: 16_000), count)
        #expect(cramped.0 == roomy.0)
        #expect(cramped.1 == roomy.1)
      } catch let error as ExecutionError {
        #expect(error == .memoryLimit)
        refused += 1
      }
    }
    #expect(refused > 0 && refused < 31)
  }
}
