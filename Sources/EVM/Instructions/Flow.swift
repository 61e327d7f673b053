// 0x51 to 0x5b, 0x5e: memory and control flow; the ends of a frame.

import Ledger
import Primitives

extension Registers {
  /// MLOAD where no memory has to grow: `accessesWord` has been asked.
  @inline(__always)
  mutating func mload(_ memory: UnsafeMutableRawPointer) throws(Halt) {
    try charge(GasTier.veryLow)
    top[-1] = UInt256(bigEndianAt: memory + Int(truncatingIfNeeded: top[-1].l0))
  }

  /// MSTORE where no memory has to grow: `accessesWord` has been asked.
  @inline(__always)
  mutating func mstore(_ memory: UnsafeMutableRawPointer) throws(Halt) {
    try require(2)
    try charge(GasTier.veryLow)
    top[-2].storeBigEndian(at: memory + Int(truncatingIfNeeded: top[-1].l0))
    top -= 2
  }

  @inline(__always)
  mutating func jump(in code: CodeReference) throws(Halt) {
    try require(1)
    try charge(GasTier.mid)
    top -= 1
    try jump(to: top.pointee, in: code)
  }

  @inline(__always)
  mutating func jumpi(in code: CodeReference) throws(Halt) {
    try require(2)
    try charge(GasTier.high)
    let condition = limbs(2)
    top -= 2
    if !condition.isZero { try jump(to: top[1], in: code) }
  }

  @inline(__always)
  private mutating func jump(to destination: UInt256, in code: CodeReference) throws(Halt) {
    guard code.isJumpDestination(destination.clampedToUInt64) else { throw .invalidJump }
    pc = code.bytes + Int(truncatingIfNeeded: destination.l0)
  }
}

extension Frame {
  @inline(never)
  mutating func mload() throws(Halt) {
    try require(1)
    try charge(GasTier.veryLow)
    top[-1] = UInt256(bigEndianAt: try memoryWord(at: top[-1]))
  }

  @inline(never)
  mutating func mstore() throws(Halt) {
    try require(2)
    try charge(GasTier.veryLow)
    top[-2].storeBigEndian(at: try memoryWord(at: top[-1]))
    top -= 2
  }

  @inline(never)
  mutating func mstore8() throws(Halt) {
    try require(2)
    try charge(GasTier.veryLow)
    try growMemory(offset: top[-1], size: 1)
    let byte = UInt8(truncatingIfNeeded: top[-2].l0)
    (memory + Int(truncatingIfNeeded: top[-1].l0)).storeBytes(of: byte, as: UInt8.self)
    top -= 2
  }

  /// EIP-5656: memory to memory, overlapping or not.
  @inline(never)
  mutating func mcopy() throws(Halt) {
    try require(3)
    try charge(.mcopy)
    let size = top[-3]
    try chargeWords(of: size, GasTier.copyWord)
    // Source and target both count for the growth; afterwards neither moves any more.
    _ = try memoryRegion(at: max(top[-1], top[-2]), size: size)
    let target = try memoryRegion(at: top[-1], size: size)
    let source = try memoryRegion(at: top[-2], size: size)
    if let to = target.baseAddress, let from = source.baseAddress {
      to.copyMemory(from: from, byteCount: target.count)
    }
    top -= 3
  }

  /// RETURN and REVERT: sets the output.
  @inline(never)
  mutating func finish() throws(Halt) {
    try require(2)
    output = UnsafeRawBufferPointer(try memoryRegion(at: top[-1], size: top[-2]))
    top -= 2
  }

  @inline(never)
  mutating func revert() throws(Halt) {
    try charge(.revert)
    try finish()
    throw .revert
  }
}
