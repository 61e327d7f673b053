// Recording every instruction.

import EVM
import Execution
import Ledger
import Primitives

/// Records the frame before each instruction; prices become known afterwards.
final class StructLogRecorder: Recorder {
  /// The instruction in flight in a frame.
  private struct InFlight {
    /// Where it stands in `logs`.
    var index: Int
    var opcode: Opcode
    var gas: Int64
    var isPriced = false
    /// What the creation that it made has used.
    var usedByCreation: Int64 = 0
    var recipient: Address
    /// What RETURN pays for memory. Of creation code the gas left does not tell: it has paid for the
    /// contract's code too.
    var priceOfReturn: Int64?
    /// The slot that SLOAD or SSTORE names, and the word that SSTORE writes.
    var slot: UInt256?
    var word: UInt256?
  }

  private(set) var budget: RecordingBudget
  private let options: StructLogOptions
  private let fork: Fork
  private var logs: [StructLog] = []
  /// By depth.
  private var inFlight: [InFlight?] = []
  private var storage: [Address: [UInt256: UInt256]] = [:]
  private var lastStep = LastStep()

  init(_ options: StructLogOptions, fork: Fork, budget: RecordingBudget) {
    self.options = options
    self.fork = fork
    self.budget = budget
  }

  func result(_ outcome: TransactionOutcome, output: [UInt8]) -> TraceResult {
    .structLogs(
      StructLogs(
        gas: outcome.gasUsed, failed: !outcome.succeeded, returnValue: output, logs: logs))
  }

  // MARK: What happens

  func enter(_ call: TracedCall) {
    while inFlight.count <= call.depth { inFlight.append(nil) }
    inFlight[call.depth] = nil
  }

  func step(_ step: TracedStep) {
    finish(depth: step.depth, gas: step.gas, top: step.stack.last)
    lastStep = LastStep(step)
    guard !budget.isExceeded, options.limit == 0 || logs.count < options.limit else { return }
    let opcode = Opcode(rawValue: step.opcode) ?? .invalid
    guard take(size(of: step)) else { return }
    inFlight[step.depth] = instruction(opcode, step)
    logs.append(
      StructLog(
        pc: step.pc, op: opcode.mnemonic, gas: UInt64(clamping: step.gas), depth: step.depth + 1,
        stack: options.disableStack ? nil : Array(step.stack),
        returnData: options.enableReturnData ? Array(step.returnData) : nil,
        memory: options.enableMemory ? Array(step.memory) : nil,
        refund: UInt64(clamping: step.refund)))
  }

  func paid(depth: Int, gasLeft: Int64) {
    guard let instruction = inFlight[depth], instruction.opcode != .create,
      instruction.opcode != .create2
    else { return }
    price(depth: depth, at: instruction.gas - gasLeft)
  }

  func fault(_ halt: Halt, depth: Int, gasLeft: Int64) {
    guard let instruction = inFlight[depth] else { return }
    let staticGas = instruction.opcode.staticGas(in: fork) ?? 0
    let isUndefined = halt == .undefinedInstruction
    price(depth: depth, at: isUndefined ? 0 : max(instruction.gas - gasLeft, staticGas))
    switch halt {
    case .outOfGas, .stackUnderflow, .stackOverflow, .initcodeTooLarge:
      logs[instruction.index].error = FailureText.of(halt, at: lastStep)
    default: break  // Found while it ran: the frame has failed, and the next entry shows it.
    }
    inFlight[depth] = nil
  }

  func exit(_ call: TracedCall, gasLeft: Int64, output: UnsafeRawBufferPointer, halt: Halt?) {
    // The instruction that ended the frame, if it did not fail, is still in flight.
    if let last = inFlight[call.depth] {
      price(depth: call.depth, at: last.priceOfReturn ?? last.gas - gasLeft)
      inFlight[call.depth] = nil
    }
    guard call.kind == .create || call.kind == .create2, call.depth > 0 else { return }
    inFlight[call.depth - 1]?.usedByCreation = call.gas - gasLeft
  }

  // MARK: Entries

  private func instruction(_ opcode: Opcode, _ step: TracedStep) -> InFlight {
    var instruction = InFlight(
      index: logs.count, opcode: opcode, gas: step.gas, recipient: step.recipient)
    if opcode == .return { instruction.priceOfReturn = Self.priceOfReturn(step) }
    if !options.disableStorage, let top = step.stack.last {
      if opcode == .sload { instruction.slot = top }
      if opcode == .sstore, step.stack.count > 1 {
        instruction.slot = top
        instruction.word = step.stack[step.stack.count - 2]
      }
    }
    return instruction
  }

  /// The price of the memory that RETURN adds; it has been paid where this matters.
  private static func priceOfReturn(_ step: TracedStep) -> Int64 {
    guard step.stack.count > 1 else { return 0 }
    let (offset, size) = (step.stack[step.stack.count - 1], step.stack[step.stack.count - 2])
    let end = size.isZero ? 0 : (offset &+ size).clampedToUInt64
    // No machine has more than 2^36 bytes, and the square of so many words does not overflow.
    guard end > UInt64(step.memory.count), end <= 1 << 36 else { return 0 }
    func price(_ words: UInt64) -> UInt64 { 3 * words + words * words / 512 }
    return Int64(price((end + 31) / 32) - price(UInt64(step.memory.count) / 32))
  }

  /// Completes the entry of the instruction in flight, which has succeeded: `gas` is left, and `top`
  /// lies on the stack.
  private func finish(depth: Int, gas: Int64, top: UInt256?) {
    guard let instruction = inFlight[depth] else { return }
    price(depth: depth, at: instruction.gas - gas - instruction.usedByCreation)
    inFlight[depth] = nil
    guard let slot = instruction.slot, let word = instruction.word ?? top else { return }
    storage[instruction.recipient, default: [:]][slot] = word
    let slots = storage[instruction.recipient] ?? [:]
    if take(64 * slots.count) { logs[instruction.index].storage = slots }
  }

  /// Fixes the price of the instruction in flight, once.
  private func price(depth: Int, at cost: Int64) {
    guard let instruction = inFlight[depth], !instruction.isPriced else { return }
    logs[instruction.index].gasCost = UInt64(clamping: cost)
    inFlight[depth]?.isPriced = true
  }

  private func size(of step: TracedStep) -> Int {
    var size = 240
    if !options.disableStack { size += 32 * step.stack.count }
    if options.enableMemory { size += step.memory.count }
    if options.enableReturnData { size += step.returnData.count }
    return size
  }

  private func take(_ bytes: Int) -> Bool {
    if budget.take(bytes) { return true }
    logs = []
    storage = [:]
    for depth in inFlight.indices { inFlight[depth] = nil }
    return false
  }
}
