// The executing side: the state in memory moves from block to block.

internal import Ledger
internal import Primitives
public import State
internal import Synchronization

extension Store {
  /// Moves the state on to a block whose parent it stands at, and tells what changed: `commit` wants it.
  ///
  /// Nobody may read `state` meanwhile. When it throws, the state is where it was. Who makes the block
  /// knows its hash only when its root is there: let the hash be zero and tell it by `name`.
  public func advance(
    to block: BlockIdentity, by diff: StateDiff
  ) throws(StoreError) -> StateChanges {
    try checkUsable()
    guard block.number == position.number + 1 else {
      throw .notNext(expected: position.number + 1, found: block.number)
    }
    beginPreloading()
    let changes = try state.advance(to: block, by: diff, keepsSlotKeys: meta.keepsSlotKeys)
    let advancedBlock = AdvancedBlock(
      block: block, step: state.step, changes: changes, codes: diff.codes)
    advanced.withLock { $0.append(advancedBlock) }
    position = block
    return changes
  }

  /// Brings the leaves of the state into memory beside what goes on, where they fit: whoever executes a
  /// block will execute more.
  private func beginPreloading() {
    guard preloadThread == nil else { return }
    let pages = pages
    // What cannot be read there is told when it is needed.
    preloadThread = BackgroundThread { try? pages.preload() }
  }

  func stopPreloading() {
    pages.isStopped.store(true, ordering: .relaxed)
    preloadThread?.join()
    preloadThread = nil
  }

  /// Goes back to the state, the tries and the head of block `number`, which stays. What was committed
  /// of later blocks is undone for good.
  ///
  /// Nothing else may run meanwhile but reading of what is stored, and no branch may have been begun. Blocks
  /// that were only advanced to are undone without a trace.
  public func retreat(to number: UInt64) throws(StoreError) {
    precondition(!isOnBranch)
    try checkUsable()
    waitForFlush()
    try noteFlush()
    guard number <= position.number else {
      throw .notNext(expected: position.number, found: number)
    }
    guard let target = number >= head.number ? tail.with({ $0.head }) : try recordPlace(number)
    else {
      throw .beyondHistory(block: number, oldest: genesis.number)
    }
    // What is undone here, or after a crash, stays until the database has followed.
    let pin = try pinUndone(to: number)
    defer { withExtendedLifetime(pin) {} }
    try decisive { () throws(StoreError) in
      try undoAdvanced(to: number)
      if number < head.number {
        let undone = try records(behind: number)
        // From here on a crash keeps it.
        try log.appendHead(target)
        _ = try undo(undone)
        let standing = Standing(step: state.step, resume: log.end)
        tail.with { $0.rewind(to: target, standing: standing) }
        position = target.block
        try checkRoot(of: target)
      }
      try rememberBlockHashes()
    }
    try followBackwards(to: number)
  }

  /// Undoes, without a trace, what was advanced to and not committed. Nothing else may run meanwhile.
  public func forgetAdvanced() throws(StoreError) {
    try checkUsable()
    try decisive { () throws(StoreError) in
      try undoAdvanced(to: tip.block.number)
      try rememberBlockHashes()
    }
  }

  /// Keeps the changes of the chain's blocks behind `number`.
  func pinUndone(to number: UInt64) throws(StoreError) -> HistoryPin? {
    guard number < head.number, let record = try recordPlace(number + 1) else { return nil }
    return try pinHistory(from: record, for: number)
  }

  /// Takes the database to the head if it stands behind block `number`, which the chain went back to: views
  /// count on it that the database stands at a block of the chain.
  func followBackwards(to number: UInt64) throws(StoreError) {
    if databaseBlock.number > number { try flush() }
  }

  /// Undoes what was advanced to and never committed.
  func undoAdvanced(to number: UInt64) throws(StoreError) {
    while let last = advanced.withLock({ $0.last }), last.block.number > number {
      if last.block.number == rootNumber { try undoMoves() }
      try undo(last.changes, of: last.block.number)
      advanced.withLock { _ = $0.removeLast() }
    }
    position = advanced.withLock { $0.last?.block } ?? tip.block
    if position.number == rootNumber { try undoMoves() }
    state.names.forget(after: number)
    if !isOnBranch, advanced.withLock({ $0.isEmpty }) {
      tail.with { $0.headStanding.step = state.step }
    }
  }

  /// Where the records of the chain's blocks behind `number` stand, the newest first.
  func records(behind number: UInt64) throws(StoreError) -> [RecordPlace] {
    var records: [RecordPlace] = []
    var block = head.number
    while block > number {
      guard let record = try recordPlace(block) else {
        throw .beyondHistory(block: block, oldest: block + 1)
      }
      records.append(record)
      block -= 1
    }
    return records
  }

  /// Undoes blocks, the newest first; how many accounts and slots they changed.
  func undo(_ records: [RecordPlace]) throws(StoreError) -> Int {
    var count = 0
    for record in records {
      let changes = StateChanges(try folder.section(.changes, of: record))
      try undo(changes, of: record.block.number)
      count += changes.accountCount + changes.slotCount
    }
    return count
  }

  private func undo(_ changes: StateChanges, of number: UInt64) throws(StoreError) {
    try state.replace(by: changes, undoing: true)
    if rootNumber == number {
      _ = try apply(try changes.inverse(), run: Self.inTurn)
      rootNumber = number - 1
    }
  }

  /// Throws unless the tries have the root that the header of a block states.
  func checkRoot(of record: RecordPlace) throws(StoreError) {
    let header = try header(at: record)
    guard tries.root == header.stateRoot else {
      throw folder.damage(
        record,
        "its state root is \(header.stateRoot), undoing other blocks leads to \(tries.root)")
    }
  }

  /// Tells the state the hashes of the last 256 blocks.
  func rememberBlockHashes() throws(StoreError) {
    var number = tip.block.number
    for _ in 0..<256 {
      guard let record = try tipRecord(number) else { break }
      state.setBlockHash(record.block)
      if number == 0 { break }
      number -= 1
    }
    // Last, since they take the places of the oldest.
    for block in advanced.withLock({ $0.map(\.block) }) { state.setBlockHash(block) }
  }
}
