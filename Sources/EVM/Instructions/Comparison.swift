// 0x10 to 0x1e: comparison and bits.

import Primitives

extension Registers {
  /// A comparison of two operands, the first on top.
  @inline(__always)
  private mutating func compare(
    _ relation: (_ a: UInt256, _ b: UInt256) -> Bool
  ) throws(Halt) {
    try require(2)
    try charge(GasTier.veryLow)
    top[-2] = UInt256(relation(limbs(1), top[-2]))
    top -= 1
  }

  @inline(__always)
  mutating func lt() throws(Halt) { try compare { $0 < $1 } }

  @inline(__always)
  mutating func gt() throws(Halt) { try compare { $1 < $0 } }

  @inline(__always)
  mutating func slt() throws(Halt) {
    try compare { $0.isSignedLess(than: $1) }
  }

  @inline(__always)
  mutating func sgt() throws(Halt) {
    try compare { $1.isSignedLess(than: $0) }
  }

  @inline(__always)
  mutating func eq() throws(Halt) { try compare { $0 == $1 } }

  @inline(__always)
  mutating func iszero() throws(Halt) {
    try require(1)
    try charge(GasTier.veryLow)
    top[-1] = UInt256(limbs(1).isZero)
  }

  @inline(__always)
  mutating func and() throws(Halt) { try binary(GasTier.veryLow) { $0 & $1 } }

  @inline(__always)
  mutating func or() throws(Halt) { try binary(GasTier.veryLow) { $0 | $1 } }

  @inline(__always)
  mutating func xor() throws(Halt) { try binary(GasTier.veryLow) { $0 ^ $1 } }

  @inline(__always)
  mutating func not() throws(Halt) { try unary(GasTier.veryLow) { ~$0 } }

  @inline(__always)
  mutating func byte() throws(Halt) {
    try binary(GasTier.veryLow) { index, value in value.byte(index) }
  }

  /// A shift, known since Constantinople (EIP-145).
  @inline(__always)
  mutating func shift(
    _ opcode: Opcode, _ prices: UnsafePointer<Int64>,
    _ operation: (_ amount: UInt256, _ value: UInt256) -> UInt256
  ) throws(Halt) {
    try require(2)
    try charge(opcode, prices)
    top[-2] = operation(top[-1], top[-2])
    top -= 1
  }

  @inline(__always)
  mutating func shl(_ prices: UnsafePointer<Int64>) throws(Halt) {
    try shift(.shl, prices) { $1 << $0 }
  }

  @inline(__always)
  mutating func shr(_ prices: UnsafePointer<Int64>) throws(Halt) {
    try shift(.shr, prices) { $1 >> $0 }
  }

  @inline(__always)
  mutating func sar(_ prices: UnsafePointer<Int64>) throws(Halt) {
    try shift(.sar, prices) { $1.arithmeticShiftRight(by: $0) }
  }

  /// Leading zeros (EIP-7939).
  @inline(__always)
  mutating func clz(_ prices: UnsafePointer<Int64>) throws(Halt) {
    try require(1)
    try charge(.clz, prices)
    top[-1] = UInt256(UInt64(top[-1].leadingZeroBitCount))
  }
}
