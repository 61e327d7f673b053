// Hearing what contracts say while they run.

internal import EVM
internal import Primitives

/// Keeps the messages of a run, those of calls that are undone, too.
final class ConsoleRecorder: Tracer {
  private(set) var messages: [String] = []
  /// What was read, whether or not it made sense.
  private var attempts = 0

  /// The most messages of a run.
  private static let limit = 1000

  func enter(_ call: TracedCall) {
    guard call.codeAddress == ConsoleMessage.address, attempts < Self.limit,
      ConsoleMessage.isMessage(call.input)
    else { return }
    attempts += 1
    if let text = ConsoleMessage.text(of: call.input) { messages.append(text) }
  }

  func step(_ step: TracedStep) {}
  func paid(depth: Int, gasLeft: Int64) {}
  func fault(_ halt: Halt, depth: Int, gasLeft: Int64) {}
  func exit(_ call: TracedCall, gasLeft: Int64, output: UnsafeRawBufferPointer, halt: Halt?) {}
}
