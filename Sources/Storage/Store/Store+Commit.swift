// The committing side: a block's record makes it durable.

internal import Ledger
internal import Primitives
internal import Synchronization

extension Store {
  /// Writes a block's record behind the last; the block is durable when this returns. On a branch it belongs
  /// to the chain only when `adoptBranch` has returned.
  ///
  /// Waits while the database is more than twice the allowed amount behind. When there is no room on the
  /// disk the store is what it was, and the call may be repeated once there is.
  public func commit(_ block: CommittedBlock) throws(StoreError) {
    try checkUsable()
    let isAside = isOnBranch
    if !isAside { waitForDatabase() }
    let head = tip
    guard block.header.number == head.block.number + 1, block.header.parentHash == head.block.hash
    else {
      throw .notNext(expected: head.block.number + 1, found: block.header.number)
    }
    guard let done = advanced.withLock({ $0.first }), done.block.number == block.header.number,
      done.block.hash == .zero || done.block.hash == block.hash
    else {
      throw .notNext(expected: head.block.number + 1, found: block.header.number)
    }
    let record: RecordPlace
    do throws(StoreError) {
      record = try log.append(block, isAside ? .aside : .block, parent: head.place)
    } catch {
      // After a failed sync nobody knows what is on disk.
      if case .noSpace = error {} else { failure.withLock { if $0 == nil { $0 = error } } }
      throw error
    }
    let recent = RecentBlock(
      record: record, standing: Standing(step: done.step, resume: record.end),
      changeCount: block.changes.accountCount + block.changes.slotCount, codes: done.codes)
    if isAside {
      branch.withLock { $0?.recents.append(recent) }
    } else {
      tail.with { $0.append(recent) }
    }
    advanced.withLock { _ = $0.removeFirst() }
  }

  /// Waits while a flush is under way and the lag is too large. The lag can grow a little without one:
  /// only `root` can begin a flush, and it must not wait for a commit that waits for it.
  private func waitForDatabase() {
    let (changes, bytes) = (2 * options.changesPerFlush, 2 * options.flushByteCount)
    tail.wait { !$0.flush.isRunning || ($0.changeCount < changes && $0.byteCount < bytes) }
  }

  /// Lets the database follow to the head, syncs everything and gives the folder free. Blocks that were
  /// advanced to and not committed are forgotten.
  public func close() throws(StoreError) {
    try checkUsable()
    if isOnBranch { try leaveBranch() } else { try forgetAdvanced() }
    try flush()
    pruner.stop()
    stopPreloading()
    try decisive { () throws(StoreError) in try log.close() }
    failure.withLock { $0 = .failedBefore("it was closed") }
  }

  /// Lets the database follow to the last block whose root was computed, if it is committed. Neither
  /// `root` nor `commit` may run meanwhile, and no branch may have been begun: until that is the chain, the
  /// database stays where it is.
  public func flush() throws(StoreError) {
    precondition(!isOnBranch)
    waitForFlush()
    try noteFlush()
    try beginFlush(run: Self.inTurn)
    waitForFlush()
    try noteFlush()
  }
}

extension SegmentLog {
  /// Appends the record of a block, of the chain or aside.
  func append(
    _ block: CommittedBlock, _ kind: RecordHeader.Kind, parent: Place
  ) throws(StoreError) -> RecordPlace {
    let header = RecordHeader(
      kind: kind, followsSynced: true, block: block.identity,
      parentHash: block.header.parentHash, parent: parent)
    return try append(header) { section, buffer in
      BlockSections.write(section, of: block, to: &buffer)
    }
  }

  /// Appends the record that makes another block the head, which is on disk when this returns.
  func appendHead(_ target: RecordPlace) throws(StoreError) {
    _ = try append(
      RecordHeader(
        kind: .head, followsSynced: true, block: target.block, parentHash: .zero,
        parent: target.place)
    ) { _, _ in }
    try syncAppended()
  }
}
