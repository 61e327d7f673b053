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

  @Test func moduliOfOneWordAgreeWithSquareAndMultiply() {
    var moduli: [UInt64] = Array(2...70) + [255, 256, 257, 30_030, 65_535, 65_536, 65_537]
    for shift in 17..<64 {
      moduli += [1 << UInt64(shift), 3 << UInt64(shift - 1), .max >> UInt64(shift)]
    }
    moduli += [.max, .max - 1, .max - 58, 0xffff_ffff_0000_0000, 0x8000_0000_0000_0001]
    let hash = Keccak256.hash([1]).word
    // More than a word, with a head of zeros, and below the exponents from which powers repeat.
    let exponents: [UInt256] = [
      hash, hash &>> 40, hash &>> 180, UInt256(17 as UInt64), .max, .zero, .one,
    ]
    let bases: [UInt256] = [hash, UInt256(2 as UInt64), UInt256(6 as UInt64), .zero, .max &>> 192]
    for modulus in moduli where modulus > 1 {
      for base in bases {
        let rest = base.remainderOrZero(dividingBy: UInt256(modulus))
        for exponent in exponents {
          let result = ModExp.power(
            base: base.bigEndianBytes, exponent: exponent.bigEndianBytes,
            modulus: UInt256(modulus).bigEndianBytes)
          #expect(UInt256(bigEndian: result) == power(rest, exponent, UInt256(modulus)))
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
