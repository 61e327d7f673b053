// Whether a block did what its model says.

public import Execution
internal import Ledger
internal import Primitives
internal import State

/// What must come of one transaction.
struct Expectation: Sendable {
  /// Whether it succeeds.
  var succeeds = true
  /// What gas it uses at least and at most.
  var gas: ClosedRange<UInt64>
  /// How many events it leaves.
  var logs = 0
}

/// What must come of all transactions together, fees aside.
struct WorkloadOutcome: Sendable {
  /// The words of storage that change, by key.
  let words: [StorageKey: UInt256]
  /// What everybody owns whose ether the model knows, in wei.
  let balances: [Address: UInt256]

  init(_ world: World) {
    words = world.words.filter { $0.value.before != $0.value.after }.mapValues(\.after)
    balances = world.balances.mapValues(\.after)
  }
}

extension Workload {
  /// How many problems are told at most.
  private static let shownProblems = 10

  /// What in `outcome` is not as the workload's model says: receipts, gas, events, and every
  /// account and slot of the state. Empty when all is well.
  public func problems(in outcome: BlockOutcome) -> [String] {
    var problems: [String] = []
    guard outcome.receipts.count == expectations.count else {
      return ["\(outcome.receipts.count) receipts for \(expectations.count) transactions"]
    }
    var fees: [Address: UInt256] = [:]
    var counted: UInt64 = 0
    for (index, receipt) in outcome.receipts.enumerated() {
      let expected = expectations[index]
      let gas = receipt.cumulativeGasUsed &- counted
      counted = receipt.cumulativeGasUsed
      fees[senders[index], default: .zero] += UInt256(gas) * Self.gasPrice
      if receipt.outcome != .status(expected.succeeds) {
        problems.append(
          "transaction \(index) should \(expected.succeeds ? "succeed" : "fail"), but did not")
      }
      if !expected.gas.contains(gas) {
        problems.append("transaction \(index) used \(gas) gas, expected \(expected.gas)")
      }
      if receipt.logs.count != expected.logs {
        problems.append(
          "transaction \(index) left \(receipt.logs.count) events, expected \(expected.logs)")
      }
      if problems.count >= Self.shownProblems { return problems }
    }
    if outcome.gasUsed != counted {
      problems.append("the block used \(outcome.gasUsed) gas, its receipts say \(counted)")
    }
    let tips = UInt256(counted) * Self.tip
    return problems + stateProblems(in: outcome.diff, fees: fees, tips: tips)
  }

  private func stateProblems(
    in diff: StateDiff, fees: [Address: UInt256], tips: UInt256
  ) -> [String] {
    let expected = expectedDiff(fees: fees, tips: tips)
    if diff == expected { return [] }
    let found = Dictionary(uniqueKeysWithValues: diff.accounts.map { ($0.address, $0) })
    let wanted = Dictionary(uniqueKeysWithValues: expected.accounts.map { ($0.address, $0) })
    var problems: [String] = []
    for address in Set(found.keys).union(wanted.keys).sorted() {
      let (found, wanted) = (found[address], wanted[address])
      if found == wanted { continue }
      if found?.account != wanted?.account {
        problems.append(
          "account \(address): \(Self.text(of: found?.account)), expected "
            + Self.text(of: wanted?.account))
      }
      if found?.storage ?? [] != wanted?.storage ?? [] {
        problems.append("the storage of \(address) is not as expected")
      }
      if problems.count >= Self.shownProblems { break }
    }
    return problems.isEmpty ? ["the state is not as expected"] : problems
  }

  /// The changes that the model wants, with fees.
  private func expectedDiff(fees: [Address: UInt256], tips: UInt256) -> StateDiff {
    var sent: [Address: UInt64] = [:]
    for sender in senders { sent[sender, default: 0] += 1 }
    var slots: [Address: [SlotChange]] = [:]
    for (key, word) in after.words {
      slots[key.address, default: []].append(SlotChange(slot: key.slot, value: word))
    }
    let before = Dictionary(
      uniqueKeysWithValues: genesis.accounts.map { ($0.address, $0.account ?? Account()) })
    var balances = after.balances
    balances[block.header.coinbase, default: .zero] += tips
    for address in slots.keys where balances[address] == nil { balances[address] = .zero }

    var changes: [AccountChange] = []
    for (address, balance) in balances {
      let old = before[address] ?? Account()
      var new = old
      new.balance = balance &- (fees[address] ?? .zero)
      new.nonce += sent[address] ?? 0
      let storage = slots[address] ?? []
      guard new != old || !storage.isEmpty else { continue }
      changes.append(AccountChange(address: address, account: new, storage: storage))
    }
    return StateDiff(accounts: changes)
  }

  private static func text(of account: Account?) -> String {
    account.map { "nonce \($0.nonce), \($0.balance) wei" } ?? "unchanged"
  }
}
