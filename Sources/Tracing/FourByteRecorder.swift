// Counting calls by function selector.

import EVM
import Execution
import Primitives

/// A function by its selector, and the size of the arguments that it was called with.
public struct FunctionUse: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The first four bytes of the call data.
  public var selector: UInt32
  /// How many bytes follow them.
  public var argumentBytes: Int

  /// A function, called with this many bytes.
  public init(selector: UInt32, argumentBytes: Int) {
    self.selector = selector
    self.argumentBytes = argumentBytes
  }

  /// Selector and size as geth's tracer writes them: `0x27dc297e-128`.
  public var description: String {
    let digits = String(selector, radix: 16)
    return "0x\(String(repeating: "0", count: 8 - digits.count))\(digits)-\(argumentBytes)"
  }

  /// Order by selector, then by size.
  public static func < (a: Self, b: Self) -> Bool {
    (a.selector, a.argumentBytes) < (b.selector, b.argumentBytes)
  }
}

/// Counts the calls that carry a selector: not creations, and not calls of precompiled contracts.
final class FourByteRecorder: Recorder {
  private(set) var budget: RecordingBudget
  private let precompiles: PrecompileTable
  private var uses: [FunctionUse: Int] = [:]

  init(precompiles: PrecompileTable, budget: RecordingBudget) {
    self.precompiles = precompiles
    self.budget = budget
  }

  func enter(_ call: TracedCall) {
    guard call.kind != .create, call.kind != .create2, call.input.count >= 4,
      precompiles[call.codeAddress] == nil
    else { return }
    let selector = UInt32(bigEndian: call.input.loadUnaligned(as: UInt32.self))
    let use = FunctionUse(selector: selector, argumentBytes: call.input.count - 4)
    if uses[use] == nil {
      guard budget.take(64) else { return uses = [:] }
    }
    uses[use, default: 0] += 1
  }

  func result(_ outcome: TransactionOutcome, output: [UInt8]) -> TraceResult { .selectors(uses) }
}
