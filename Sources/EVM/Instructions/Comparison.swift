// 0x10 to 0x1e: comparison and bits.

import Primitives

extension Frame {
  @inline(__always)
  mutating func lt() throws(Halt) { try binary(GasTier.veryLow) { UInt256($0 < $1) } }

  @inline(__always)
  mutating func gt() throws(Halt) { try binary(GasTier.veryLow) { UInt256($1 < $0) } }

  @inline(__always)
  mutating func slt() throws(Halt) {
    try binary(GasTier.veryLow) { UInt256($0.isSignedLess(than: $1)) }
  }

  @inline(__always)
  mutating func sgt() throws(Halt) {
    try binary(GasTier.veryLow) { UInt256($1.isSignedLess(than: $0)) }
  }

  @inline(__always)
  mutating func eq() throws(Halt) { try binary(GasTier.veryLow) { UInt256($0 == $1) } }

  @inline(__always)
  mutating func iszero() throws(Halt) { try unary(GasTier.veryLow) { UInt256($0.isZero) } }

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
    _ opcode: Opcode, _ operation: (_ amount: UInt256, _ value: UInt256) -> UInt256
  ) throws(Halt) {
    try require(2)
    try charge(opcode)
    top[-2] = operation(top[-1], top[-2])
    top -= 1
  }

  @inline(__always)
  mutating func shl() throws(Halt) { try shift(.shl) { $1 << $0 } }

  @inline(__always)
  mutating func shr() throws(Halt) { try shift(.shr) { $1 >> $0 } }

  @inline(__always)
  mutating func sar() throws(Halt) { try shift(.sar) { $1.arithmeticShiftRight(by: $0) } }

  /// Leading zeros (EIP-7939).
  @inline(__always)
  mutating func clz() throws(Halt) {
    try require(1)
    try charge(.clz)
    top[-1] = UInt256(UInt64(top[-1].leadingZeroBitCount))
  }
}
