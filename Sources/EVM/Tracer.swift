// Watching a run, instruction by instruction and call by call.

import Ledger
public import Primitives

/// Sees a run as it happens. Set as `EVM.tracer`; it costs nothing when there is none.
///
/// Pointers in what it is handed are valid during that call only.
public protocol Tracer: AnyObject {
  /// Whether it can take no more: asked at each instruction, it ends the run with
  /// `Halt.memoryLimit`.
  var isFull: Bool { get }
  /// A message begins: `gas` is the callee's. One that is refused for its depth, its value or its
  /// creator's nonce begins and ends at once, with all its gas left.
  func enter(_ call: TracedCall)
  /// An instruction is about to run.
  func step(_ step: TracedStep)
  /// The instruction of the last step calls: it has paid for itself and its callee. Nothing of the
  /// call has happened yet.
  func paid(depth: Int, gasLeft: Int64)
  /// The instruction of the last step failed; `gasLeft` may be negative.
  func fault(_ halt: Halt, depth: Int, gasLeft: Int64)
  /// A message ends, with the gas left over and its output.
  func exit(_ call: TracedCall, gasLeft: Int64, output: UnsafeRawBufferPointer, halt: Halt?)
}

extension Tracer {
  /// A tracer that keeps nothing is never full.
  public var isFull: Bool { false }
}

/// A message as a tracer sees it.
public struct TracedCall {
  /// How it came about.
  public let kind: CallKind
  /// Zero for the outermost.
  public let depth: Int
  /// CALLER of the new frame.
  public let caller: Address
  /// ADDRESS of the new frame.
  public let recipient: Address
  /// Where the code comes from.
  public let codeAddress: Address
  /// In wei.
  public let value: UInt256
  /// Gas given to it.
  public let gas: Int64
  /// Call data, or creation code.
  public let input: UnsafeRawBufferPointer
}

/// A frame just before an instruction.
public struct TracedStep {
  /// Position in the code.
  public let pc: Int
  /// The byte there.
  public let opcode: UInt8
  /// Gas before the instruction.
  public let gas: Int64
  /// Zero for the outermost frame.
  public let depth: Int
  /// Bottom first.
  public let stack: UnsafeBufferPointer<UInt256>
  /// The active memory.
  public let memory: UnsafeRawBufferPointer
  /// The output of the last call made from this frame.
  public let returnData: UnsafeRawBufferPointer
  /// The refund counter of the transaction.
  public let refund: Int64
  /// ADDRESS of the frame.
  public let recipient: Address
}

/// Who looks at each step of a frame: a copy of the interpreter is made for each, so that one has no
/// test.
protocol Watching {
  /// Whether a tracer does.
  static var isTraced: Bool { get }
  /// Whether `CounterWords` do.
  static var isFollowed: Bool { get }
  /// Whether the clock does.
  static var isTimed: Bool { get }
}

enum Unwatched: Watching {
  @inline(__always) static var isTraced: Bool { false }
  @inline(__always) static var isFollowed: Bool { false }
  @inline(__always) static var isTimed: Bool { false }
}

enum Traced: Watching {
  @inline(__always) static var isTraced: Bool { true }
  @inline(__always) static var isFollowed: Bool { false }
  @inline(__always) static var isTimed: Bool { false }
}

enum Timed: Watching {
  @inline(__always) static var isTraced: Bool { false }
  @inline(__always) static var isFollowed: Bool { false }
  @inline(__always) static var isTimed: Bool { true }
}

enum Followed: Watching {
  @inline(__always) static var isTraced: Bool { false }
  @inline(__always) static var isFollowed: Bool { true }
  @inline(__always) static var isTimed: Bool { false }
}

extension Frame {
  /// Reports the instruction at the program counter; throws when the tracer is full.
  @inline(never)
  mutating func traceStep(_ registers: Registers) throws(Halt) {
    self.registers = registers
    guard let tracer = machine.pointee.tracer else { return }
    if tracer.isFull { throw .memoryLimit }
    if machine.pointee.isTimed { try machine.pointee.count(work: Machine.jumpWork) }
    tracer.step(
      TracedStep(
        pc: registers.pc - code.bytes, opcode: registers.pc.pointee, gas: gas, depth: message.depth,
        stack: UnsafeBufferPointer(start: registers.base, count: top - registers.base),
        memory: UnsafeRawBufferPointer(start: memory, count: memorySize), returnData: returnData,
        refund: machine.pointee.refund, recipient: message.recipient))
  }

  /// Reports the gas left when the instruction has paid for its callee.
  @inline(__always)
  func tracePaid() {
    if machine.pointee.tracer != nil {
      machine.pointee.tracer?.paid(depth: message.depth, gasLeft: gas)
    }
  }

  /// Reports a creation that does not even begin, to a tracer if there is one.
  @inline(never)
  func traceRefusedCreation(
    _ kind: CallKind, value: UInt256, salt: UInt256, nonce: UInt64, initcode: UnsafeRawBufferPointer
  ) {
    guard machine.pointee.tracer != nil else { return }
    tracePaid()
    let creator = message.recipient
    let halt: Halt =
      message.depth >= Machine.maximumDepth
      ? .callDepth : host.balance(of: creator) < value ? .insufficientBalance : .nonceOverflow
    let address =
      kind == .create2
      ? Address.created2(by: creator, salt: salt, initcode: initcode)
      : Address.created(by: creator, nonce: nonce)
    let calleeGas = schedule.pointee.keepsOneSixtyFourth ? gas - gas / 64 : gas
    let callee = Message(
      kind: kind, depth: message.depth + 1, isStatic: false, gas: calleeGas, recipient: address,
      caller: creator, value: value, codeAddress: address,
      input: UnsafeRawBufferPointer(start: nil, count: 0))
    machine.traceEnter(callee, initcode: initcode)
    machine.traceExit(callee, MessageResult(halt: halt, gasLeft: calleeGas))
  }

  /// Reports that the instruction just tried failed.
  func traceFault(_ halt: Halt) {
    machine.pointee.tracer?.fault(halt, depth: message.depth, gasLeft: gas)
  }
}

extension UnsafeMutablePointer where Pointee == Machine {
  func traceEnter(_ message: Message, initcode: UnsafeRawBufferPointer? = nil) {
    pointee.tracer?.enter(TracedCall(message, input: initcode ?? message.input))
  }

  func traceExit(_ message: Message, _ result: MessageResult) {
    pointee.tracer?.exit(
      TracedCall(message, input: message.input), gasLeft: result.gasLeft, output: result.output,
      halt: result.halt)
  }
}

extension TracedCall {
  init(_ message: Message, input: UnsafeRawBufferPointer) {
    self.init(
      kind: message.kind, depth: message.depth, caller: message.caller,
      recipient: message.recipient, codeAddress: message.codeAddress, value: message.value,
      gas: message.gas, input: input)
  }
}
