// Watching a run for what must never be seen.

internal import EVM
internal import Primitives

/// Sees every instruction and every call of a run, and keeps the first thing that cannot be.
final class RunWatcher: Tracer {
  /// The first thing that cannot be.
  private(set) var problem: String?
  /// Whether anything was marked for destruction: ether may be gone then.
  private(set) var hasSelfDestructed = false
  /// How many instructions ran.
  private(set) var steps = 0
  private var gas: [Int64] = []

  func enter(_ call: TracedCall) {
    // A creation is announced by its message once, a call that fails at once may not be.
    if call.gas < 0 { note("a message at depth \(call.depth) has gas \(call.gas)") }
    if call.depth > 1024 { note("a message at depth \(call.depth)") }
    if call.depth != gas.count { note("depth \(call.depth) inside \(gas.count) messages") }
    gas.append(call.gas)
  }

  func step(_ step: TracedStep) {
    steps += 1
    if step.opcode == 0xff { hasSelfDestructed = true }
    if step.gas < 0 || step.gas > gas.last ?? 0 {
      note("gas \(step.gas) of \(gas.last ?? 0) at \(step.pc), depth \(step.depth)")
    }
    if step.stack.count > 1024 { note("\(step.stack.count) words on the stack at \(step.pc)") }
    if step.memory.count % 32 != 0 { note("memory of \(step.memory.count) bytes at \(step.pc)") }
    if step.depth + 1 != gas.count { note("depth \(step.depth) inside \(gas.count) messages") }
    if let last = gas.indices.last { gas[last] = step.gas }
  }

  func paid(depth: Int, gasLeft: Int64) {
    if gasLeft < 0 { note("gas \(gasLeft) after paying for a call at depth \(depth)") }
  }

  func fault(_ halt: Halt, depth: Int, gasLeft: Int64) {}

  func exit(_ call: TracedCall, gasLeft: Int64, output: UnsafeRawBufferPointer, halt: Halt?) {
    if gasLeft < 0 || gasLeft > call.gas {
      note("a message at depth \(call.depth) gives back \(gasLeft) of \(call.gas) gas")
    }
    if let halt, halt != .revert, halt.isVerdict, gasLeft > 0, !Self.keepsGas(halt) {
      note("a message that ended by \(halt) gives back \(gasLeft) gas")
    }
    _ = gas.popLast()
  }

  /// What fails before the callee begins gives its gas back.
  private static func keepsGas(_ halt: Halt) -> Bool {
    [.callDepth, .insufficientBalance, .nonceOverflow].contains(halt)
  }

  private func note(_ text: String) {
    if problem == nil { problem = text }
  }
}
