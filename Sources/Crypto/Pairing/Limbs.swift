// Carry chains of 64-bit limbs. Widening to UInt128 is the form that compiles to mulx/adc.

@inline(__always)
func lowLimb(_ x: UInt128) -> UInt64 { UInt64(truncatingIfNeeded: x) }

@inline(__always)
func highLimb(_ x: UInt128) -> UInt64 { UInt64(truncatingIfNeeded: x &>> 64) }

/// A pair of limbs.
@inline(__always)
func wide(_ low: UInt64, _ high: UInt64) -> UInt128 { UInt128(low) | UInt128(high) &<< 64 }

/// All ones when the value, read as signed, is negative; else zero.
@inline(__always)
func signMask(_ x: UInt128) -> UInt64 {
  UInt64(bitPattern: Int64(bitPattern: highLimb(x)) &>> 63)
}

/// x + y + carry; the carry is 0 or 1.
@inline(__always)
func addCarry(_ x: UInt64, _ y: UInt64, _ carry: inout UInt64) -> UInt64 {
  let sum = UInt128(x) &+ UInt128(y) &+ UInt128(carry)
  carry = highLimb(sum)
  return lowLimb(sum)
}

/// x − y as x + ~y + 1: the carry starts at 1 and ends at 1 unless the difference is negative. This
/// spelling compiles to a chain of sbb; one with reported overflows to branches.
@inline(__always)
func subtractCarry(_ x: UInt64, _ y: UInt64, _ carry: inout UInt64) -> UInt64 {
  addCarry(x, ~y, &carry)
}

/// x·y + addend + carry, which cannot exceed 128 bits; the carry is a full limb.
@inline(__always)
func multiplyAdd(_ x: UInt64, _ y: UInt64, _ addend: UInt64, _ carry: inout UInt64) -> UInt64 {
  let sum = UInt128(x) &* UInt128(y) &+ UInt128(addend) &+ UInt128(carry)
  carry = highLimb(sum)
  return lowLimb(sum)
}

@inline(__always)
func loadBigEndian(_ bytes: UnsafeRawPointer) -> UInt64 {
  UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
}

@inline(__always)
func storeBigEndian(_ limb: UInt64, _ bytes: UnsafeMutableRawPointer) {
  bytes.storeBytes(of: limb.bigEndian, as: UInt64.self)
}
