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
  /// Nothing else may run meanwhile but reading of what is stored. Blocks that were only advanced to are
  /// undone without a trace.
  public func retreat(to number: UInt64) throws(StoreError) {
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
      if number < head.number { try undoCommitted(to: target) }
      try rememberBlockHashes()
    }
    // Views count on it that the database stands at a block of the chain.
    if databaseBlock.number > number { try flush() }
  }

  private func pinUndone(to number: UInt64) throws(StoreError) -> HistoryPin? {
    guard number < head.number, let record = try recordPlace(number + 1) else { return nil }
    return try pinHistory(from: record, for: number)
  }

  /// Undoes what was advanced to and never committed.
  private func undoAdvanced(to number: UInt64) throws(StoreError) {
    while let last = advanced.withLock({ $0.last }), last.block.number > number {
      if last.block.number == rootNumber { try undoMoves() }
      try undo(last.changes, of: last.block.number)
      advanced.withLock { _ = $0.removeLast() }
    }
    position = advanced.withLock { $0.last?.block } ?? head
    if position.number == rootNumber { try undoMoves() }
    state.names.forget(after: number)
    if advanced.withLock({ $0.isEmpty }) { tail.with { $0.headStanding.step = state.step } }
  }

  private func undoCommitted(to target: RecordPlace) throws(StoreError) {
    var undone: [StateChanges] = []
    var number = head.number
    while number > target.block.number {
      guard let record = try recordPlace(number) else {
        throw .beyondHistory(block: number, oldest: number + 1)
      }
      undone.append(StateChanges(try folder.section(.changes, of: record)))
      number -= 1
    }
    // From here on a crash keeps it.
    try log.appendRewind(to: target)
    number = head.number
    for changes in undone {
      try undo(changes, of: number)
      number -= 1
    }
    let standing = Standing(step: state.step, resume: log.end)
    tail.with { $0.rewind(to: target, standing: standing) }
    position = target.block
    let header = try header(at: target)
    guard tries.root == header.stateRoot else {
      throw folder.damage(target, "undoing later blocks leads to the state root \(tries.root)")
    }
  }

  private func undo(_ changes: StateChanges, of number: UInt64) throws(StoreError) {
    try state.replace(by: changes, undoing: true)
    if rootNumber == number {
      _ = try apply(try changes.inverse(), run: Self.inTurn)
      rootNumber = number - 1
    }
  }

  /// Tells the state the hashes of the last 256 blocks.
  func rememberBlockHashes() throws(StoreError) {
    var number = position.number
    for block in advanced.withLock({ $0.map(\.block) }) { state.setBlockHash(block) }
    number = head.number
    for _ in 0..<256 {
      guard let record = try recordPlace(number) else { return }
      state.setBlockHash(record.block)
      if number == 0 { return }
      number -= 1
    }
  }
}
