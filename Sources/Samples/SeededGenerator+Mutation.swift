// Damage done to bytes that were in order.

extension SeededGenerator {
  /// The bytes with one to a few changes of the kinds that a decoder must notice.
  public mutating func mutated(_ original: [UInt8]) -> [UInt8] {
    var bytes = original
    for _ in 0..<(1 + below(below(4) + 1)) { damage(&bytes) }
    return bytes
  }

  private mutating func damage(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else {
      bytes = self.bytes(upTo: 4)
      return
    }
    let place = below(bytes.count)
    switch below(9) {
    case 0: bytes[place] ^= 1 << UInt8(below(8))
    case 1: bytes[place] = byte()
    case 2:
      bytes[place] = pick([0x00, 0x01, 0x7f, 0x80, 0x81, 0xb7, 0xb8, 0xbf, 0xc0, 0xf7, 0xf8, 0xff])
    case 3: bytes[place] = oneIn(2) ? bytes[place] &+ 1 : bytes[place] &- 1
    case 4: bytes.insert(contentsOf: self.bytes(1 + below(4)), at: place)
    case 5: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(4)))
    case 6: bytes.removeSubrange(place...)
    case 7:
      let end = min(bytes.count, place + 1 + below(32))
      bytes.insert(contentsOf: bytes[place..<end], at: below(bytes.count + 1))
    default:
      let other = below(bytes.count)
      bytes.swapAt(place, other)
    }
  }
}
