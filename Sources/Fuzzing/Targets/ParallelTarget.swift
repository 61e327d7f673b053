// Whole blocks in parallel, against one transaction after another.

internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import Samples
internal import State

/// Blocks of transactions on a few hot accounts and slots, executed by 2, 3, 8 and 16 workers.
final class ParallelTarget: FuzzTarget {
  static let name = "parallel"
  static let summary = "whole blocks: in parallel as one after another, by 2, 3, 8 and 16 workers"

  private let sequential = SequentialExecutor(memoryLimit: 64 << 20)
  private let parallel = [2, 3, 8, 16].map {
    ParallelExecutor(workers: $0, memoryLimit: 64 << 20)
  }

  init() {}

  func run(_ generator: inout SeededGenerator) -> Finding? {
    var writer = StateCaseWriter(&generator)
    let count = generator.within(1...(generator.oneIn(8) ? 60 : 12))
    let (world, transactions, senders) = writer.block(&generator, count: count)
    let rules = TransactionRules(generator.pick(world.forks))
    var valid = ExecutableBlock(
      environment: world.environment(rules), rules: rules, transactions: transactions,
      senders: senders, withdrawals: withdrawals(&generator, rules.fork))
    let view = MemoryState(world.accounts)
    // A block ends with its first refused transaction: most are to come further.
    while !generator.oneIn(10), case .failure(.transaction(let index, .invalid)) = outcome(valid, view)
    {
      valid.transactions.remove(at: index)
      valid.senders.remove(at: index)
    }
    let expected = outcome(valid, view)
    for executor in parallel {
      let found: Result<BlockOutcome, BlockExecutionError>
      do throws(BlockExecutionError) {
        found = .success(try executor.execute(valid, on: view))
      } catch {
        found = .failure(error)
      }
      guard found == expected else {
        return Finding(
          """
          \(rules.fork), \(valid.transactions.count) transactions, \(executor.workerCount) workers:
          \(Self.difference(found, expected))
          """)
      }
    }
    return nil
  }

  /// Where two outcomes differ first.
  static func difference(
    _ found: Result<BlockOutcome, BlockExecutionError>,
    _ expected: Result<BlockOutcome, BlockExecutionError>
  ) -> String {
    guard case .success(let found) = found, case .success(let expected) = expected else {
      func text(_ result: Result<BlockOutcome, BlockExecutionError>) -> String {
        if case .failure(let error) = result { "\(error)" } else { "a success" }
      }
      return "\(text(found)), expected \(text(expected))"
    }
    for (index, pair) in zip(found.receipts, expected.receipts).enumerated() where pair.0 != pair.1 {
      return "receipt \(index): \(pair.0), expected \(pair.1)"
    }
    for change in expected.diff.accounts where !found.diff.accounts.contains(change) {
      let other = found.diff.accounts.first { $0.address == change.address }
      return "expected \(change), not \(other.map { "\($0)" } ?? "no change")"
    }
    for change in found.diff.accounts where !expected.diff.accounts.contains(change) {
      return "unexpected \(change)"
    }
    return "gas \(found.gasUsed), expected \(expected.gasUsed); or codes, or requests"
  }

  private func withdrawals(_ generator: inout SeededGenerator, _ fork: Fork) -> [Withdrawal] {
    guard fork >= .shanghai, generator.oneIn(3) else { return [] }
    return [
      Withdrawal(
        index: 0, validatorIndex: 0,
        address: generator.pick([Address(0x1000), Address(0xc0_1ba5e), Address(0xdead)]),
        amount: UInt64(generator.below(3)))
    ]
  }

  private func outcome(
    _ block: ExecutableBlock, _ view: MemoryState
  ) -> Result<BlockOutcome, BlockExecutionError> {
    do throws(BlockExecutionError) {
      return .success(try sequential.execute(block, on: view))
    } catch {
      return .failure(error)
    }
  }
}
