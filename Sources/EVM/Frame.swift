// One activation of contract code.

import Ledger
import Primitives

/// One activation of code: program counter, stack, gas, memory (the Yellow Paper's μ and I).
///
/// A frame lives on the native stack of its thread and is never copied; the host is the one counted
/// reference in it.
struct Frame: ~Copyable {
  /// Program counter, stack pointer and gas, whenever the loop is not running.
  var registers: Registers

  /// The memory's bytes; initialised up to `memorySize`.
  var memory: UnsafeMutableRawPointer
  /// Active memory in bytes, a multiple of 32.
  var memorySize = 0
  /// How many offsets a 32-byte access may have without growing the memory.
  var wordOffsets: UInt64 = 0

  let instructionGas: UnsafePointer<Int64>
  let schedule: UnsafePointer<GasSchedule>
  let machine: UnsafeMutablePointer<Machine>
  let host: any Host

  let code: CodeReference
  let message: Message
  /// The output of the last call made from here.
  var returnData = UnsafeRawBufferPointer(start: nil, count: 0)
  /// What this frame gives back.
  var output = UnsafeRawBufferPointer(start: nil, count: 0)
  /// How many words the machine followed when the frame began.
  let followedByCallers: Int

  init(
    machine: UnsafeMutablePointer<Machine>, host: any Host, code: CodeReference, message: Message,
    stack: UnsafeMutablePointer<UInt256>
  ) {
    self.machine = machine
    self.host = host
    self.code = code
    self.message = message
    registers = Registers(pc: code.bytes, top: stack, gas: message.gas, base: stack)
    memory = machine.pointee.memories[message.depth].bytes ?? FrameMemory.none
    instructionGas = machine.pointee.instructionGas
    schedule = machine.pointee.schedule
    followedByCallers = machine.pointee.counters.count
  }
}

/// What a frame is called with.
struct Message {
  /// How it came about.
  var kind: CallKind
  /// Zero for the outermost.
  var depth: Int
  /// Whether state changes are forbidden (EIP-214).
  var isStatic: Bool
  var gas: Int64
  /// ADDRESS: whose storage and balance.
  var recipient: Address
  /// CALLER
  var caller: Address
  /// CALLVALUE
  var value: UInt256
  /// Where the code comes from.
  var codeAddress: Address
  /// CALLDATA
  var input: UnsafeRawBufferPointer
}

/// The ways into a frame.
public enum CallKind: UInt8, Sendable {
  case call, callCode, delegateCall, staticCall, create, create2
}

/// What instructions outside the loop work with.
extension Frame {
  @inline(__always)
  var top: UnsafeMutablePointer<UInt256> {
    get { registers.top }
    set { registers.top = newValue }
  }

  @inline(__always)
  var gas: Int64 {
    get { registers.gas }
    set { registers.gas = newValue }
  }

  @inline(__always)
  mutating func charge(_ cost: Int64) throws(Halt) { try registers.charge(cost) }

  /// Takes the static gas of an opcode whose price or existence depends on the fork.
  @inline(__always)
  mutating func charge(_ opcode: Opcode) throws(Halt) {
    try registers.charge(opcode, instructionGas)
  }

  @inline(__always)
  func require(_ count: Int) throws(Halt) { try registers.require(count) }

  @inline(__always)
  mutating func push(_ word: UInt256) throws(Halt) { try registers.push(word) }

  /// Fails inside a static call (EIP-214).
  @inline(__always)
  func requireMutable() throws(Halt) {
    if message.isStatic { throw .staticViolation }
  }
}
