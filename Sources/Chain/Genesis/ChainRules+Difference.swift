// Whether blocks that are there would have been the same by other rules.

internal import Ledger
internal import Primitives

extension ChainRules {
  /// What these rules, by which a chain was made until `head`, say of its blocks and `others` do not, in words; nil
  /// where both say the same. What begins behind the head may differ. `time` is that of the chain's blocks, from
  /// `first` on.
  func difference(
    from others: ChainRules, from first: Header, upTo head: Header, totalDifficulty: UInt256,
    time: (UInt64) -> UInt64?
  ) -> String? {
    if chainID != others.chainID { return "its chain id is \(chainID), not \(others.chainID)" }
    for number in blocks.union(others.blocks).union([first.number]).sorted()
    where (first.number...head.number).contains(number) {
      let time = time(number) ?? first.timestamp
      let (mine, theirs) = (forkButParis(number, time), others.forkButParis(number, time))
      if mine != theirs { return "block \(number) has the rules of \(mine), not of \(theirs)" }
    }
    for begin in times.union(others.times).sorted() where begin <= head.timestamp {
      let time = max(begin, first.timestamp)
      let (mine, theirs) = (
        forkButParis(head.number, time), others.forkButParis(head.number, time)
      )
      if mine != theirs { return "from time \(time) on it has \(mine), not \(theirs)" }
      let blobs = blobParameters(block: head.number, timestamp: time)
      if blobs != others.blobParameters(block: head.number, timestamp: time) {
        return "from time \(time) on it has other parameters of blobs"
      }
    }
    return differenceOfConstants(from: others, upTo: head, totalDifficulty: totalDifficulty)
  }

  private func differenceOfConstants(
    from others: ChainRules, upTo head: Header, totalDifficulty: UInt256
  ) -> String? {
    if daoFork != others.daoFork,
      [daoFork, others.daoFork].contains(where: { $0.map { $0.block <= head.number } ?? false })
    {
      return "it takes another side at the fork of the DAO"
    }
    if let mine = terminalTotalDifficulty, let theirs = others.terminalTotalDifficulty,
      mine != theirs, min(mine, theirs) <= totalDifficulty
    {
      return "its proof of work ends with the total difficulty \(mine), not \(theirs)"
    }
    if depositContract != others.depositContract,
      fork(block: head.number, timestamp: head.timestamp) >= .prague
    {
      return "its deposit contract is \(depositContract), not \(others.depositContract)"
    }
    return nil
  }

  /// The rules of a block but for the end of the proof of work, which one may state as a block and another as a
  /// total difficulty.
  private func forkButParis(_ number: UInt64, _ time: UInt64) -> Fork {
    var rules = self
    rules.activations[.paris] = nil
    return rules.fork(block: number, timestamp: time)
  }

  /// The blocks with which forks begin.
  private var blocks: Set<UInt64> {
    Set(activations.values.compactMap { if case .block(let number) = $0 { number } else { nil } })
  }

  /// The times at which forks begin, or parameters of blobs change.
  private var times: Set<UInt64> {
    Set(activations.values.compactMap { if case .timestamp(let time) = $0 { time } else { nil } })
      .union(blobSchedule.keys)
  }
}
