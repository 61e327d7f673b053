// Paths of half bytes, encoded and decoded.

import State
import Testing

@Suite struct HexPrefixTests {
  @Test(
    arguments: [
      (0..<6, false, [0x00, 0x12, 0x34, 0x56]), (1..<6, false, [0x12, 0x34, 0x56]),
      (0..<5, true, [0x31, 0x23, 0x45]), (2..<6, true, [0x20, 0x34, 0x56]), (3..<3, true, [0x20]),
      (3..<3, false, [0x00]), (3..<4, false, [0x14]),
    ] as [(Range<Int>, Bool, [UInt8])])
  func pathsOfAKey(path: Range<Int>, isLeaf: Bool, expected: [UInt8]) {
    #expect(HexPrefix.encode(path, of: [0x12, 0x34, 0x56], isLeaf: isLeaf) == expected)
  }

  @Test func decodingUndoesEncodingAtAnyLength() {
    let key = (0..<100).map { UInt8(truncatingIfNeeded: 37 &* $0 &+ 11) }
    let nibbles = key.flatMap { [$0 >> 4, $0 & 0x0f] }
    for start in 0...4 {
      for end in start...200 {
        for isLeaf in [false, true] {
          let encoding = HexPrefix.encode(start..<end, of: key, isLeaf: isLeaf)
          let decoded = HexPrefix.decode(encoding)
          #expect(decoded?.nibbles == Array(nibbles[start..<end]))
          #expect(decoded?.isLeaf == isLeaf)
        }
      }
    }
  }

  @Test(arguments: [[], [0x40], [0xf1, 0x00], [0x01], [0x21], [0x0f, 0x12], [0x2f]] as [[UInt8]])
  func refusesWhatNoEncoderWrites(encoding: [UInt8]) {
    #expect(HexPrefix.decode(encoding) == nil)
  }
}
