// The random numbers of one round.

internal import Samples

extension SeededGenerator {
  /// The generator of one round of a target.
  init(seed: UInt64, target: String, round: UInt64) {
    self.init(seed: seed)
    for byte in target.utf8 { self = SeededGenerator(seed: next() ^ UInt64(byte)) }
    self = SeededGenerator(seed: next() ^ round)
    self = SeededGenerator(seed: next())
  }
}
