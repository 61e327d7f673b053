// The longest chain of a block, and how fast its dependencies let it be.

/// A chain of transactions of which each needs the one before.
public struct CriticalPath: Sendable, Hashable {
  /// Their indices, rising.
  public var transactions: [Int] = []
  /// The time they take together, in nanoseconds.
  public var nanoseconds: UInt64 = 0
  /// The gas they use together.
  public var gasUsed: UInt64 = 0

  /// The chain of a block without transactions.
  public init() {}

  init(transactions: [Int], nanoseconds: UInt64, gasUsed: UInt64) {
    self.transactions = transactions
    self.nanoseconds = nanoseconds
    self.gasUsed = gasUsed
  }
}

extension BlockProfile {
  /// The chain of dependencies that takes the most time; of several, the one that ends first.
  ///
  /// With `includingAvoided`, what commutativity and prediction take away counts as well.
  public func criticalPath(includingAvoided: Bool = false) -> CriticalPath {
    // For each transaction the time at which it could end, were there cores without number.
    var ends: [UInt64] = []
    var predecessors: [Int?] = []
    ends.reserveCapacity(transactions.count)
    for transaction in transactions {
      var writers = transaction.dependencies.map(\.writer)
      if includingAvoided { writers += transaction.avoided.map(\.writer) }
      let last = writers.min { (ends[$1], $0) < (ends[$0], $1) }
      predecessors.append(last)
      ends.append(transaction.nanoseconds + (last.map { ends[$0] } ?? 0))
    }
    guard let longest = ends.max(), let end = ends.firstIndex(of: longest) else {
      return CriticalPath()
    }
    let chain = Array(sequence(first: end) { predecessors[$0] }.reversed())
    return CriticalPath(
      transactions: chain, nanoseconds: longest,
      gasUsed: chain.reduce(0) { $0 + transactions[$1].gasUsed })
  }

  /// For each transaction the length of the longest chain of dependencies before it: 0 for one that
  /// needs no other.
  public var levels: [Int] {
    var levels: [Int] = []
    levels.reserveCapacity(transactions.count)
    for transaction in transactions {
      levels.append(transaction.dependencies.map { levels[$0.writer] + 1 }.max() ?? 0)
    }
    return levels
  }

  /// How many times as fast as in sequence the block could be at best, whatever the number of cores:
  /// 1 for an empty one.
  public func bestSpeedUp(includingAvoided: Bool = false) -> Double {
    let path = criticalPath(includingAvoided: includingAvoided).nanoseconds
    return path == 0 ? 1 : Double(nanoseconds) / Double(path)
  }
}
