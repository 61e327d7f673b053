// The root side: the tries follow, and from time to time the database follows them.

public import Primitives
public import State
internal import Synchronization

extension Store {
  /// Makes the changes of the next block in the tries; the root of the state after it.
  ///
  /// From time to time it takes what the database lacks from the tries before that. For this it waits a
  /// moment for the commit of the block before.
  public func root(after diff: StateDiff, run: ConcurrentRun) throws(StoreError) -> Hash256 {
    try checkUsable()
    if moves.isEmpty { try followWithDatabase(run: run) }
    let root = try decisive { () throws(StoreError) in try apply(diff, run: run) }
    rootNumber += 1
    moves.removeAll()
    return root
  }

  /// Lets the database follow to the block that the tries stand at, if it is time.
  func followWithDatabase(run: ConcurrentRun) throws(StoreError) {
    try noteFlush()
    if !isOnBranch && isFlushDue { try beginFlush(run: run) }
  }

  /// One worker does all jobs.
  static func inTurn(_ jobs: Int, _ body: (_ job: Int, _ worker: Int) -> Void) {
    for job in 0..<jobs { body(job, 0) }
  }

  func apply(_ diff: StateDiff, run: ConcurrentRun) throws(StoreError) -> Hash256 {
    do throws(StateReadError) {
      return try tries.apply(diff, run: run)
    } catch {
      throw .state(error)
    }
  }

  // MARK: - Flushing

  /// How long `root` waits for the commit of the block before, in milliseconds, once for a flush.
  private static var patience: Int { 200 }

  private var isFlushDue: Bool {
    tail.with { tail in
      !tail.flush.isRunning
        && (tail.changeCount >= options.changesPerFlush
          || tail.byteCount >= options.flushByteCount
          || tail.recents.count >= options.flushBlockCount)
    }
  }

  /// Lets the tries know when a flush has ended, and fails when it failed.
  func noteFlush() throws(StoreError) {
    let state = tail.with { tail in
      defer { if case .done = tail.flush { tail.flush = .idle } }
      return tail.flush
    }
    switch state {
    case .idle, .running: return
    case .done:
      joinFlush()
      tries.changesAreStored()
      try beginPruning()
    case .failed(let error):
      joinFlush()
      failure.withLock { if $0 == nil { $0 = error } }
      throw error
    }
  }

  /// Takes what changed and starts the thread that writes it, unless the block that the tries stand at
  /// is not committed in time.
  func beginFlush(run: ConcurrentRun) throws(StoreError) {
    let number = rootNumber
    guard tail.wait(milliseconds: Self.patience, until: { $0.head.block.number >= number }) else {
      return
    }
    guard let (block, standing, blocks) = tail.with({ $0.flushTarget(number) }) else { return }
    let job = FlushJob(
      position: DatabasePosition(block: block, resume: standing.resume),
      changes: tries.takeChanges(run: run), blocks: blocks, meta: meta, folder: folder,
      history: history)
    tail.with { $0.flush = .running }
    let (pages, tail, state, options) = (pages, tail, state, options)
    let file = StoreFormat.flushFile(path)
    flushThread = BackgroundThread {
      do throws(StoreError) {
        if !options.isSynced { try job.syncSegments() }
        try job.run(on: pages.database, file: file)
        pages.follow(job.changes)
        state.covered.store(standing.step, ordering: .releasing)
        tail.with { tail in
          tail.follow(to: block)
          tail.flush = .done
        }
      } catch {
        tail.with { $0.flush = .failed(error) }
      }
    }
  }

  /// Waits until no flush is under way, and nothing is held by one.
  func waitForFlush() {
    tail.wait { !$0.flush.isRunning }
    joinFlush()
  }

  private func joinFlush() {
    flushThread?.join()
    flushThread = nil
  }
}

extension ChainTail {
  /// The block `number` as what the database will stand at, with the blocks whose entries it lacks; nil
  /// where it stands there already.
  func flushTarget(_ number: UInt64) -> (BlockIdentity, Standing, [RecentBlock])? {
    if number == head.block.number {
      if recents.isEmpty && databaseBlock == head.block && changeCount == 0 { return nil }
      return (head.block, headStanding, recents)
    }
    guard let recent = recent(number) else { return nil }
    return (
      recent.record.block, recent.standing, recents.filter { $0.record.block.number <= number }
    )
  }
}

extension FlushJob {
  /// Brings the records to disk that the database will have followed.
  func syncSegments() throws(StoreError) {
    for segment in Set(blocks.map(\.record.place.segment)) { try folder.file(segment).file.sync() }
  }
}
