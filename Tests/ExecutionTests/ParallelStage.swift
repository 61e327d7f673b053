// Blocks whose transactions get in each other's way.

import EVM
import Execution
import Ledger
import Primitives
import Samples
import State

/// Small worlds and blocks for parallel execution.
enum ParallelStage {
  typealias Outcome = Result<BlockOutcome, BlockExecutionError>

  static let coinbase = Address(0xcb)
  static let counter = Address(0xc0)
  static let wealth: UInt256 = 1_000_000_000_000_000_000

  static func person(_ number: Int) -> Address { Address(UInt64(0x5e00 + number)) }

  /// Adds one to slot 0.
  static let increment: [UInt8] = [0x5f, 0x54, 0x60, 1, 0x01, 0x5f, 0x55, 0x00]
  /// Adds one to slot 0 and writes the caller into the slot of that number.
  static let append: [UInt8] = [
    0x5f, 0x54, 0x60, 1, 0x01, 0x80, 0x5f, 0x55, 0x33, 0x90, 0x55, 0x00,
  ]

  /// Takes 300 from slot 0 if that is more.
  static let payment: [UInt8] = [
    0x61, 1, 44, 0x5f, 0x54, 0x81, 0x81, 0x11, 0x60, 14, 0x57, 0x5b, 0x00, 0x00, 0x5b, 0x03, 0x5f,
    0x55, 0x00,
  ]

  /// Creation code that leaves `code`, of at most 32 bytes.
  static func initcode(of code: [UInt8]) -> [UInt8] {
    let start = 32 - code.count
    return [UInt8(0x5f + code.count)] + code + [0x5f, 0x52, 0x60, UInt8(code.count), 0x60]
      + [UInt8(start), 0xf3]
  }

  static func people(_ count: Int, balance: UInt256 = wealth) -> [AccountAllocation] {
    (0..<count).map { AccountAllocation(address: person($0), nonce: 0, balance: balance) }
  }

  static func contract(_ code: [UInt8], at address: Address = counter) -> AccountAllocation {
    AccountAllocation(address: address, nonce: 1, code: code)
  }

  static func transaction(
    nonce: UInt64 = 0, to recipient: Address?, value: UInt256 = 0, data: [UInt8] = [],
    gasLimit: UInt64 = 100_000
  ) -> Transaction {
    Transaction(
      kind: .dynamicFee, chainID: 1, nonce: nonce, maxPriorityFeePerGas: 2, maxFeePerGas: 10,
      gasLimit: gasLimit, to: recipient, value: value, data: data)
  }

  /// A transaction of any fork.
  static func legacy(
    nonce: UInt64 = 0, to recipient: Address?, value: UInt256 = 0, data: [UInt8] = []
  ) -> Transaction {
    Transaction(
      kind: .legacy, chainID: nil, nonce: nonce, maxPriorityFeePerGas: nil, maxFeePerGas: 10,
      gasLimit: 100_000, to: recipient, value: value, data: data)
  }

  static func block(
    _ transactions: [(sender: Int, transaction: Transaction)], fork: Fork = .latest,
    coinbase: Address = coinbase, gasLimit: UInt64 = 30_000_000
  ) -> ExecutableBlock {
    ExecutableBlock(
      environment: BlockEnvironment(
        coinbase: coinbase, number: 100, timestamp: 1_000_000, gasLimit: gasLimit,
        baseFee: fork >= .london ? 7 : 0),
      rules: TransactionRules(fork), transactions: transactions.map(\.transaction),
      senders: transactions.map { person($0.sender) })
  }

  static func outcome(
    of block: ExecutableBlock, on accounts: [AccountAllocation], by executor: some BlockExecutor
  ) -> Outcome {
    do throws(BlockExecutionError) {
      return .success(try executor.execute(block, on: MemoryState(accounts)))
    } catch {
      return .failure(error)
    }
  }
}

/// A parallel executor that takes no block for too small.
func alwaysParallel(workers: Int, memoryLimit: Int = EVM.defaultMemoryLimit) -> ParallelExecutor {
  let executor = ParallelExecutor(workers: workers, memoryLimit: memoryLimit)
  executor.executesSmallBlocksSerially = false
  return executor
}
