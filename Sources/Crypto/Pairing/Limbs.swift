// Carry chains of 64-bit limbs. Widening to UInt128 is the form that compiles to mulx/adc.

@inline(__always)
func low(_ x: UInt128) -> UInt64 { UInt64(truncatingIfNeeded: x) }

@inline(__always)
func high(_ x: UInt128) -> UInt64 { UInt64(truncatingIfNeeded: x &>> 64) }

/// x + y + carry; the carry is 0 or 1.
@inline(__always)
func addCarry(_ x: UInt64, _ y: UInt64, _ carry: inout UInt64) -> UInt64 {
  let sum = UInt128(x) &+ UInt128(y) &+ UInt128(carry)
  carry = high(sum)
  return low(sum)
}

/// x − y − borrow; the borrow is 0 or 1.
@inline(__always)
func subtractBorrow(_ x: UInt64, _ y: UInt64, _ borrow: inout UInt64) -> UInt64 {
  let (first, under) = x.subtractingReportingOverflow(y)
  let (difference, again) = first.subtractingReportingOverflow(borrow)
  borrow = (under ? 1 : 0) | (again ? 1 : 0)
  return difference
}

/// x·y + addend + carry, which cannot exceed 128 bits; the carry is a full limb.
@inline(__always)
func multiplyAdd(_ x: UInt64, _ y: UInt64, _ addend: UInt64, _ carry: inout UInt64) -> UInt64 {
  let sum = UInt128(x) &* UInt128(y) &+ UInt128(addend) &+ UInt128(carry)
  carry = high(sum)
  return low(sum)
}

@inline(__always)
func loadBigEndian(_ bytes: UnsafeRawPointer) -> UInt64 {
  UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
}

@inline(__always)
func storeBigEndian(_ limb: UInt64, _ bytes: UnsafeMutableRawPointer) {
  bytes.storeBytes(of: limb.bigEndian, as: UInt64.self)
}
