// The blooms of a section of the chain, turned by a quarter.

internal import Ledger

/// The blooms of 4,096 blocks, by bit: for each bit of a bloom a row that says which of the blocks have it set, and one
/// more row for those that have any.
struct BloomSection {
  /// How many blocks there are in a section.
  static let size: UInt64 = 4096
  /// The row of the blocks with logs.
  static let anyRow = 2048
  static let rowCount = anyRow + 1
  /// The 64-bit words of a row.
  static let rowWords = Int(size) / 64

  /// The rows, one behind the other. The block with place 0 has the lowest bit of the first word.
  private(set) var words = [UInt64](repeating: 0, count: rowCount * rowWords)
  /// The bits that some block has set.
  private(set) var union = Bloom()

  /// Adds the bloom of the block at `place`, from 0 to 4,095.
  mutating func add(_ bloom: Bloom, at place: Int) {
    if bloom.isEmpty { return }
    union.formUnion(bloom)
    let (word, bit) = (place / 64, UInt64(1) &<< UInt64(place % 64))
    words[Self.anyRow * Self.rowWords + word] |= bit
    for index in 0..<32 {
      var rest = bloom.words[index]
      while rest != 0 {
        words[(64 * index + rest.trailingZeroBitCount) * Self.rowWords + word] |= bit
        rest &= rest &- 1
      }
    }
  }

  /// The numbers of the rows that have to be kept, rising: the others are empty.
  var keptRows: [Int] {
    if union.isEmpty { return [] }
    return (0..<Self.anyRow).filter { union.words[$0 / 64] & 1 &<< ($0 % 64) != 0 }
      + [Self.anyRow]
  }

  /// The words of a row.
  func row(_ number: Int) -> ArraySlice<UInt64> {
    words[number * Self.rowWords..<(number + 1) * Self.rowWords]
  }
}
