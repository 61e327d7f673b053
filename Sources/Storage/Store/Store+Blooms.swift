// Finding the blocks that may have some logs.

public import Ledger
internal import Primitives

extension Store {
  /// The blocks at the beginning of `range` that may match, by their blooms, rising, and where to go on looking: behind
  /// the end of a section of 4,096 blocks at the latest, or where the search stood when it `isStopped`; nil where all of
  /// the range was looked at. A section of which much was looked at is remembered whole.
  ///
  /// Blocks that the store lacks do not match. While the chain goes to another branch, what is found may be of either.
  public func blocks(
    at range: ClosedRange<UInt64>, matching query: BloomQuery, isStopped: () -> Bool = { false }
  ) throws(StoreError) -> (numbers: [UInt64], next: UInt64?) {
    // The first block has no logs, and between it and the oldest there is none.
    if range.upperBound < oldestBlock { return ([], nil) }
    let wanted = max(range.lowerBound, oldestBlock)...range.upperBound
    let section = wanted.lowerBound / BloomSection.size
    let start = section * BloomSection.size
    let whole = start...start + (BloomSection.size - 1)
    let part = wanted.clamped(to: whole)
    let next = part.upperBound < range.upperBound ? part.upperBound + 1 : nil
    let last = start >= oldestBlock ? try hash(ofBlock: whole.upperBound) : nil
    if let last, let row = blooms.blocks(of: section, endingWith: last, matching: query) {
      let numbers = part.filter { number in
        let place = Int(number - start)
        return row[place / 64] & 1 &<< UInt64(place % 64) != 0
      }
      return (numbers, next)
    }
    // Whoever asks for some thousand blocks is going to ask for others.
    let makesSection = last != nil && part.count >= whole.count / 4 && blooms.begin(section)
    defer { if makesSection { blooms.end(section) } }
    var content = makesSection ? BloomSection() : nil
    var numbers: [UInt64] = []
    var parent: Hash256?
    for number in makesSection ? whole : part {
      if number % 256 == 0, isStopped() {
        return (numbers, number > part.upperBound ? next : max(number, part.lowerBound))
      }
      guard let record = try recordPlace(number) else {
        content = nil
        continue
      }
      let header = try header(at: record)
      // The chain may go to another branch meanwhile.
      if let parent, header.parentHash != parent { content = nil }
      parent = record.block.hash
      content?.add(header.logsBloom, at: Int(number - start))
      if part.contains(number), query.mayMatch(header.logsBloom) { numbers.append(number) }
    }
    if let content, let last, parent == last {
      blooms.keep(content, of: section, endingWith: last)
    }
    return (numbers, next)
  }
}
