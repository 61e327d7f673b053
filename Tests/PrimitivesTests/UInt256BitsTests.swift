// UInt256 against GMP and bit by bit: shifts, counting, the EVM's bit instructions.

import Oracles
import Primitives
import Samples
import Testing

@Suite struct UInt256BitsTests {
  /// Shift counts around every edge, beyond the width included.
  let counts = (0...260).map { UInt256($0) } + [UInt256(l0: 1, l1: 1, l2: 0, l3: 0), .max]

  @Test func shiftsAreThoseOfGMP() {
    var source = SeededGenerator(seed: 11)
    for a in edgeWords + (0..<50).map({ _ in source.word() }) {
      for count in counts {
        let bounded = Int(min(count.clampedToUInt64, 300))
        #expect(a << count == (GMPInteger(a) << bounded).word, "\(a) << \(count)")
        #expect(a >> count == (GMPInteger(a) >> bounded).word, "\(a) >> \(count)")
        let arithmetic = (GMPInteger(signed: a) >> bounded).word
        #expect(a.arithmeticShiftRight(by: count) == arithmetic, "\(a) sar \(count)")
        if bounded < 256 {
          #expect(a &<< bounded == a << count && a &>> bounded == a >> count)
        }
      }
      #expect((a &<< -1).isZero && (a &>> -1).isZero && (a &<< Int.max).isZero)
    }
  }

  @Test func countsAgreeWithTheBits() {
    forEachPair(seed: 12, count: 2_000) { a, _ in
      let bits = (0..<256).map { a.bit($0) }
      #expect(a.bitWidth == (bits.lastIndex(of: true) ?? -1) + 1)
      #expect(a.leadingZeroBitCount == 256 - a.bitWidth)
      #expect(a.trailingZeroBitCount == bits.firstIndex(of: true) ?? 256)
      #expect(a.nonzeroBitCount == bits.count { $0 })
      #expect(a.byteCount == a.minimalBigEndianBytes.count)
      #expect((0..<256).allSatisfy { bits[$0] == !((a >> UInt256($0)) & .one).isZero })
    }
  }

  @Test func bytesAreCountedFromTheTop() {
    var source = SeededGenerator(seed: 13)
    for _ in 0..<500 {
      let a = source.word()
      let bytes = a.bigEndianBytes
      for index in 0..<32 { #expect(a.byte(UInt256(index)) == UInt256(UInt64(bytes[index]))) }
      for index in [UInt256(32), UInt256(l0: 0, l1: 1, l2: 0, l3: 0), .max] {
        #expect(a.byte(index).isZero)
      }
    }
  }

  @Test func signExtensionKeepsTheSignedValueOfTheLowBytes() {
    forEachPair(seed: 14, count: 2_000) { a, _ in
      for index in 0..<34 {
        let drop = max(0, 248 - 8 * index)
        let expected = (a << UInt256(drop)).arithmeticShiftRight(by: UInt256(drop))
        #expect(a.signExtended(fromByte: UInt256(index)) == expected, "\(a) \(index)")
      }
      #expect(a.signExtended(fromByte: .max) == a)
      #expect(a.signExtended(fromByte: UInt256(l0: 0, l1: 1, l2: 0, l3: 0)) == a)
    }
  }

  @Test func logicIsLimbwise() {
    forEachPair(seed: 15, count: 2_000) { a, b in
      #expect((a & b) &+ (a | b) == a &+ b)
      #expect((a ^ b) == (a | b) &- (a & b))
      #expect(~a == UInt256.max &- a)
      #expect(a.negated == ~a &+ .one)
    }
  }

  @Test func textAndBytesGoThereAndBack() throws {
    try #require(UInt256(decimal: "") == nil && UInt256(decimal: "1a") == nil)
    let tooLarge = GMPInteger.modulus.decimal
    #expect(UInt256(decimal: tooLarge) == nil && UInt256(decimal: tooLarge + "0") == nil)
    var source = SeededGenerator(seed: 16)
    for a in edgeWords + (0..<500).map({ _ in source.word() }) {
      #expect(a.decimal == GMPInteger(a).decimal)
      #expect(UInt256(decimal: a.decimal) == a)
      #expect(try UInt256(hex: a.hex) == a)
      #expect(try UInt256(hex: "0000" + a.hex.dropFirst(2)) == a)
      #expect(UInt256(bigEndian: a.bigEndianBytes) == a)
      #expect(UInt256(bigEndian: a.minimalBigEndianBytes) == a)
      #expect(a.minimalBigEndianBytes.first != 0)
    }
    #expect(UInt256.zero.hex == "0x0" && UInt256(0x1f).description == "0x1f")
    #expect(0xffff_ffff_ffff_ffff_ffff as UInt256 == UInt256(l0: .max, l1: 0xffff, l2: 0, l3: 0))
  }
}
