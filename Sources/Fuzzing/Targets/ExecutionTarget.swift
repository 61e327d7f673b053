// Whole transactions, by what must hold whatever the code does.

internal import Crypto
internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import Samples
internal import State

/// Generated transactions under every fork they are made for.
final class ExecutionTarget: FuzzTarget {
  static let name = "execution"
  static let summary = "whole transactions: watched, again and afresh alike; ether and gas add up"

  private let executor = TransactionExecutor(memoryLimit: 64 << 20)

  init() {}

  /// What comes of a transaction.
  private struct Result: Equatable {
    var outcome: TransactionOutcome?
    var refusal: InvalidTransaction?
    var diff: StateDiff
    var output: [UInt8]
  }

  func run(_ generator: inout SeededGenerator) -> Finding? {
    let stateCase = StateCase(&generator)
    let isFresh = generator.oneIn(8)
    for fork in stateCase.forks {
      for gasLimit in stateCase.gasLimits {
        if let problem = check(stateCase, fork, gasLimit, isFresh) {
          return Finding("\(fork), gas limit \(gasLimit): \(problem)")
        }
      }
    }
    return nil
  }

  private func check(
    _ stateCase: StateCase, _ fork: Fork, _ gasLimit: UInt64, _ isFresh: Bool
  ) -> String? {
    let rules = TransactionRules(fork)
    var transaction = stateCase.transaction
    transaction.gasLimit = gasLimit
    let watcher = RunWatcher()
    do throws(ExecutionError) {
      let plain = try result(of: transaction, stateCase, rules, executor)
      executor.machine.tracer = watcher
      defer { executor.machine.tracer = nil }
      let watched = try result(of: transaction, stateCase, rules, executor)
      if let problem = watcher.problem { return problem }
      guard plain == watched else { return "unwatched \(plain), watched \(watched)" }
      if isFresh {
        let other = TransactionExecutor(memoryLimit: 64 << 20)
        let fresh = try result(of: transaction, stateCase, rules, other)
        guard plain == fresh else { return "in a used executor \(plain), in a new one \(fresh)" }
      }
      return books(of: plain, transaction, stateCase, rules, watcher) ?? roots(of: plain, stateCase)
    } catch {
      // Memory has a limit on purpose.
      return error == .memoryLimit ? nil : "\(error)"
    }
  }

  private func result(
    of transaction: Transaction, _ stateCase: StateCase, _ rules: TransactionRules,
    _ executor: TransactionExecutor
  ) throws(ExecutionError) -> Result {
    let view = MemoryState(stateCase.accounts)
    for number in (stateCase.number - min(stateCase.number, 257))..<stateCase.number {
      view.setBlockHash(number, Hash256(UInt256(number + 1)))
    }
    executor.begin(stateCase.environment(rules), rules: rules, on: view)
    do throws(ExecutionError) {
      let outcome = try executor.execute(transaction, from: stateCase.sender)
      return Result(
        outcome: outcome, diff: executor.state.diff(), output: Array(executor.output))
    } catch {
      guard case .invalid(let refusal) = error else { throw error }
      return Result(refusal: refusal, diff: executor.state.diff(), output: [])
    }
  }

  /// Gas within its limit, ether neither made nor lost, and nothing kept of a failed run.
  private func books(
    of result: Result, _ transaction: Transaction, _ stateCase: StateCase,
    _ rules: TransactionRules, _ watcher: RunWatcher
  ) -> String? {
    guard let outcome = result.outcome else {
      return result.diff.isEmpty ? nil : "refused, but changes \(result.diff.accounts)"
    }
    // Refunds take off a part of what was spent, the price of a transaction included.
    let least = 21_000 - 21_000 / rules.refundQuotient
    guard outcome.gasUsed <= transaction.gasLimit, outcome.gasUsed >= least else {
      return "\(outcome.gasUsed) gas of \(transaction.gasLimit) is used"
    }
    let environment = stateCase.environment(rules)
    let burned =
      UInt256(outcome.gasUsed) &* environment.baseFee
      &+ UInt256(outcome.blobGasUsed) &* environment.blobBaseFee
    let (before, after) = ether(stateCase.accounts, result.diff)
    guard after &+ burned <= before else { return "ether \(before) became \(after)" }
    if !watcher.hasSelfDestructed, after &+ burned != before {
      return "ether \(before) became \(after), of which \(burned) was burned"
    }
    return outcome.halt == nil ? nil : leftovers(of: result, transaction, stateCase)
  }

  /// The sum of all balances before, and after `diff`.
  private func ether(
    _ accounts: [AccountAllocation], _ diff: StateDiff
  ) -> (before: UInt256, after: UInt256) {
    var balances: [Address: UInt256] = [:]
    for account in accounts { balances[account.address] = account.balance }
    let before = balances.values.reduce(UInt256.zero) { $0 &+ $1 }
    for change in diff.accounts { balances[change.address] = change.account?.balance ?? .zero }
    return (before, balances.values.reduce(UInt256.zero) { $0 &+ $1 })
  }

  /// Of a failed run only sender, coinbase and authorities may differ, and no storage.
  private func leftovers(
    of result: Result, _ transaction: Transaction, _ stateCase: StateCase
  ) -> String? {
    var allowed: Set<Address> = [stateCase.sender, stateCase.coinbase, Address(3)]
    for authorization in transaction.authorizations {
      if let authority = try? authorization.recoverAuthority() { allowed.insert(authority) }
    }
    for change in result.diff.accounts {
      guard allowed.contains(change.address), change.storage.isEmpty else {
        return "failed, but changes \(change)"
      }
    }
    return nil
  }

  /// The root after the changes is the same for tries that are kept and for those built anew.
  private func roots(of result: Result, _ stateCase: StateCase) -> String? {
    let state = MemoryState(stateCase.accounts)
    var trie = StateTrie(state)
    state.apply(result.diff)
    trie.apply(result.diff)
    let (kept, built) = (trie.root(), state.root())
    return kept == built ? nil : "root \(kept) of the kept tries, \(built) when built anew"
  }
}
