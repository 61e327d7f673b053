// Keys as strings of half bytes.

extension UnsafeBufferPointer<UInt8> {
  /// Half byte number `index`, the high half of a byte first.
  @inline(__always)
  func nibble(_ index: Int) -> UInt8 {
    let byte = self[index >> 1]
    return index & 1 == 0 ? byte >> 4 : byte & 0x0f
  }

  /// The first position in `range` where the half bytes differ from those of `other`, or the end of
  /// the range. Before the range they are known to agree.
  func firstDifferentNibble(from other: UnsafeBufferPointer<UInt8>, in range: Range<Int>) -> Int {
    for byte in range.lowerBound >> 1..<(range.upperBound + 1) >> 1 {
      let difference = self[byte] ^ other[byte]
      guard difference != 0 else { continue }
      return Swift.min(byte << 1 + (difference >> 4 == 0 ? 1 : 0), range.upperBound)
    }
    return range.upperBound
  }
}
