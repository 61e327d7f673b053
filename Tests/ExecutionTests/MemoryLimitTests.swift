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
}
