// Finds out what the transactions of a block cost and need of each other.

import Crypto
public import EVM
import Ledger
import Primitives
public import State

/// Executes blocks in order, on the calling thread, and notes what each transaction takes and what it
/// reads of what others wrote.
///
/// Reads are what the parallel executor takes for reads: parts of accounts, balances by what had to be
/// there, fees to the coinbase apart, nonces of one sender as predicted, and slots. The calling thread
/// needs a stack of `EVM.nativeStackSize` bytes.
public final class BlockProfiler {
  private let executor: TransactionExecutor
  private let clock: () -> UInt64
  private let watch = FunctionWatch()
  private let bloomMemo = KeccakMemo()

  /// A profiler whose machine may take `memoryLimit` bytes for EVM memory, and whose state may take as
  /// many. `clock` tells the time, in nanoseconds since some moment.
  public init(memoryLimit: Int = EVM.defaultMemoryLimit, clock: @escaping () -> UInt64) {
    executor = TransactionExecutor(memoryLimit: memoryLimit)
    self.clock = clock
  }

  deinit { bloomMemo.free() }

  /// Executes `block` over `view`, which is not changed, `rounds` times for the costs, of which the
  /// median counts, and once for the dependencies.
  ///
  /// What comes before and after the transactions is not part of the profile. `afterRound` is called
  /// after each round: for whoever has something to measure at the same time, under the same
  /// conditions.
  public func profile(
    _ block: ExecutableBlock, on view: any StateView, rounds: Int = 1,
    afterRound: () throws(BlockExecutionError) -> Void = {}
  ) throws(BlockExecutionError) -> BlockProfile {
    var transactions = try readDependencies(of: block, on: view)
    var times = transactions.map { _ in [UInt64]() }
    for _ in 0..<max(rounds, 1) {
      try measure(block, on: view, &times)
      try afterRound()
    }
    let costs = Self.costs(of: times)
    for index in transactions.indices { transactions[index].nanoseconds = costs[index] }
    return BlockProfile(transactions: transactions)
  }

  /// The median of each transaction's times, all stretched alike so that together they come to the
  /// fastest round: what disturbs now this one, now that one, is in no median, but in every round.
  private static func costs(of times: [[UInt64]]) -> [UInt64] {
    guard let rounds = times.first?.count else { return [] }
    let medians = times.map { $0.sorted()[rounds / 2] }
    let fastest = (0..<rounds).map { round in times.reduce(0.0) { $0 + Double($1[round]) } }.min()
    let sum = medians.reduce(0.0) { $0 + Double($1) }
    guard let fastest, fastest > sum, sum > 0 else { return medians }
    return medians.map { UInt64((Double($0) * fastest / sum).rounded()) }
  }

  // MARK: - Costs

  /// Adds to each of `times` what the transaction took, receipt and all, in one execution in order.
  private func measure(
    _ block: ExecutableBlock, on view: any StateView, _ times: inout [[UInt64]]
  ) throws(BlockExecutionError) {
    let clockCost = costOfClock()
    executor.begin(block.environment, rules: block.rules, on: view)
    try executor.openBlock(block)
    // Borrowed in place: a copy of a transaction counts four references.
    try block.transactions.withUnsafeBufferPointer { list throws(BlockExecutionError) in
      guard let first = list.baseAddress else { return }
      var last = clock()
      for index in list.indices {
        let logs = try execute((first + index).pointee, at: index, of: block).logs
        if !logs.isEmpty { _ = Bloom(logs, memo: bloomMemo) }
        let now = clock()
        let time = now &- last
        times[index].append(time > clockCost ? time - clockCost : 0)
        last = now
      }
    }
  }

  /// What looking at the clock takes.
  private func costOfClock() -> UInt64 {
    var least = UInt64.max
    for _ in 0..<100 {
      let start = clock()
      least = min(least, clock() &- start)
    }
    return least
  }

  private func execute(
    _ transaction: borrowing Transaction, at index: Int, of block: borrowing ExecutableBlock
  ) throws(BlockExecutionError) -> TransactionOutcome {
    do throws(ExecutionError) {
      return try executor.execute(transaction, from: block.senders[index])
    } catch {
      throw .transaction(index, error)
    }
  }

  // MARK: - Dependencies

  /// The transactions with all but their times.
  private func readDependencies(
    of block: ExecutableBlock, on view: any StateView
  ) throws(BlockExecutionError) -> [TransactionProfile] {
    let state = ProfiledState(view)
    executor.begin(block.environment, rules: block.rules, on: state)
    try executor.openBlock(block)
    commit(to: state, by: ProfiledState.beforeBlock)
    executor.machine.tracer = watch
    defer { executor.machine.tracer = nil }
    var footprint = Footprint(state, coinbase: block.environment.coinbase)
    var transactions: [TransactionProfile] = []
    transactions.reserveCapacity(block.transactions.count)
    for index in block.transactions.indices {
      let (gasUsed, blobGasUsed) = (executor.gasUsed, executor.blobGasUsed)
      let counters = try counters(of: block, at: index, on: state)
      do throws(StateReadError) {
        let defersFee = try defersFees(of: block, on: state)
        executor.resume(gasUsed: gasUsed, blobGasUsed: blobGasUsed, defersFee: defersFee)
        watch.reset()
      } catch {
        throw .transaction(index, .state(error))
      }
      let outcome = try execute(block.transactions[index], at: index, of: block)
      var transaction = TransactionProfile(
        sender: block.senders[index], function: function(of: block.transactions[index]),
        gasUsed: outcome.gasUsed, gasLimit: block.transactions[index].gasLimit,
        hasData: !block.transactions[index].data.isEmpty, nanoseconds: 0)
      transaction.accesses =
        executor.state.accountEntries.count { $0.isLoaded }
        + executor.state.slotEntries.count { $0.readNumber != AccountEntry.none }
      footprint.read(executor.state, counters: counters, into: &transaction, callers: transactions)
      let fee = executor.deferredFees
      if let fee, !fee.isZero { footprint.deferFee(into: &transaction) }
      commit(to: state, by: index, function: transaction.function)
      do throws(StateReadError) {
        if let fee { try state.pay(fee, to: block.environment.coinbase, by: index) }
      } catch {
        throw .transaction(index, .state(error))
      }
      transactions.append(transaction)
    }
    return transactions
  }

  /// The slots of which only a range matters to a transaction: it is executed for that, and forgotten.
  /// Words are not followed while somebody is watching.
  private func counters(
    of block: ExecutableBlock, at index: Int, on state: ProfiledState
  ) throws(BlockExecutionError) -> [StorageKey: CounterBounds] {
    state.isContended = true
    executor.machine.tracer = nil
    defer {
      executor.state.forget()
      executor.machine.tracer = watch
      state.isContended = false
    }
    _ = try execute(block.transactions[index], at: index, of: block)
    let accounts = executor.state.accountEntries
    var counters: [StorageKey: CounterBounds] = [:]
    for slot in executor.state.slotEntries where slot.isObserved && slot.isCounter {
      let key = StorageKey(address: accounts[Int(slot.account)].address, slot: slot.slot)
      counters[key] = executor.state.bounds(of: slot)
    }
    return counters
  }

  /// Whether paying the coinbase changes nothing but its balance.
  private func defersFees(
    of block: borrowing ExecutableBlock, on state: ProfiledState
  ) throws(StateReadError) -> Bool {
    guard let coinbase = try state.account(block.environment.coinbase) else { return false }
    return !(coinbase.isEmpty && AccountRules(block.rules.fork).clearsEmptyAccounts)
  }

  private func function(of transaction: borrowing Transaction) -> CalledFunction {
    let recipient = transaction.to
    return transaction.data.withUnsafeBytes { CalledFunction(contract: recipient, input: $0) }
  }

  /// Takes over what was executed last.
  private func commit(
    to state: ProfiledState, by writer: Int,
    function: CalledFunction = CalledFunction(contract: nil, selector: nil)
  ) {
    state.commit(executor.state, by: writer) { watch.writers[$0] ?? function }
    executor.state.forget()
  }
}
