// Who goes on while a block is executed.

internal import Samples

/// An interleaving: how many workers there are, and the number that all decisions follow from.
public struct Schedule: Sendable, Hashable {
  /// How many workers.
  public var workers: Int
  /// From which the decisions come.
  public var seed: UInt64

  /// More workers than anybody explores.
  static let workerLimit = 64

  /// The decisions.
  var decisions: SeededGenerator { SeededGenerator(seed: seed) }

  /// An interleaving.
  public init(workers: Int, seed: UInt64) {
    self.workers = workers
    self.seed = seed
  }

  /// Any interleaving, of 2, 3 or 4 workers unless it is said.
  init(_ generator: inout SeededGenerator, workers: Int?) {
    self.init(workers: workers ?? generator.within(2...4), seed: generator.next())
  }
}
