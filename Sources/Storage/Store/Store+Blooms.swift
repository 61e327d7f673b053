// Finding the blocks that may have some logs.

public import Ledger
internal import Primitives

extension Store {
  /// The blocks at the beginning of `range` that may match, by their blooms, rising, and how far they were looked for:
  /// to the end of a section of 4,096 blocks at most, so that whoever asks can stop in between. Where all blocks of a
  /// section were looked at, that is remembered.
  public func blocks(
    at range: ClosedRange<UInt64>, matching query: BloomQuery
  ) throws(StoreError) -> (numbers: [UInt64], through: UInt64) {
    // The first block has no logs, and before the oldest one there is no other.
    if range.upperBound < oldestBlock { return ([], range.upperBound) }
    let number = max(range.lowerBound, oldestBlock)
    let section = number / BloomSection.size
    let whole = section * BloomSection.size...section * BloomSection.size + (BloomSection.size - 1)
    let part = number...min(range.upperBound, whole.upperBound)
    let last =
      whole.lowerBound >= oldestBlock ? try hash(ofBlock: whole.upperBound) : nil
    if let last, let row = blooms.blocks(of: section, endingWith: last, matching: query) {
      let numbers = part.filter { number in
        let place = Int(number - whole.lowerBound)
        return row[place / 64] & 1 &<< UInt64(place % 64) != 0
      }
      return (numbers, part.upperBound)
    }
    var numbers: [UInt64] = []
    var content = last != nil && part == whole ? BloomSection() : nil
    var parent: Hash256?
    for number in part {
      guard let record = try recordPlace(number) else { break }
      let header = try header(at: record)
      // The chain may go to another branch meanwhile.
      if let parent, header.parentHash != parent { content = nil }
      parent = record.block.hash
      content?.add(header.logsBloom, at: Int(number - whole.lowerBound))
      if query.mayMatch(header.logsBloom) { numbers.append(number) }
    }
    if let content, let last, parent == last {
      blooms.keep(content, of: section, endingWith: last)
    }
    return (numbers, part.upperBound)
  }
}
