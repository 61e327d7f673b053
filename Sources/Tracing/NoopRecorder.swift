// Seeing nothing.

import EVM
import Execution

/// Looks at nothing: what is left is whether the transaction can be executed.
final class NoopRecorder: Recorder {
  let budget: RecordingBudget

  init(budget: RecordingBudget) { self.budget = budget }

  func result(_ outcome: TransactionOutcome, output: [UInt8]) -> TraceResult { .nothing }
}
