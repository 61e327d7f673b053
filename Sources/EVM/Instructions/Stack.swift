// 0x50, 0x5f to 0x9f: POP, PUSH, DUP and SWAP.

import Primitives

extension Registers {
  @inline(__always)
  mutating func pop() throws(Halt) {
    try require(1)
    try charge(GasTier.base)
    top -= 1
  }

  /// PUSH1 to PUSH32: the next `count` bytes, a compile-time constant.
  @inline(__always)
  mutating func push(bytes count: Int) throws(Halt) {
    try charge(GasTier.veryLow)
    if count <= 8 {
      try push(small: limb(endingAt: count))
      pc += count
      return
    }
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
}
