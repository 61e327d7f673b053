// Remembered hashes are the hashes.

import Crypto
import Primitives
import Testing

@Suite struct KeccakMemoTests {
  @Test func answersAsKeccakDoes() {
    let memo = KeccakMemo()
    defer { memo.free() }
    // More inputs than places, so that many push others out, and each asked for twice.
    for number in 0..<5000 as Range<UInt64> {
      let word = UInt256(l0: number % 7, l1: number / 7, l2: 0, l3: number << 50)
      let address = Address(l0: number, l1: number << 40, l2: 1)
      let pair = word.bigEndianBytes + UInt256(number).bigEndianBytes
      for _ in 0..<2 {
        #expect(memo.hash(word) == Keccak256.hash(word))
        #expect(memo.hash(address) == Keccak256.hash(address))
        let hash = pair.withUnsafeBytes { memo.hash(pairAt: $0.baseAddress.unsafelyUnwrapped) }
        #expect(hash == Keccak256.hash(pair))
      }
    }
  }

  @Test func inputsOfOneValueAndOtherLengthsDiffer() {
    let memo = KeccakMemo()
    defer { memo.free() }
    let zeros = [UInt8](repeating: 0, count: 64)
    for _ in 0..<2 {
      #expect(memo.hash(UInt256.zero) == Keccak256.hash(UInt256.zero))
      #expect(memo.hash(Address.zero) == Keccak256.hash(Address.zero))
      let pair = zeros.withUnsafeBytes { memo.hash(pairAt: $0.baseAddress.unsafelyUnwrapped) }
      #expect(pair == Keccak256.hash(zeros))
    }
  }
}
