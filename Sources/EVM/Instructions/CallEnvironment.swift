// 0x20 and 0x30 to 0x3f: KECCAK256 and the environment of a call.

import Crypto
import Ledger
import Primitives

extension Frame {
  @inline(never)
  mutating func keccak256() throws(Halt) {
    try require(2)
    let size = top[-2]
    try charge(GasTier.keccak256)
    try chargeWords(of: size, GasTier.keccak256Word)
    let region = try memoryRegion(at: top[-1], size: size)
    // Two words are the key of a mapping's slot, which is mostly asked for more than once.
    let hash =
      region.count == 64
      ? machine.pointee.keccakMemo.hash(pairAt: region.baseAddress.unsafelyUnwrapped)
      : Keccak256.hash(UnsafeRawBufferPointer(region))
    top[-2] = hash.word
    top -= 1
  }

  /// Marks the account as accessed; pays the surcharge when it was cold (EIP-2929).
  @inline(__always)
  mutating func chargeAccess(_ address: Address) throws(Halt) {
    if host.accessAccount(address) {
      try charge(schedule.pointee.coldAccount)
      try checkHost()
    }
  }

  @inline(never)
  mutating func balance() throws(Halt) {
    try require(1)
    try charge(.balance)
    let address = Address(truncating: top[-1])
    try chargeAccess(address)
    top[-1] = host.balance(of: address)
  }

  @inline(never)
  mutating func calldataload() throws(Halt) {
    try require(1)
    try charge(GasTier.veryLow)
    top[-1] = Self.word(of: message.input, at: top[-1])
  }

  /// The 32 bytes of `data` at `offset`, zeros beyond its end.
  @inline(__always)
  static func word(of data: UnsafeRawBufferPointer, at offset: UInt256) -> UInt256 {
    let offset = offset.clampedToUInt64
    let count = UInt64(truncatingIfNeeded: data.count)
    guard offset < count, let start = data.baseAddress else { return .zero }
    let position = Int(truncatingIfNeeded: offset)
    if count &- offset >= 32 { return UInt256(bigEndianAt: start + position) }
    var word: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    return withUnsafeMutableBytes(of: &word) { bytes in
      bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: data[position...]))
      return UInt256(bigEndianAt: UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped))
    }
  }

  /// CALLDATACOPY, CODECOPY: memory offset, source offset and size from the stack.
  @inline(__always)
  mutating func copy(_ source: UnsafeRawBufferPointer) throws(Halt) {
    try require(3)
    try charge(GasTier.veryLow)
    try chargeWords(of: top[-3], GasTier.copyWord)
    try copyToMemory(source, from: top[-2], to: top[-1], size: top[-3])
    top -= 3
  }

  @inline(never)
  mutating func calldatacopy() throws(Halt) { try copy(message.input) }

  @inline(never)
  mutating func codecopy() throws(Halt) { try copy(UnsafeRawBufferPointer(code.buffer)) }

  @inline(never)
  mutating func extcodesize() throws(Halt) {
    try require(1)
    try charge(.extcodesize)
    let address = Address(truncating: top[-1])
    try chargeAccess(address)
    top[-1] = UInt256(UInt64(host.code(of: address).count))
  }

  @inline(never)
  mutating func extcodecopy() throws(Halt) {
    try require(4)
    try charge(.extcodecopy)
    try chargeWords(of: top[-4], GasTier.copyWord)
    let address = Address(truncating: top[-1])
    try chargeAccess(address)
    // Paid before the account is looked at (EIP-7928).
    _ = try memoryRegion(at: top[-2], size: top[-4])
    let source = UnsafeRawBufferPointer(host.code(of: address).buffer)
    try copyToMemory(source, from: top[-3], to: top[-2], size: top[-4])
    top -= 4
  }

  @inline(never)
  mutating func extcodehash() throws(Halt) {
    try require(1)
    try charge(.extcodehash)
    let address = Address(truncating: top[-1])
    try chargeAccess(address)
    top[-1] = host.codeHash(of: address).word
  }

  @inline(never)
  mutating func returndatacopy() throws(Halt) {
    try require(3)
    try charge(.returndatacopy)
    try chargeWords(of: top[-3], GasTier.copyWord)
    let (end, overflow) = top[-2].addingReportingOverflow(top[-3])
    guard !overflow, end.clampedToUInt64 <= UInt64(returnData.count) else {
      throw .returnDataOutOfBounds
    }
    try copyToMemory(returnData, from: top[-2], to: top[-1], size: top[-3])
    top -= 3
  }
}
