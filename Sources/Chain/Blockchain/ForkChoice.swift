// Which of competing branches is the chain.

internal import Ledger
internal import Primitives

/// Which of competing branches is the chain.
///
/// Before Paris it is the one with the most total difficulty, the first seen of two alike, and a block since
/// Paris counts more than any before. Among blocks since Paris nothing in them decides (EIP-3675).
public enum ForkChoice: Sendable {
  /// Since Paris, the block that came last is the head: who hands blocks over decides.
  case lastBlock
  /// Since Paris, the longest branch is the chain, the first seen of two alike: what comes once more
  /// changes nothing.
  case longest

  /// What counts of the end of a branch.
  struct Candidate {
    let number: UInt64
    let totalDifficulty: UInt256
    /// Whether it needs no proof of work, since Paris.
    let isAfterProofOfWork: Bool

    init(_ header: Header, totalDifficulty: UInt256, rules: ChainRules) {
      number = header.number
      self.totalDifficulty = totalDifficulty
      // A block since Paris adds nothing to the total difficulty.
      let parentTotal = totalDifficulty.subtractingReportingOverflow(header.difficulty).partialValue
      isAfterProofOfWork =
        rules.fork(
          block: header.number, timestamp: header.timestamp, parentTotalDifficulty: parentTotal)
        >= .paris
    }
  }

  /// Whether `block`, which comes last, becomes the head in the place of `head`.
  func prefers(_ block: Candidate, to head: Candidate) -> Bool {
    switch (block.isAfterProofOfWork, head.isAfterProofOfWork) {
    case (true, false): true
    case (true, true): self == .lastBlock || block.number > head.number
    case (false, true): false
    case (false, false): block.totalDifficulty > head.totalDifficulty
    }
  }
}
