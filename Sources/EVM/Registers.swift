// The part of a frame that the loop keeps in the processor's registers.

import CKernels
import Primitives

/// Program counter, stack pointer and gas of a frame.
///
/// The loop works on a local copy, whose fields the compiler keeps in registers because nobody takes
/// its address; instructions that leave the loop get it through the frame. Kept in memory, each
/// instruction would wait for the stores of the one before.
struct Registers {
  /// The next instruction.
  var pc: UnsafePointer<UInt8>
  /// One past the top word of the stack.
  var top: UnsafeMutablePointer<UInt256>
  /// Gas left; below zero only on the way to `Halt.outOfGas`.
  var gas: Int64
  /// The bottom of the stack.
  let base: UnsafeMutablePointer<UInt256>

  /// Takes `cost` from the gas.
  @inline(__always)
  mutating func charge(_ cost: Int64) throws(Halt) {
    gas &-= cost
    if gas < 0 { throw .outOfGas }
  }

  /// Takes the static gas of an opcode whose price or existence depends on the fork.
  @inline(__always)
  mutating func charge(
    _ opcode: Opcode, _ instructionGas: UnsafePointer<Int64>
  ) throws(Halt) {
    let cost = instructionGas[Int(opcode.rawValue)]
    gas &-= cost
    if gas < 0 { throw cost == GasSchedule.undefined ? .undefinedInstruction : .outOfGas }
  }

  /// Demands `count` words on the stack.
  @inline(__always)
  func require(_ count: Int) throws(Halt) {
    if top < base + count { throw .stackUnderflow }
  }

  /// Demands room for one more word.
  @inline(__always)
  func requireRoom() throws(Halt) {
    if top == base + Machine.stackWords { throw .stackOverflow }
  }

  /// The word `depth` places from the top, read limb by limb: for operands that have often just been
  /// written so.
  @inline(__always)
  func limbs(_ depth: Int) -> UInt256 {
    let word = top[-depth]
    return UInt256(
      l0: nt_in_register(word.l0), l1: nt_in_register(word.l1), l2: nt_in_register(word.l2),
      l3: nt_in_register(word.l3))
  }

  /// Pushes a number below 2^64.
  @inline(__always)
  mutating func push(small number: UInt64) throws(Halt) {
    try requireRoom()
    top.initialize(to: UInt256(number))
    top += 1
  }

  /// Pushes `word`.
  @inline(__always)
  mutating func push(_ word: UInt256) throws(Halt) {
    try requireRoom()
    top.initialize(to: word)
    top += 1
  }

  /// Pushes a word that costs `base` gas.
  @inline(__always)
  mutating func pushBase(_ word: UInt256) throws(Halt) {
    try charge(GasTier.base)
    try push(word)
  }

  /// Pushes a number below 2^64 that costs `base` gas.
  @inline(__always)
  mutating func pushBase(small number: UInt64) throws(Halt) {
    try charge(GasTier.base)
    try push(small: number)
  }

  /// Whether a memory access of 32 bytes at the offset on top of the stack stays within the first
  /// `offsets` offsets.
  @inline(__always)
  func accessesWord(within offsets: UInt64) -> Bool {
    guard top > base else { return false }
    let offset = top[-1]
    return (offset.l1 | offset.l2 | offset.l3) == 0 && offset.l0 < offsets
  }
}
