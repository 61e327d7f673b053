// ECREC, SHA256, RIPEMD160, ID: the contracts of Frontier.

import Crypto
import Primitives

extension Precompile {
  /// 0x01: the signer's address (Yellow Paper, appendix E). An invalid signature gives no output.
  static func recover(
    _ input: UnsafeRawBufferPointer, _ output: inout PrecompileOutput
  ) -> Bool {
    output.clear()
    let v = input.word(at: 32)
    guard v == UInt256(27 as UInt64) || v == UInt256(28 as UInt64) else { return true }
    let signer = Secp256k1.recover(
      hash: Hash256(input.word(at: 0)), r: input.word(at: 64), s: input.word(at: 96),
      yParity: UInt8(truncatingIfNeeded: v.l0 &- 27))
    if let signer { signer.word.storeBigEndian(at: output.resize(to: 32)) }
    return true
  }

  /// 0x02: SHA-256.
  static func sha256(
    _ input: UnsafeRawBufferPointer, _ output: inout PrecompileOutput
  ) -> Bool {
    SHA256.hash(input).store(at: output.resize(to: 32))
    return true
  }

  /// 0x03: RIPEMD-160, as a word.
  static func ripemd160(
    _ input: UnsafeRawBufferPointer, _ output: inout PrecompileOutput
  ) -> Bool {
    let word = output.resize(to: 32)
    word.initializeMemory(as: UInt8.self, repeating: 0, count: 12)
    RIPEMD160.hash(input, into: word + 12)
    return true
  }

  /// 0x04: the input.
  static func identity(
    _ input: UnsafeRawBufferPointer, _ output: inout PrecompileOutput
  ) -> Bool {
    output.set(input)
    return true
  }
}
