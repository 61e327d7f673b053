// Another head, and the state that goes there.

internal import Chain
internal import Ledger
internal import Primitives
internal import Storage

extension ConsensusChain {
  /// What a new head changed about the chain.
  struct HeadChange {
    /// The blocks that are in the chain now, and those that were, by rising number.
    var added: [KeptBlock] = []
    var dropped: [KeptBlock] = []
    /// What was told of the blocks that are in the chain for the first time.
    var reports: [Pipeline.Report] = []
  }

  /// Makes a known block the head, which is durable when this returns. Nil where the chain would go further back than
  /// branches are remembered, or the state there is gone. Where it is nil or throws, the head is what it was. When all
  /// have heard of the change, `tidy` is to be called.
  func setHead(_ hash: Hash256) throws(PipelineError) -> HeadChange? {
    try inTurn { () throws(PipelineError) in
      if hash == store.head.hash { return HeadChange() }
      guard let common = try lastCommonBlock(with: hash), !isTooDeep(common),
        try moveState(to: hash)
      else { return nil }
      var change = HeadChange()
      var next = hash
      while let side = aside[next] {
        change.added.append(side.block)
        if let report = side.report { change.reports.append(report) }
        next = side.header.parentHash
      }
      change.added.reverse()
      change.reports.reverse()
      change.dropped = try Self.reading { () throws(StoreError) in try chain(behind: common) }
      var left: [Aside] = []
      // Those next to the chain: without them the others are of no use.
      for block in change.dropped.prefix(Self.countLimit) {
        let header = try Self.reading { () throws(StoreError) in try store.header(of: block).header
        }
        left.append(Aside(header: header, block: block))
      }
      try keep(leaving: left)
      let haveGone = change.dropped.first.map { willGoBack($0.block.number - 1) }
      // Where there is no room for it, nothing has gone.
      try Self.reading { () throws(StoreError) in try store.adoptBranch() }
      haveGone?()
      for block in change.added { aside[block.block.hash] = nil }
      for block in left { aside[block.block.block.hash] = block }
      return change
    }
  }

  /// Does what a new head leaves to do: lets the database follow to it, and forgets what lies far behind.
  func tidy() throws(PipelineError) {
    try inTurn { () throws(PipelineError) in
      try Self.reading { () throws(StoreError) in try store.followIfDue() }
      try forgetOld()
      shortenJournal()
    }
  }

  /// The number of the last block of the chain that leads to a known block.
  private func lastCommonBlock(with hash: Hash256) throws(PipelineError) -> UInt64? {
    var next = hash
    while let side = aside[next] { next = side.header.parentHash }
    let last = next
    return try Self.reading { () throws(StoreError) in try store.number(ofBlock: last) }
  }

  /// Whether the chain would leave more blocks than are remembered if it went back to block `number`.
  private func isTooDeep(_ number: UInt64) -> Bool {
    number < store.head.number && store.head.number - number > depth
  }

  /// The blocks of the chain behind block `number`.
  private func chain(behind number: UInt64) throws(StoreError) -> [KeptBlock] {
    let head = store.head.number
    var blocks: [KeptBlock] = []
    guard number < head else { return blocks }
    for number in number + 1...head {
      guard let block = try store.keptBlock(number) else { break }
      blocks.append(block)
    }
    return blocks
  }

  /// Brings the state to a known block, on a branch where it is not the head's; false where that cannot be.
  func moveState(to hash: Hash256) throws(PipelineError) -> Bool {
    if store.tipBlock.hash == hash { return true }
    try pipeline.end()
    let reached = store.isOnBranch ? store.tipBlock.hash : nil
    var path: [Aside] = []
    var next = hash
    while next != reached, let side = aside[next] {
      path.append(side)
      next = side.header.parentHash
    }
    path.reverse()
    let (start, steps) = (next, path)
    do throws(StoreError) {
      if start != reached {
        if store.isOnBranch { try store.leaveBranch() }
        guard let number = try store.number(ofBlock: start) else { return false }
        try store.beginBranch(at: number)
      }
      for side in steps where try !store.takeUp(side.block) {
        aside[side.header.hash] = nil
        return false
      }
      return true
    } catch {
      switch error {
      case .pruned, .beyondHistory, .noSuchBlocks: return false
      default: throw .store(error)
      }
    }
  }
}
