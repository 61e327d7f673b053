// Blocks that were refused, so that what follows them is refused at once.

internal import Primitives

/// Why a branch does not hold.
struct InvalidBranch: Sendable, Equatable {
  /// The last block of the branch that holds; zero where that is from before the end of proof of work.
  let latestValid: Hash256
  /// What is wrong with the block behind it.
  let problem: String
}

/// The last blocks that were refused.
struct RefusedBlocks {
  /// How many are remembered.
  static let limit = 1024

  private var reasons: [Hash256: InvalidBranch] = [:]
  private var order: [Hash256] = []

  /// Why a block was refused; nil where it was not, or is forgotten.
  subscript(hash: Hash256) -> InvalidBranch? { reasons[hash] }

  /// Remembers a block, and forgets the oldest where there are too many.
  mutating func note(_ hash: Hash256, _ reason: InvalidBranch) {
    if reasons.updateValue(reason, forKey: hash) == nil { order.append(hash) }
    if order.count >= 2 * Self.limit {
      for old in order.prefix(Self.limit) { reasons[old] = nil }
      order.removeFirst(Self.limit)
    }
  }
}
