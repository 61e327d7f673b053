// Sorting by keys that are nearly random numbers.

extension Array {
  /// The elements in rising order, where `prefix` is the upper 64 bits of what `isLess` compares.
  ///
  /// A radix sort of the prefixes' upper halves puts elements with random keys, such as addresses and
  /// hashed slots, in order in a few linear passes; where these are equal, `isLess` decides.
  @inlinable
  public func sorted(
    byPrefix prefix: (Element) -> UInt64, _ isLess: (Element, Element) -> Bool
  ) -> [Element] {
    // Below this, counting the digits costs more than comparing.
    if count < 128 || count > Int(UInt32.max) { return sorted(by: isLess) }
    var keys = PrefixKeys(self.map(prefix))
    keys.sort()
    var result: [Element] = []
    result.reserveCapacity(count)
    var start = 0
    while start < count {
      var end = start + 1
      while end < count && keys.upperHalf(end) == keys.upperHalf(start) { end += 1 }
      if end == start + 1 {
        result.append(self[keys.index(start)])
      } else {
        result += (start..<end).map { self[keys.index($0)] }.sorted(by: isLess)
      }
      start = end
    }
    return result
  }
}

/// The upper halves of prefixes, each with the index where it came from.
@usableFromInline
struct PrefixKeys {
  private var keys: [UInt64]

  @usableFromInline
  init(_ prefixes: [UInt64]) {
    keys = prefixes.enumerated().map { index, prefix in
      prefix & 0xffff_ffff_0000_0000 | UInt64(index)
    }
  }

  @usableFromInline
  func upperHalf(_ position: Int) -> UInt64 { keys[position] &>> 32 }
  @usableFromInline
  func index(_ position: Int) -> Int { Int(keys[position] & 0xffff_ffff) }

  /// Three passes over eleven bits each, the lowest first; each pass keeps the order of the last.
  @usableFromInline
  mutating func sort() {
    var other = [UInt64](repeating: 0, count: keys.count)
    for shift: UInt64 in [31, 42, 53] {
      pass(shift, into: &other)
      swap(&keys, &other)
    }
  }

  private func pass(_ shift: UInt64, into target: inout [UInt64]) {
    var starts = [Int](repeating: 0, count: 2048)
    for key in keys { starts[Int(key &>> shift & 2047)] += 1 }
    var sum = 0
    for digit in starts.indices { (starts[digit], sum) = (sum, sum + starts[digit]) }
    for key in keys {
      let digit = Int(key &>> shift & 2047)
      target[starts[digit]] = key
      starts[digit] += 1
    }
  }
}
