// Which function of which contract stores a slot.

import EVM
import Primitives

/// Remembers for each slot that a transaction stores the innermost function that did so last.
final class FunctionWatch: Tracer {
  private var calls: [CalledFunction] = []
  private(set) var writers: [StorageKey: CalledFunction] = [:]

  /// Forgets the transaction before.
  func reset() {
    calls.removeAll(keepingCapacity: true)
    writers.removeAll(keepingCapacity: true)
  }

  func enter(_ call: TracedCall) {
    let isCreation = call.kind == .create || call.kind == .create2
    calls.append(
      isCreation
        ? CalledFunction(contract: call.recipient, selector: nil)
        : CalledFunction(contract: call.recipient, input: call.input))
  }

  func step(_ step: TracedStep) {
    guard step.opcode == Opcode.sstore.rawValue, let slot = step.stack.last,
      let call = calls.last
    else { return }
    writers[StorageKey(address: step.recipient, slot: slot)] = call
  }

  func paid(depth: Int, gasLeft: Int64) {}

  func fault(_ halt: Halt, depth: Int, gasLeft: Int64) {}

  func exit(_ call: TracedCall, gasLeft: Int64, output: UnsafeRawBufferPointer, halt: Halt?) {
    _ = calls.popLast()
  }
}
