// Traces in the JSON lines of EIP-3155.

import Primitives

/// Writes one JSON object an instruction, as EIP-3155 says, each through a closure.
public final class StructLogTracer: Tracer {
  /// What to put into each line beyond the required fields.
  public struct Options: Sendable {
    /// The whole active memory, as hex.
    public var includesMemory = false
    /// The output of the last call.
    public var includesReturnData = false

    /// Neither memory nor return data.
    public init() {}
  }

  private let options: Options
  private let emit: (String) -> Void
  /// The instruction in flight at each depth: its price is known only after it.
  private var pending: [Line?] = []

  fileprivate struct Line {
    var pc: Int
    var opcode: Opcode
    var gas: Int64
    var cost: Int64?
    var memory: [UInt8]?
    var memorySize: Int
    var stack: [UInt256]
    var returnData: [UInt8]?
    var depth: Int
    var refund: Int64
    var error: Halt?
  }

  /// A tracer that hands each line, without its line break, to `emit`.
  public init(options: Options = Options(), emit: @escaping (String) -> Void) {
    self.options = options
    self.emit = emit
  }

  /// Makes room for the depth of the message; its caller's line is complete.
  public func enter(_ call: TracedCall) {
    flush(depth: call.depth - 1)
    while pending.count <= call.depth { pending.append(nil) }
  }

  /// Finishes the line of the instruction before, and remembers this one.
  public func step(_ step: TracedStep) {
    settle(depth: step.depth, gas: step.gas)
    flush(depth: step.depth)
    pending[step.depth] = Line(
      pc: step.pc, opcode: Opcode(rawValue: step.opcode) ?? .invalid, gas: step.gas,
      memory: options.includesMemory ? Array(step.memory) : nil, memorySize: step.memory.count,
      stack: Array(step.stack),
      returnData: options.includesReturnData ? Array(step.returnData) : nil, depth: step.depth,
      refund: step.refund)
  }

  /// The price of a call includes what it hands to the callee.
  public func paid(depth: Int, gasLeft: Int64) {
    settle(depth: depth, gas: gasLeft)
  }

  /// Marks the instruction in flight as failed.
  public func fault(_ halt: Halt, depth: Int, gasLeft: Int64) {
    settle(depth: depth, gas: halt == .undefinedInstruction ? nil : gasLeft)
    pending[depth]?.error = halt
    flush(depth: depth)
  }

  /// Finishes the last line of the message.
  public func exit(
    _ call: TracedCall, gasLeft: Int64, output: UnsafeRawBufferPointer, halt: Halt?
  ) {
    settle(depth: call.depth, gas: gasLeft)
    flush(depth: call.depth)
  }

  /// Fixes the price of the instruction in flight, once; without `gas` it is not known and zero.
  private func settle(depth: Int, gas: Int64?) {
    guard let line = pending[depth], line.cost == nil else { return }
    pending[depth]?.cost = gas.map { line.gas - $0 } ?? 0
  }

  private func flush(depth: Int) {
    guard pending.indices.contains(depth), let line = pending[depth] else { return }
    pending[depth] = nil
    emit(line.json)
  }
}

extension StructLogTracer.Line {
  /// The object of EIP-3155; depth counts from one there.
  fileprivate var json: String {
    var fields = [
      "\"pc\":\(pc)", "\"op\":\(opcode.rawValue)", "\"gas\":\"\(hex(gas))\"",
      "\"gasCost\":\"\(hex(cost ?? 0))\"",
    ]
    if let memory { fields.append("\"memory\":\"\(Hex.encode(memory))\"") }
    fields.append("\"memSize\":\(memorySize)")
    fields.append("\"stack\":[" + stack.map { "\"\($0.hex)\"" }.joined(separator: ",") + "]")
    if let returnData { fields.append("\"returnData\":\"\(Hex.encode(returnData))\"") }
    fields.append("\"depth\":\(depth + 1)")
    fields.append("\"refund\":\(refund)")
    fields.append("\"opName\":\"\(opcode.mnemonic)\"")
    if let error { fields.append("\"error\":\"\(error)\"") }
    return "{" + fields.joined(separator: ",") + "}"
  }

  private func hex(_ number: Int64) -> String { "0x" + String(number, radix: 16) }
}
