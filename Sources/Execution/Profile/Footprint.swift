// What one transaction read of what the ones before it had changed.

import Ledger
import Primitives
import State

/// Turns what a state has noted of one transaction into dependencies on earlier ones.
struct Footprint {
  private let state: ProfiledState
  private let coinbase: Address
  /// Who has sent a transaction already.
  private var senders: Set<Address> = []

  init(_ state: ProfiledState, coinbase: Address) {
    self.state = state
    self.coinbase = coinbase
  }

  /// Adds the dependencies of a transaction that was just executed, on `callers` before it. `counters`
  /// are the slots of which only a range mattered.
  mutating func read(
    _ executed: TransactionState, counters: [StorageKey: CounterBounds],
    into transaction: inout TransactionProfile,
    callers: [TransactionProfile]
  ) {
    let accounts = executed.accountEntries
    let isPredicted = !senders.insert(transaction.sender).inserted
    for entry in accounts where entry.isLoaded {
      guard let history = state.history(of: entry.address) else { continue }
      read(
        entry, history, predictsNonce: isPredicted && entry.address == transaction.sender,
        into: &transaction, callers)
    }
    for slot in executed.slotEntries {
      guard slot.isObserved, slot.readNumber != AccountEntry.none else { continue }
      let key = StorageKey(address: accounts[Int(slot.account)].address, slot: slot.slot)
      guard let last = state.lastWriter(of: key), last.index >= 0 else { continue }
      var writer = last
      if let bounds = counters[key] {
        let enough = state.lastWriter(of: key, from: bounds)
        if enough?.index != last.index { avoid(last.index, key.address, .slot, in: &transaction) }
        guard let enough, enough.index >= 0 else { continue }
        writer = enough
      }
      transaction.dependencies.append(
        Dependency(on: writer.index, location: .slot(key), function: writer.function))
    }
  }

  /// Notes that a fee was paid which nobody looked at.
  func deferFee(into transaction: inout TransactionProfile) {
    avoid(state.history(of: coinbase)?.balanceWriter, coinbase, .fee, in: &transaction)
  }

  private func read(
    _ entry: AccountEntry, _ history: AccountHistory, predictsNonce: Bool,
    into transaction: inout TransactionProfile, _ callers: [TransactionProfile]
  ) {
    var aspects: [Int: AccountAspects] = [:]
    func note(_ aspect: AccountAspects, _ writer: Int?) {
      guard let writer, writer >= 0, entry.observed.contains(aspect) else { return }
      aspects[writer, default: []].formUnion(aspect)
    }
    if !predictsNonce { note(.nonce, history.nonceWriter) }
    note(.code, history.codeWriter)
    note(.existence, history.existenceWriter)
    note(.emptiness, history.emptinessWriter)
    let enough = balanceWriter(of: entry, history)
    if let enough, enough >= 0 { aspects[enough, default: []].formUnion(.balance) }
    for (writer, aspects) in aspects.sorted(by: { $0.key < $1.key }) {
      transaction.dependencies.append(
        Dependency(
          on: writer, location: .account(entry.address, aspects),
          function: callers[writer].function))
    }
    let isBalanceUsed =
      entry.slack != AccountEntry.anything || entry.current.balance != entry.start.balance
    if isBalanceUsed && enough != history.balanceWriter {
      let reason: AvoidedDependency.Reason = entry.address == coinbase ? .fee : .balance
      avoid(history.balanceWriter, entry.address, reason, in: &transaction)
    }
    if predictsNonce { avoid(history.nonceWriter, entry.address, .nonce, in: &transaction) }
  }

  /// Who made the balance what the transaction needed it to be.
  private func balanceWriter(of entry: AccountEntry, _ history: AccountHistory) -> Int? {
    if entry.observed.contains(.balance) { return history.balanceWriter }
    if entry.slack == AccountEntry.anything { return nil }
    return history.writer(ofBalanceAtLeast: entry.start.balance &- entry.slack)
  }

  private func avoid(
    _ writer: Int?, _ account: Address, _ reason: AvoidedDependency.Reason,
    in transaction: inout TransactionProfile
  ) {
    guard let writer, writer >= 0 else { return }
    transaction.avoided.append(AvoidedDependency(on: writer, account: account, reason: reason))
  }
}
