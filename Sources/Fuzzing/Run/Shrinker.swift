// Making a failing input small.

/// Looks for a smaller input that fails as well.
enum Shrinker {
  /// How many inputs are tried at most.
  static let attempts = 4_000

  /// The smallest input found for which `fails` holds, as it does for `bytes`: pieces are taken out,
  /// large ones first, and what cannot go becomes zero where it can.
  static func smallest(_ bytes: [UInt8], fails: ([UInt8]) -> Bool) -> [UInt8] {
    var best = bytes
    var left = attempts
    func tries(_ candidate: [UInt8]) -> Bool {
      guard left > 0 else { return false }
      left -= 1
      guard fails(candidate) else { return false }
      best = candidate
      return true
    }
    var size = max(1, best.count / 2)
    while left > 0 {
      var start = 0
      var hasShrunk = false
      while start < best.count, left > 0 {
        let end = min(best.count, start + size)
        if tries(Array(best[..<start] + best[end...])) { hasShrunk = true } else { start = end }
      }
      if size == 1, !hasShrunk { break }
      size = max(1, size / 2)
    }
    for place in best.indices where best[place] != 0 {
      var candidate = best
      candidate[place] = 0
      _ = tries(candidate)
    }
    return best
  }
}
