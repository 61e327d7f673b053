// Making a failing input small.

/// Looks for a smaller input that fails as well.
enum Shrinker {
  /// How many inputs are tried at most.
  static let attempts = 4_000

  /// The smallest input found for which `fails` holds, as it does for `bytes`: pieces are taken out,
  /// large ones first, and what cannot go becomes zero where it can.
  static func smallest(_ bytes: [UInt8], fails: ([UInt8]) -> Bool) -> [UInt8] {
    var left = attempts
    var best = fewest(bytes, attempts: &left, fails: fails)
    for place in best.indices where best[place] != 0 && left > 0 {
      var candidate = best
      candidate[place] = 0
      left -= 1
      if fails(candidate) { best = candidate }
    }
    return best
  }

  /// As few of `elements` as were found for which `fails` holds, as it does for all: pieces are taken
  /// out, large ones first. Every try takes one of `attempts`.
  static func fewest<Element>(
    _ elements: [Element], attempts: inout Int, fails: ([Element]) -> Bool
  ) -> [Element] {
    var best = elements
    var size = max(1, best.count / 2)
    while attempts > 0 {
      var start = 0
      var hasShrunk = false
      while start < best.count, attempts > 0 {
        let end = min(best.count, start + size)
        let candidate = Array(best[..<start] + best[end...])
        attempts -= 1
        if fails(candidate) {
          best = candidate
          hasShrunk = true
        } else {
          start = end
        }
      }
      if size == 1, !hasShrunk { break }
      size = max(1, size / 2)
    }
    return best
  }
}
