// The end of a trace in the JSON lines of EIP-3155.

internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives

/// The line that ends the trace of a transaction (EIP-3155).
struct TraceSummary {
  /// The root of the state after it, where it is known: inside a block, no root is computed.
  var stateRoot: Hash256?
  /// What it returned.
  var output: [UInt8]
  /// The gas that it used.
  var gasUsed: UInt64
  /// Whether it succeeded.
  var passed: Bool

  /// The line, in the order of the specification.
  var line: String {
    var writer = JSONWriter(.compact)
    writer.object {
      if let stateRoot { $0.member("stateRoot", stateRoot.hex) }
      $0.member("output", Hex.encode(output))
      $0.member("gasUsed", UInt256(gasUsed).hex)
      $0.member("pass", passed)
    }
    return writer.text
  }
}

extension TransactionExecutor {
  /// Hands the lines of each transaction to `trace`, its summary last.
  func emitTrace(_ trace: ((String) -> Void)?) {
    guard let trace else { return }
    machine.tracer = StructLogTracer(emit: trace)
    didExecute = { outcome, output in
      trace(
        TraceSummary(
          output: Array(output), gasUsed: outcome.gasUsed, passed: outcome.succeeded
        ).line)
    }
  }
}

extension SequentialExecutor {
  /// An executor that hands the lines of each transaction to `trace`.
  convenience init(trace: ((String) -> Void)?, memoryLimit: Int) {
    self.init(memoryLimit: memoryLimit)
    transactions.emitTrace(trace)
  }
}
