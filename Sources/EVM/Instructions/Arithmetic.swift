// 0x01 to 0x0b: arithmetic modulo 2^256.

import Primitives

extension Registers {
  /// An instruction of two operands; the first is on top.
  @inline(__always)
  mutating func binary(
    _ cost: Int64, _ operation: (_ a: UInt256, _ b: UInt256) -> UInt256
  ) throws(Halt) {
    try require(2)
    try charge(cost)
    top[-2] = operation(top[-1], top[-2])
    top -= 1
  }

  /// An instruction of one operand.
  @inline(__always)
  mutating func unary(_ cost: Int64, _ operation: (UInt256) -> UInt256) throws(Halt) {
    try require(1)
    try charge(cost)
    top[-1] = operation(top[-1])
  }

  @inline(__always)
  mutating func add() throws(Halt) { try binary(GasTier.veryLow) { $0 &+ $1 } }

  @inline(__always)
  mutating func sub() throws(Halt) { try binary(GasTier.veryLow) { $0 &- $1 } }

  @inline(__always)
  mutating func mul() throws(Halt) { try binary(GasTier.low) { $0 &* $1 } }

  @inline(__always)
  mutating func signextend() throws(Halt) {
    try binary(GasTier.low) { index, value in value.signExtended(fromByte: index) }
  }
}

extension Frame {
  @inline(never)
  mutating func div() throws(Halt) {
    try registers.binary(GasTier.low) { $0.dividedOrZero(by: $1) }
  }

  @inline(never)
  mutating func sdiv() throws(Halt) {
    try registers.binary(GasTier.low) { $0.signedDividedOrZero(by: $1) }
  }

  @inline(never)
  mutating func mod() throws(Halt) {
    try registers.binary(GasTier.low) { $0.remainderOrZero(dividingBy: $1) }
  }

  @inline(never)
  mutating func smod() throws(Halt) {
    try registers.binary(GasTier.low) { $0.signedRemainderOrZero(dividingBy: $1) }
  }

  @inline(never)
  mutating func addmod() throws(Halt) {
    try require(3)
    try charge(GasTier.mid)
    top[-3] = UInt256.addModulo(top[-1], top[-2], top[-3])
    top -= 2
  }

  @inline(never)
  mutating func mulmod() throws(Halt) {
    try require(3)
    try charge(GasTier.mid)
    top[-3] = UInt256.multiplyModulo(top[-1], top[-2], top[-3])
    top -= 2
  }

  @inline(never)
  mutating func exp() throws(Halt) {
    try require(2)
    let exponent = top[-2]
    try charge(GasTier.high &+ schedule.pointee.expByte &* Int64(exponent.byteCount))
    top[-2] = top[-1].power(exponent)
    top -= 1
  }
}
