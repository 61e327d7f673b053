// A frame's memory: access, growth and its price.

import Primitives

extension Frame {
  /// The 32 bytes at `offset`, memory grown to hold them.
  @inline(__always)
  mutating func memoryWord(at offset: UInt256) throws(Halt) -> UnsafeMutableRawPointer {
    if (offset.l1 | offset.l2 | offset.l3) != 0 || offset.l0 >= wordOffsets {
      try growMemory(offset: offset, size: 32)
    }
    return memory + Int(truncatingIfNeeded: offset.l0)
  }

  /// The `size` bytes at `offset`, memory grown to hold them. No bytes never grow it.
  @inline(__always)
  mutating func memoryRegion(
    at offset: UInt256, size: UInt256
  ) throws(Halt) -> UnsafeMutableRawBufferPointer {
    if size.isZero { return UnsafeMutableRawBufferPointer(start: nil, count: 0) }
    try growMemory(offset: offset, size: size.clampedToUInt64)
    // Growth has bounded both.
    return UnsafeMutableRawBufferPointer(
      start: memory + Int(truncatingIfNeeded: offset.l0), count: Int(truncatingIfNeeded: size.l0))
  }

  /// Makes memory reach over `size` > 0 bytes at `offset`, paying for it.
  @inline(__always)
  mutating func growMemory(offset: UInt256, size: UInt64) throws(Halt) {
    let offset = offset.clampedToUInt64
    let (end, overflow) = offset.addingReportingOverflow(size)
    if overflow { throw .outOfGas }
    if end > UInt64(truncatingIfNeeded: memorySize) { try growMemory(to: end) }
  }

  /// Makes memory at least `end` bytes long, `end` being beyond its present size.
  @inline(never)
  mutating func growMemory(to end: UInt64) throws(Halt) {
    // Beyond 2^41 bytes the price is over 2^63.
    guard end <= 1 << 41 else { throw .outOfGas }
    let words = UInt128((end &+ 31) / 32)
    let price = Self.memoryPrice(words) - Self.memoryPrice(UInt128(memorySize / 32))
    guard price <= UInt128(gas) else { throw .outOfGas }
    gas -= Int64(price)

    let size = Int(words) * 32
    if size > machine.pointee.memories[message.depth].capacity {
      // Room in advance, but no more than the gas left could pay for.
      let payable = Int(min(gas / GasTier.memoryWord, 1 << 30)) * 32
      // The callee of the last call may still hold the return data.
      let unused = message.depth + (returnData.count == 0 ? 1 : 2)
      guard
        machine.pointee.growMemory(
          of: message.depth, to: size, spare: payable, unused: unused)
      else { throw .memoryLimit }
      memory = machine.pointee.memories[message.depth].bytes ?? FrameMemory.none
    }
    (memory + memorySize).initializeMemory(
      as: UInt8.self, repeating: 0, count: size - memorySize)
    memorySize = size
    wordOffsets = UInt64(size - 31)
  }

  /// The Yellow Paper's C_mem: 3 a word and a square over 512.
  private static func memoryPrice(_ words: UInt128) -> UInt128 {
    words * UInt128(GasTier.memoryWord) + words * words / 512
  }

  /// Takes `price` for each word of `size` bytes.
  @inline(__always)
  mutating func chargeWords(of size: UInt256, _ price: Int64) throws(Halt) {
    // More than 2^50 bytes cost more than any gas, by their memory alone.
    let bytes = size.clampedToUInt64
    if bytes > 1 << 50 { throw .outOfGas }
    try charge(price &* Int64(truncatingIfNeeded: (bytes &+ 31) / 32))
  }

  /// Copies `size` bytes of `source` from `sourceOffset` on to memory at `offset`; beyond the end of
  /// the source come zeros.
  mutating func copyToMemory(
    _ source: UnsafeRawBufferPointer, from sourceOffset: UInt256, to offset: UInt256, size: UInt256
  ) throws(Halt) {
    let target = try memoryRegion(at: offset, size: size)
    guard let start = target.baseAddress else { return }
    let skipped = Int(min(sourceOffset.clampedToUInt64, UInt64(source.count)))
    let count = min(target.count, source.count - skipped)
    if count > 0, let bytes = source.baseAddress {
      start.copyMemory(from: bytes + skipped, byteCount: count)
    }
    (start + count).initializeMemory(as: UInt8.self, repeating: 0, count: target.count - count)
  }
}
