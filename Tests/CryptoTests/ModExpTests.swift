// Powers modulo a number, against UInt256 and at the edges.

import Crypto
import Primitives
import Testing

@Suite struct ModExpTests {
  /// Square and multiply over UInt256.
  private func power(_ base: UInt256, _ exponent: UInt256, _ modulus: UInt256) -> UInt256 {
    if modulus.isZero { return .zero }
    var result = UInt256.one.remainderOrZero(dividingBy: modulus)
    for bit in (0..<exponent.bitWidth).reversed() {
      result = UInt256.multiplyModulo(result, result, modulus)
      if exponent.bit(bit) { result = UInt256.multiplyModulo(result, base, modulus) }
    }
    return result
  }

  @Test func agreesWithSquareAndMultiply() {
    var words = [.zero, .one, UInt256(2), UInt256(255), UInt256(256), .max, .max &- .one]
    var word = Keccak256.hash([]).word
    for shift in [0, 1, 64, 100, 192, 240] {
      words += [word &>> shift, word &<< shift]
      word = Keccak256.hash(word).word
    }
    for base in words {
      for exponent in words {
        for modulus in words {
          let result = ModExp.power(
            base: base.bigEndianBytes, exponent: exponent.minimalBigEndianBytes,
            modulus: modulus.bigEndianBytes)
          let expected = power(base, exponent, modulus)
          #expect(UInt256(bigEndian: result) == expected && result.count == 32)
        }
      }
    }
  }

  @Test func theResultIsAsLongAsTheModulus() {
    #expect(ModExp.power(base: [2], exponent: [10], modulus: [0, 0, 1, 0, 1]) == [0, 0, 0, 4, 0])
    #expect(ModExp.power(base: [2], exponent: [10], modulus: []) == [])
    #expect(ModExp.power(base: [2], exponent: [10], modulus: [0, 0, 0]) == [0, 0, 0])
    #expect(ModExp.power(base: [2], exponent: [], modulus: [0, 1]) == [0, 0])
    #expect(ModExp.power(base: [], exponent: [], modulus: [0, 7]) == [0, 1])
    #expect(ModExp.power(base: [], exponent: [1], modulus: [7]) == [0])
    #expect(ModExp.power(base: [0, 0], exponent: [0, 0], modulus: [7]) == [1])
  }

  @Test func fermatsLittleTheoremHoldsForALongPrime() {
    // 2^521 − 1 is prime.
    let prime: [UInt8] = [0x01] + [UInt8](repeating: 0xff, count: 65)
    var exponent = prime
    exponent[65] = 0xfe
    let one = [UInt8](repeating: 0, count: 65) + [1]
    #expect(ModExp.power(base: [3], exponent: exponent, modulus: prime) == one)
    #expect(ModExp.power(base: [3], exponent: prime, modulus: prime).last == 3)
  }

  @Test func tellsWhatItTakesBeforehand() {
    #expect(ModExp.memory(base: 0, exponent: 1, modulus: 1) >= 1)
    // 512 powers of the modulus for a long exponent.
    #expect(ModExp.memory(base: 1, exponent: 4096, modulus: 1 << 20) > 512 << 20)
    #expect(ModExp.memory(base: 1, exponent: 1, modulus: 1 << 20) < 32 << 20)
    for place in 0..<3 {
      var lengths: [UInt64] = [1, 1, 1]
      lengths[place] = UInt64(ModExp.byteLimit) + 1
      #expect(ModExp.memory(base: lengths[0], exponent: lengths[1], modulus: lengths[2]) == .max)
    }
  }
}
