// How much a trace may hold.

import EVM
import Execution
import Ledger
import Primitives

/// Bytes that a recorder may still keep.
struct RecordingBudget {
  private let limit: Int
  private var left: Int
  /// Whether more was asked for than there was: what was recorded is not the whole.
  private(set) var isExceeded = false

  /// A budget of `limit` bytes.
  init(_ limit: Int) {
    self.limit = max(limit, 0)
    left = self.limit
  }

  /// What is left of `limit` bytes that others may take together.
  init(_ limit: Int, shared budgets: [RecordingBudget]) {
    self.init(limit)
    left -= budgets.reduce(0) { $0 + $1.taken }
    isExceeded = left < 0 || budgets.contains { $0.isExceeded }
  }

  /// Bytes that are kept.
  var taken: Int { limit - left }

  /// Takes `bytes`; false when they, or some before them, were too many.
  mutating func take(_ bytes: Int) -> Bool {
    if bytes > left { isExceeded = true }
    if isExceeded { return false }
    left -= bytes
    return true
  }
}

/// A tracer that makes a result of what it sees. One instance serves one transaction.
///
/// A recorder whose budget is exceeded drops what it has, records no more, and ends the run.
protocol Recorder: Tracer {
  /// What may still be recorded.
  var budget: RecordingBudget { get }
  /// Looks at the state before `transaction`, which `sender` has signed, changes it.
  func begin(_ transaction: Transaction, from sender: Address)
  /// The trace, once the transaction has ended.
  func result(_ outcome: TransactionOutcome, output: [UInt8]) -> TraceResult
}

extension Recorder {
  var isFull: Bool { budget.isExceeded }
  func begin(_ transaction: Transaction, from sender: Address) {}
  func enter(_ call: TracedCall) {}
  func step(_ step: TracedStep) {}
  func paid(depth: Int, gasLeft: Int64) {}
  func fault(_ halt: Halt, depth: Int, gasLeft: Int64) {}
  func exit(_ call: TracedCall, gasLeft: Int64, output: UnsafeRawBufferPointer, halt: Halt?) {}
}
