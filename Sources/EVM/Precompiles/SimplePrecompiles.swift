// ECREC, SHA256, RIPEMD160, ID: the contracts of Frontier.

import Crypto
import Primitives

extension Precompile {
  /// 0x01: the signer's address (Yellow Paper, appendix E). An invalid signature gives no output.
  static let recover = fixed("ECREC", gas: 3000) { input, output in
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
  static let sha256 = perWord("SHA256", base: 60, word: 12) { input, output in
    SHA256.hash(input).store(at: output.resize(to: 32))
    return true
  }

  /// 0x03: RIPEMD-160, as a word.
  static let ripemd160 = perWord("RIPEMD160", base: 600, word: 120) { input, output in
    let word = output.resize(to: 32)
    word.initializeMemory(as: UInt8.self, repeating: 0, count: 12)
    RIPEMD160.hash(input, into: word + 12)
    return true
  }

  /// 0x04: the input.
  static let identity = perWord("ID", base: 15, word: 3) { input, output in
    output.set(input)
    return true
  }
}
