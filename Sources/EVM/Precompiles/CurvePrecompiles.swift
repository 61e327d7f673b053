// BN254_ADD, BN254_MUL, BN254_PAIRING (EIP-196, EIP-197, EIP-1108) and P256VERIFY (EIP-7951).

import Crypto
import Primitives

extension Precompile {
  /// 0x06: the sum of two points of BN254.
  static func bn254Add(
    _ input: UnsafeRawBufferPointer, _ output: inout PrecompileOutput
  ) -> Bool {
    guard let sum = BN254.add(input) else { return false }
    output.set(sum)
    return true
  }

  /// 0x07: a multiple of a point of BN254.
  static func bn254Multiply(
    _ input: UnsafeRawBufferPointer, _ output: inout PrecompileOutput
  ) -> Bool {
    guard let product = BN254.multiply(input) else { return false }
    output.set(product)
    return true
  }

  /// 0x08: whether a product of pairings over BN254 is one.
  static func bn254Pairing(
    _ input: UnsafeRawBufferPointer, _ output: inout PrecompileOutput
  ) -> Bool {
    guard let isOne = BN254.pairingCheck(input) else { return false }
    UInt256(isOne).storeBigEndian(at: output.resize(to: 32))
    return true
  }

  /// 0x0100: one when a signature over P-256 is good, no output when it is not.
  static func p256Verify(
    _ input: UnsafeRawBufferPointer, _ output: inout PrecompileOutput
  ) -> Bool {
    output.clear()
    guard input.count == 160 else { return true }
    let isGood = P256.verify(
      hash: Hash256(input.word(at: 0)), r: input.word(at: 32), s: input.word(at: 64),
      x: input.word(at: 96), y: input.word(at: 128))
    if isGood { UInt256.one.storeBigEndian(at: output.resize(to: 32)) }
    return true
  }
}
