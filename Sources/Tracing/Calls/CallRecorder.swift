// Recording the tree of calls.

import EVM
import Execution
import Ledger
import Primitives
import State

/// Records every call, for the call tracer and the flat one.
final class CallRecorder: Recorder {
  /// What is made of the calls.
  enum Form {
    case tree(CallTracerOptions)
    case list(FlatCallTracerOptions, precompiles: PrecompileTable)
  }

  /// What the instruction in flight will have done when it turns out to have succeeded.
  private enum Pending {
    case nothing
    case log(Address, topics: [Hash256], offset: UInt256, size: UInt256)
    case selfDestruct(Address, beneficiary: Address, balance: UInt256)
  }

  /// A frame that has not ended.
  private struct OpenFrame {
    var frame: CallFrame
    /// Why its last instruction failed.
    var failure: String?
  }

  private(set) var budget: RecordingBudget
  private let form: Form
  private let onlyTopCall: Bool
  private let withLog: Bool
  private let state: TransactionState
  private var gasLimit: UInt64 = 0
  private var open: [OpenFrame] = []
  private var root: CallFrame?
  private var pending = Pending.nothing
  private var lastStep = LastStep()
  /// The events of the transaction that stand so far.
  private var logCount = 0
  /// For each frame, recorded or not, how many there were when it began.
  private var logMarks: [Int] = []

  init(_ form: Form, state: TransactionState, budget: RecordingBudget) {
    self.form = form
    self.state = state
    self.budget = budget
    if case .tree(let options) = form {
      onlyTopCall = options.onlyTopCall
      withLog = options.withLog
    } else {
      onlyTopCall = false
      withLog = false
    }
  }

  func begin(_ transaction: Transaction, from sender: Address) { gasLimit = transaction.gasLimit }

  func result(_ outcome: TransactionOutcome, output: [UInt8]) -> TraceResult {
    // Every execution has an outermost frame.
    var frame =
      root
      ?? CallFrame(kind: .call, from: .zero, to: nil, value: nil, gas: gasLimit, input: [])
    frame.gasUsed = outcome.gasUsed
    switch form {
    case .tree:
      if withLog { frame.dropLogsOfFailures() }
      return .call(frame)
    case .list(let options, let precompiles):
      return .flatCalls(
        FlatCall.list(
          of: frame, without: options.includePrecompiles ? nil : precompiles,
          inParityWords: options.convertParityErrors))
    }
  }

  // MARK: What happens

  func enter(_ call: TracedCall) {
    logMarks.append(logCount)
    guard records(call.depth), take(400 + call.input.count + 8 * call.depth) else { return }
    var frame = CallFrame(call)
    if call.depth == 0 { frame.gas = gasLimit }
    open.append(OpenFrame(frame: frame))
  }

  func step(_ step: TracedStep) {
    if case .log = pending { addLog(memory: step.memory) }
    lastStep = LastStep(step)
    switch step.opcode {
    case Opcode.log0.rawValue...Opcode.log4.rawValue: noteLog(step)
    case Opcode.selfdestruct.rawValue: noteSelfDestruct(step)
    default: break
    }
  }

  func fault(_ halt: Halt, depth: Int, gasLeft: Int64) {
    pending = .nothing
    guard records(depth), !open.isEmpty else { return }
    open[open.count - 1].failure = FailureText.of(halt, at: lastStep)
  }

  func exit(_ call: TracedCall, gasLeft: Int64, output: UnsafeRawBufferPointer, halt: Halt?) {
    let mark = logMarks.popLast() ?? 0
    if halt != nil { logCount = mark }
    if case .selfDestruct = pending { addSelfDestruct() }
    guard records(call.depth), take(output.count), let ended = open.popLast() else { return }
    var frame = ended.frame
    frame.gasUsed = UInt64(clamping: call.gas - gasLeft)
    frame.end(halt, failure: ended.failure, output: Array(output))
    if open.isEmpty {
      root = frame
    } else {
      open[open.count - 1].frame.calls.append(frame)
    }
  }

  // MARK: Logs and ends of contracts

  private func noteLog(_ step: TracedStep) {
    let count = Int(step.opcode - Opcode.log0.rawValue)
    guard withLog, step.stack.count >= count + 2 else { return }
    let top = step.stack.count - 1
    let topics = (0..<count).map { Hash256(step.stack[top - 2 - $0]) }
    pending = .log(
      step.recipient, topics: topics, offset: step.stack[top], size: step.stack[top - 1])
  }

  /// The instruction has succeeded, so `memory` covers what it logged.
  private func addLog(memory: UnsafeRawBufferPointer) {
    guard case .log(let address, let topics, let offset, let size) = pending else { return }
    pending = .nothing
    let index = logCount
    logCount += 1
    // The step is the one after the instruction, in the same frame.
    guard records(logMarks.count - 1), !open.isEmpty else { return }
    let count = Int(clamping: size.clampedToUInt64)
    let start = count == 0 ? 0 : Int(clamping: offset.clampedToUInt64)
    guard count <= memory.count, start <= memory.count - count, take(256 + count) else { return }
    open[open.count - 1].frame.logs.append(
      CallLog(
        address: address, topics: topics, data: Array(memory[start..<start + count]), index: index,
        position: open[open.count - 1].frame.calls.count))
  }

  private func noteSelfDestruct(_ step: TracedStep) {
    guard let top = step.stack.last, records(logMarks.count) else { return }
    pending = .selfDestruct(
      step.recipient, beneficiary: Address(truncating: top),
      balance: state.peekAccount(step.recipient).balance)
  }

  private func addSelfDestruct() {
    guard case .selfDestruct(let address, let beneficiary, let balance) = pending else { return }
    pending = .nothing
    guard !open.isEmpty, take(400) else { return }
    open[open.count - 1].frame.calls.append(
      CallFrame(
        kind: .selfDestruct, from: address, to: beneficiary, value: balance, gas: 0, input: []))
  }

  // MARK: Limits

  private func records(_ depth: Int) -> Bool { depth == 0 || !onlyTopCall }

  private func take(_ bytes: Int) -> Bool {
    if budget.take(bytes) { return true }
    open = []
    root = nil
    return false
  }
}

extension CallFrame {
  fileprivate init(_ call: TracedCall) {
    let kind: Kind =
      switch call.kind {
      case .call: .call
      case .callCode: .callCode
      case .delegateCall: .delegateCall
      case .staticCall: .staticCall
      case .create: .create
      case .create2: .create2
      }
    self.init(
      kind: kind,
      // In a delegated call CALLER is the caller's caller; who calls is the account that goes on.
      from: call.kind == .delegateCall ? call.recipient : call.caller, to: call.codeAddress,
      value: call.kind == .staticCall ? nil : call.value, gas: UInt64(clamping: call.gas),
      input: Array(call.input))
  }

  /// How the frame ended; `failure` is why its last instruction failed, if one did.
  fileprivate mutating func end(_ halt: Halt?, failure: String?, output: [UInt8]) {
    guard let halt else {
      self.output = output
      return
    }
    // A creation that runs out of gas without an instruction to blame could not pay for its code.
    let isUnpaidCode = kind.isCreation && halt == .outOfGas
    error = failure ?? (isUnpaidCode ? FailureText.unpaidCode : FailureText.of(halt))
    if kind.isCreation { to = nil }
    guard halt == .revert else { return }
    self.output = output
    revertReason = RevertReason.text(in: output)
  }
}
