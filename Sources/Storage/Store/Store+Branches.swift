// Going over to another branch.

public import Ledger
public import Primitives
internal import State
internal import Synchronization

/// Blocks beside the chain, which may become it.
struct Branch: Sendable {
  /// The last block that the branch has in common with the chain.
  let ancestor: RecordPlace
  /// The step of the cache that led back to it.
  let step: UInt64
  /// Hold what leads back to the chain's head, and along blocks that are taken up again.
  var pins: [HistoryPin]
  /// The blocks of the branch, by rising number.
  var recents: [RecentBlock] = []

  /// The end of the branch.
  var head: RecordPlace { recents.last?.record ?? ancestor }
}

/// A block that is or was in the chain, by its record.
public struct KeptBlock: Sendable, Hashable {
  let record: RecordPlace
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
    precondition(!isOnBranch)
    try checkUsable()
    waitForFlush()
    try noteFlush()
    guard number <= head.number, let ancestor = try recordPlace(number) else {
      throw .noSuchBlocks(first: number, last: number, oldest: oldestBlock, head: head.number)
    }
    let pin = try pinUndone(to: number)
    let undone = try records(behind: number)
    try decisive { () throws(StoreError) in
      try undoAdvanced(to: head.number)
      _ = try undo(undone)
      state.names.forget(after: number)
      position = ancestor.block
      let begun = Branch(
        ancestor: ancestor, step: state.step, pins: pin.map { [$0] } ?? [])
      branch.withLock { $0 = begun }
      try checkRoot(of: ancestor)
      try rememberBlockHashes()
    }
  }

  /// Block `number` of the chain, to be taken up again should the chain leave it; nil where there is none.
  public func keptBlock(_ number: UInt64) throws(StoreError) -> KeptBlock? {
    try recordPlace(number).map(KeptBlock.init)
  }

  /// Goes on along the branch to a block that was in the chain before: what it changed is made once more,
  /// and nothing is executed or written. False, and nothing has happened, where its changes were dropped since.
  ///
  /// Nothing else may run meanwhile but reading of what is stored.
  public func takeUp(_ block: KeptBlock) throws(StoreError) -> Bool {
    precondition(isOnBranch)
    try checkUsable()
    let record = block.record
    let pin = HistoryPin(pruner.pins, record.place.segment)
    let header = try folder.header(of: record)
    let tip = tip.block
    guard record.block.number == tip.number + 1, header.parentHash == tip.hash else {
      throw .notNext(expected: tip.number + 1, found: record.block.number)
    }
    if header.isPruned { return false }
    try decisive { () throws(StoreError) in
      let changes = StateChanges(try folder.section(.changes, of: record))
      try state.replace(by: changes, undoing: false)
      _ = try apply(try changes.diff(), run: Self.inTurn)
      rootNumber += 1
      position = record.block
      state.setBlockHash(record.block)
      let recent = RecentBlock(
        record: record, standing: Standing(step: state.step, resume: record.end),
        changeCount: changes.accountCount + changes.slotCount, codes: try changes.codes())
      branch.withLock { branch in
        branch?.recents.append(recent)
        branch?.pins.append(pin)
      }
    }
    return true
  }

  /// Makes the branch the chain, which is durable when this returns. What was advanced to and not committed
  /// is undone. Where it throws and `isOnBranch` still says so, as when there is no room on the disk, nothing
  /// has happened, and it may be tried again.
  ///
  /// Nothing else may run meanwhile but reading of what is stored.
  public func adoptBranch() throws(StoreError) {
    guard let adopted = branch.withLock({ $0 }) else { preconditionFailure("no branch was begun") }
    // What is undone stays until the database has followed.
    defer { withExtendedLifetime(adopted.pins) {} }
    try forgetAdvanced()
    let resume = log.end
    do throws(StoreError) {
      try log.appendHead(adopted.head)
    } catch {
      if case .noSpace = error {} else { failure.withLock { if $0 == nil { $0 = error } } }
      throw error
    }
    let end = Standing(step: state.step, resume: log.end)
    tail.with { tail in
      tail.isSwitching = true
      tail.rewind(to: adopted.ancestor, standing: Standing(step: adopted.step, resume: resume))
      for block in adopted.recents { tail.append(block) }
      tail.stand(at: end)
    }
    branch.withLock { $0 = nil }
    defer { tail.with { $0.isSwitching = false } }
    try followBackwards(to: adopted.ancestor.block.number)
  }

  /// Goes back from the branch to the head of the chain. The branch's blocks are forgotten.
  ///
  /// Nothing else may run meanwhile but reading of what is stored.
  public func leaveBranch() throws(StoreError) {
    guard let left = branch.withLock({ $0 }) else { preconditionFailure("no branch was begun") }
    try forgetAdvanced()
    let wanted = try records(behind: left.ancestor.block.number)
    try decisive { () throws(StoreError) in
      var count = try undo(left.recents.reversed().map(\.record))
      for record in wanted.reversed() {
        let changes = StateChanges(try folder.section(.changes, of: record))
        try state.replace(by: changes, undoing: false)
        _ = try apply(try changes.diff(), run: Self.inTurn)
        rootNumber += 1
        count += 2 * (changes.accountCount + changes.slotCount)
      }
      branch.withLock { $0 = nil }
      state.names.forget(after: left.ancestor.block.number)
      position = head
      let (step, changed) = (state.step, count)
      tail.with { tail in
        tail.headStanding.step = step
        tail.note(changes: changed)
      }
      try checkRoot(of: tip)
      try rememberBlockHashes()
    }
  }

  /// Whether a branch was begun that is neither adopted nor left.
  public var isOnBranch: Bool { branch.withLock { $0 != nil } }

  /// The block that the next to be committed follows: the end of the branch that is gone along, or of the
  /// chain.
  public var tipBlock: BlockIdentity { tip.block }

  var tip: RecordPlace { branch.withLock { $0?.head } ?? tail.with { $0.head } }

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
    if let branch = branch.withLock({ $0 }), number > branch.ancestor.block.number {
      let index = number - branch.ancestor.block.number - 1
      return index < UInt64(branch.recents.count) ? branch.recents[Int(index)].record : nil
    }
    return try recordPlace(number)
  }
}
