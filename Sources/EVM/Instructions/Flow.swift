// 0x50 to 0x5b, 0x5e: stack, memory and control flow; the ends of a frame.

import Ledger
import Primitives

extension Frame {
  @inline(__always)
  mutating func popWord() throws(Halt) {
    try require(1)
    try charge(GasTier.base)
    top -= 1
  }

  @inline(__always)
  mutating func mload() throws(Halt) {
    try require(1)
    try charge(GasTier.veryLow)
    top[-1] = UInt256(bigEndianAt: try memoryWord(at: top[-1]))
  }

  @inline(__always)
  mutating func mstore() throws(Halt) {
    try require(2)
    try charge(GasTier.veryLow)
    top[-2].storeBigEndian(at: try memoryWord(at: top[-1]))
    top -= 2
  }

  @inline(__always)
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

  @inline(__always)
  mutating func jump() throws(Halt) {
    try require(1)
    try charge(GasTier.mid)
    top -= 1
    try jump(to: top.pointee)
  }

  @inline(__always)
  mutating func jumpi() throws(Halt) {
    try require(2)
    try charge(GasTier.high)
    top -= 2
    if !top.pointee.isZero { try jump(to: top[1]) }
  }

  @inline(__always)
  mutating func jump(to destination: UInt256) throws(Halt) {
    guard code.isJumpDestination(destination.clampedToUInt64) else { throw .invalidJump }
    pc = code.bytes + Int(truncatingIfNeeded: destination.l0)
  }

  /// The position of the instruction being executed; the counter stands one past its opcode.
  @inline(__always)
  var position: Int { pc - code.bytes - 1 }

  /// PUSH1 to PUSH32: the next `count` bytes, a compile-time constant.
  @inline(__always)
  mutating func push(bytes count: Int) throws(Halt) {
    try charge(GasTier.veryLow)
    try push(
      UInt256(
        l0: limb(endingAt: count), l1: limb(endingAt: count - 8), l2: limb(endingAt: count - 16),
        l3: limb(endingAt: count - 24)))
    pc += count
  }

  /// The big-endian number in the last eight of the operand's first `end` bytes. It may read past the
  /// operand, never past the padding of the code.
  @inline(__always)
  private func limb(endingAt end: Int) -> UInt64 {
    if end <= 0 { return 0 }
    let raw = UnsafeRawPointer(pc)
    if end >= 8 {
      return UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: end - 8, as: UInt64.self))
    }
    return UInt64(bigEndian: raw.loadUnaligned(as: UInt64.self)) &>> UInt64(64 - 8 * end)
  }

  @inline(__always)
  mutating func dup(_ depth: Int) throws(Halt) {
    try require(depth)
    try charge(GasTier.veryLow)
    try push(top[-depth])
  }

  @inline(__always)
  mutating func swap(_ depth: Int) throws(Halt) {
    try require(depth + 1)
    try charge(GasTier.veryLow)
    let word = top[-1]
    top[-1] = top[-1 - depth]
    top[-1 - depth] = word
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
