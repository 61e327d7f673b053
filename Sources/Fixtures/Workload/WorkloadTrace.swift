// Traces of code and of workloads, in the shapes of geth's `debug` methods.

internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import State
public import Tracing

extension CodeRun {
  /// Runs the code once under `tracer`, as the recipient of a transaction whose gas limit is the
  /// message's gas and what a transaction costs beforehand; no cap of the fork holds.
  ///
  /// `limit` is how many bytes the trace may hold.
  public func trace(
    by tracer: TracerConfiguration, limit: Int = TransactionTrace.defaultLimit
  ) throws(TraceError) -> TransactionTrace {
    var rules = TransactionRules(fork)
    rules.gasLimitCap = .max
    var transaction = Transaction(
      kind: .legacy, chainID: nil, nonce: 1, maxFeePerGas: .zero, gasLimit: 0, to: Self.contract,
      data: input)
    let cost = rules.intrinsicGas.cost(of: transaction)
    // Both are far from the end of 64 bits: `gas` is signed, and input has a price.
    transaction.gasLimit = max(UInt64(clamping: gas) + cost.intrinsic, cost.floor)
    return try TransactionTrace(
      of: transaction, from: Self.caller,
      in: BlockEnvironment(number: 1, timestamp: 1, gasLimit: .max), rules: rules, on: state(),
      by: tracer, limit: limit, memoryLimit: memoryLimit ?? EVM.defaultMemoryLimit)
  }
}

extension PublishedWorkload {
  /// Executes the transactions in order, each under `tracer`, and hands each trace, of at most `limit`
  /// bytes, to `body`.
  public func traces(
    by tracer: TracerConfiguration, limit: Int = TransactionTrace.defaultLimit,
    memoryLimit: Int? = nil,
    _ body: (TransactionTrace) -> Void
  ) throws(TraceError) {
    let executor = TransactionExecutor(memoryLimit: memoryLimit ?? EVM.defaultMemoryLimit)
    executor.begin(block.environment, rules: block.rules, on: state())
    for (transaction, sender) in zip(block.transactions, block.senders) {
      body(try executor.trace(transaction, from: sender, by: tracer, limit: limit))
    }
  }
}
