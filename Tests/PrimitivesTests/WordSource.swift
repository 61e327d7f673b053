// Words for property tests: random ones and those where carries and signs turn.

import Primitives
import Samples

/// The words every pair of which is tried.
let edgeWords: [UInt256] = {
  var words: [UInt256] = [.zero, .one, UInt256(2), UInt256(255), UInt256(256), UInt256(257), .max]
  for bits in [31, 32, 63, 64, 65, 127, 128, 129, 191, 192, 193, 254, 255] {
    let power = UInt256.one &<< bits
    words += [power, power &- .one, power &+ .one, power.negated]
  }
  return words
}()

/// Calls `body` with every pair of edge words and many random pairs.
func forEachPair(seed: UInt64, count: Int = 20_000, _ body: (UInt256, UInt256) -> Void) {
  for a in edgeWords {
    for b in edgeWords { body(a, b) }
  }
  var source = SeededGenerator(seed: seed)
  for _ in 0..<count { body(source.word(), source.word()) }
}
