// Going over to another branch.

public import Ledger
public import Primitives
internal import State
internal import Synchronization

/// Blocks beside the chain, which may become it.
struct Branch {
  /// The last block that the branch has in common with the chain.
  let ancestor: RecordPlace
  /// The step of the cache that led back to it.
  let step: UInt64
  /// Holds what leads back to the chain's head.
  let pin: HistoryPin?
  /// The blocks of the branch, by rising number.
  var recents: [RecentBlock] = []

  /// The end of the branch.
  var head: RecordPlace { recents.last?.record ?? ancestor }
}

/// A block near the end of what is executed.
public struct LastBlock: Sendable {
  /// The header.
  public let header: Header
  /// The header's hash.
  public let hash: Hash256
  /// The headers of stale siblings of ancestors.
  public let ommers: [Header]
}

// The chain is what it was until a single record makes the branch the chain, so that a crash leaves the one
// or the other. Until then the database stays where it is: all that changes is in memory.
extension Store {
  /// Takes the state back to block `number`, from where another branch is gone along: `advance`, `root` and
  /// `commit` are about that branch from here on, and so is `state`. For all who read, the chain is what it
  /// was, also after a crash, until `adoptBranch`. What was advanced to and not committed is undone.
  ///
  /// Nothing else may run meanwhile but reading of what is stored.
  public func beginBranch(at number: UInt64) throws(StoreError) {
    precondition(branch == nil)
    try checkUsable()
    waitForFlush()
    try noteFlush()
    guard number <= head.number, let ancestor = try recordPlace(number) else {
      throw .noSuchBlocks(first: number, last: number, oldest: oldestBlock, head: head.number)
    }
    let pin = try pinUndone(to: number)
    let undone = try changes(behind: number)
    try decisive { () throws(StoreError) in
      try undoAdvanced(to: head.number)
      try undo(undone, from: head.number)
      state.names.forget(after: number)
      position = ancestor.block
      branch = Branch(ancestor: ancestor, step: state.step, pin: pin)
      try checkRoot(of: ancestor)
      try rememberBlockHashes()
    }
  }

  /// Makes the branch the chain, which is durable when this returns. What was advanced to and not committed
  /// is undone. Where there is no room on the disk, nothing has happened, and it may be tried again.
  ///
  /// Nothing else may run meanwhile but reading of what is stored.
  public func adoptBranch() throws(StoreError) {
    guard let branch else { preconditionFailure("no branch was begun") }
    try forgetAdvanced()
    let resume = log.end
    do throws(StoreError) {
      try log.appendHead(branch.head)
    } catch {
      if case .noSpace = error {} else { failure.withLock { if $0 == nil { $0 = error } } }
      throw error
    }
    let end = Standing(step: state.step, resume: log.end)
    tail.with { tail in
      tail.isSwitching = true
      tail.rewind(to: branch.ancestor, standing: Standing(step: branch.step, resume: resume))
      for block in branch.recents { tail.append(block) }
      tail.stand(at: end)
    }
    self.branch = nil
    defer { tail.with { $0.isSwitching = false } }
    try followBackwards(to: branch.ancestor.block.number)
  }

  /// Goes back from the branch to the head of the chain. The branch's blocks are forgotten.
  ///
  /// Nothing else may run meanwhile but reading of what is stored.
  public func leaveBranch() throws(StoreError) {
    guard let branch else { preconditionFailure("no branch was begun") }
    try forgetAdvanced()
    let wanted = try changes(behind: branch.ancestor.block.number)
    try decisive { () throws(StoreError) in
      var left: [StateChanges] = []
      for block in branch.recents.reversed() {
        left.append(StateChanges(try folder.section(.changes, of: block.record)))
      }
      try undo(left, from: branch.head.block.number)
      for changes in wanted.reversed() {
        try state.replace(by: changes, undoing: false)
        _ = try apply(try changes.diff(), run: Self.inTurn)
        rootNumber += 1
      }
      self.branch = nil
      state.names.forget(after: branch.ancestor.block.number)
      position = head
      tail.with { $0.headStanding.step = state.step }
      try checkRoot(of: tip)
      try rememberBlockHashes()
    }
  }

  /// Whether a branch was begun that is neither adopted nor left.
  public var isOnBranch: Bool { branch != nil }

  /// The block that the next to be committed follows: the end of the branch that is gone along, or of the
  /// chain.
  public var tipBlock: BlockIdentity { tip.block }

  var tip: RecordPlace { branch?.head ?? tail.with { $0.head } }

  /// The last blocks up to `tipBlock`, so many or as many as there are, the newest first.
  public func lastBlocks(_ count: Int) throws(StoreError) -> [LastBlock] {
    var blocks: [LastBlock] = []
    var number = tip.block.number
    while blocks.count < count, let record = try tipRecord(number) {
      guard let ommers = try folder.section(.ommers, of: record).withBytes(BlockSections.headers)
      else { throw folder.damage(record, "its ommers are not in their form") }
      blocks.append(
        LastBlock(header: try header(at: record), hash: record.block.hash, ommers: ommers))
      if number == genesis.number { break }
      number -= 1
    }
    return blocks
  }

  /// Where the record of block `number` stands, of those up to `tip`.
  func tipRecord(_ number: UInt64) throws(StoreError) -> RecordPlace? {
    guard let branch, number > branch.ancestor.block.number else { return try recordPlace(number) }
    let index = number - branch.ancestor.block.number - 1
    return index < UInt64(branch.recents.count) ? branch.recents[Int(index)].record : nil
  }
}
