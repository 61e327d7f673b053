// Words for property tests: random ones and those where carries and signs turn.

import Primitives

/// A reproducible generator (SplitMix64).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A limb that is often at an edge.
  mutating func limb() -> UInt64 {
    let edges: [UInt64] = [0, 0, 1, 2, .max, .max - 1, 1 << 63, 1 << 63 - 1, 1 << 63 + 1, 1 << 32]
    switch next() % 4 {
    case 0, 1: return edges[Int(next() % UInt64(edges.count))]
    case 2: return next() >> (next() % 64)
    default: return next()
    }
  }

  /// A word of random length made of such limbs.
  mutating func word() -> UInt256 {
    let count = next() % 5
    return UInt256(
      l0: count > 0 ? limb() : limb() & 0xff, l1: count > 1 ? limb() : 0,
      l2: count > 2 ? limb() : 0, l3: count > 3 ? limb() : 0)
  }
}

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
  var source = SplitMix(seed: seed)
  for _ in 0..<count { body(source.word(), source.word()) }
}
