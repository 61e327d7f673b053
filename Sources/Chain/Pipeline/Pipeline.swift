// From bytes to durable blocks, many of them at once.

import EVM
import Execution
public import Ledger
public import Primitives
import State
public import Storage
import Synchronization

/// Takes blocks from bytes to a durable state: decodes, recovers senders, executes in parallel, computes
/// the roots, and commits to a store, in the order in which blocks are handed over.
///
/// Stages of different blocks overlap, and all of them share one crew of threads: whoever is free takes
/// what lets the oldest block come on. So many blocks may be under way as `Options` says; whoever hands
/// over more waits. When a block fails, those before it are still
/// committed, and no others are taken; then a new pipeline may be begun.
public final class Pipeline: @unchecked Sendable {
  /// How a pipeline works.
  public struct Options: Sendable {
    /// How many threads all stages share, but no more than the store's `workerCount`.
    public var threads: Int
    /// How many blocks may be under way.
    public var depth = 8
    /// How many blocks may be prepared ahead of the one that is executed.
    public var preparedAhead = 2
    /// Bytes of EVM memory that a transaction may take.
    public var memoryLimit = EVM.defaultMemoryLimit
    /// How proofs of work are checked; nil where any will do.
    public var seal: Blockchain.SealCheck?

    /// The usual options.
    public init(threads: Int) { self.threads = max(1, threads) }
  }

  /// What became of a block.
  public struct Report: Sendable {
    /// Its header.
    public let header: Header
    /// Its hash.
    public let hash: Hash256
    /// How many transactions it has.
    public let transactions: Int
    /// How many candidates were left out.
    public let leftOut: Int
    /// What it asks of the consensus layer (EIP-7685).
    public let requests: [[UInt8]]
    /// Nanoseconds from when it was handed over until it was durable.
    public let latency: UInt64
  }

  let store: Store
  let rules: ChainRules
  let options: Options
  let clock = StageClock()
  let schedule: Mutex<Schedule>
  /// Told of each block that is durable, by the thread that commits.
  private let onCommit: @Sendable (Report) -> Void
  private let box = Box()
  private(set) var crew: Crew
  private(set) var executor: any BlockBuilder
  /// Who executes: the crew's number of the thread.
  var executingWorker = 0
  /// The header of the last block that was executed; its roots may be missing. Belongs to who executes.
  var executedHeader: Header
  /// The last block whose roots are known. Belongs to who roots.
  var rootedHash: Hash256
  var rootedHeader: Header
  /// The ends of the chain as it came in. Belong to who hands over.
  var incoming: Incoming
  /// Where threads wait that do not belong to the crew.
  let place = SleepingPlace()
  private let committerEnd = CommitterEnd()
  /// The blocks before the one that is executed, nearest first, as far as they count for ommers. They
  /// belong to who executes.
  var ancestors: [BlockRecord] = []
  /// Why a root in a receipt could not be computed.
  var rootFailure: StoreError?

  /// A pipeline at the head of `store`, or at the end of the branch that it goes along. The chain has these
  /// rules, and its blocks up to there have so much difficulty together, which decides on nothing but when
  /// Paris begins. `onCommit` is called with each block that is durable, in order, by one thread.
  public init(
    store: Store, rules: ChainRules, totalDifficulty: UInt256 = .zero, options: Options,
    onCommit: @escaping @Sendable (Report) -> Void = { _ in }
  ) throws(PipelineError) {
    self.store = store
    store.expectNames(below: .max)
    self.rules = rules
    self.options = options
    self.onCommit = onCommit
    schedule = Mutex(Schedule(preparedAhead: options.preparedAhead))
    let last = try Self.lastBlocks(of: store)
    guard let tip = last.first else {
      throw .store(.notNext(expected: store.tipBlock.number, found: store.tipBlock.number))
    }
    executedHeader = tip.header
    rootedHash = tip.hash
    rootedHeader = executedHeader
    ancestors = Self.ancestors(in: last)
    incoming = Incoming(header: executedHeader, totalDifficulty: totalDifficulty)
    let box = self.box
    // No more threads than the tries of the store have workers.
    let threads = min(options.threads, store.options.workerCount)
    guard let crew = Crew(threads: threads, work: { box.doNext(as: $0) }) else {
      throw .noThreads
    }
    // One machine executes what is not worth sharing.
    let needed = (crew.count + 1) * EVM.reservedSize
    guard SystemMemory.hasRoom(for: needed) else {
      crew.end()
      throw .noMemory(needed: needed, workers: crew.count)
    }
    self.crew = crew
    executor = SequentialExecutor(memoryLimit: options.memoryLimit)
    if crew.count > 1 {
      executor = ParallelExecutor(workers: crew.count, memoryLimit: options.memoryLimit) {
        [crew] count, body in
        crew.run(count, by: box.get()?.executingWorker ?? 0, isUrgent: false) { job, _ in
          body(job)
        }
      }
    }
    box.set(self)
    // The thread must not hold the pipeline, and with it the store, once it is known to have ended.
    let committing = DeepThread.start { [committerEnd] in
      if let pipeline = box.get() { Committer(pipeline).run() }
      committerEnd.tell()
    }
    guard committing else {
      crew.end()
      throw .noThreads
    }
  }

  /// Hands over the next block, which is to follow the one before. Waits while too many are under way.
  /// Throws why the pipeline has stopped, if it has.
  public func append(_ source: PipelineBlock) throws(PipelineError) {
    if case .sealed = source, incoming.header == nil { try drain() }
    place.wait(until: { [self] in
      schedule.withLock { $0.failure != nil || $0.blocks.count < options.depth }
    })
    try checkFailure()
    let block: BlockInFlight
    do throws(PipelineError) {
      block = try incoming.follow(source, rules: rules)
    } catch {
      // Those before it go on, and what is wrong with them counts more.
      try drain()
      throw error
    }
    schedule.withLock { $0.append(block) }
    crew.wake()
  }

  /// Waits until all blocks that were handed over are durable. Throws why that cannot be.
  public func drain() throws(PipelineError) {
    place.wait(until: { [self] in
      schedule.withLock { $0.isAtRest }
    })
    try checkFailure()
    incoming.header = rootedHeader
  }

  /// Waits until all is durable, and takes the chain back to block `number`, which stays; what came behind it
  /// is undone for good. The next block follows there. Nothing may be handed over meanwhile.
  public func goBack(to number: UInt64) throws(PipelineError) {
    try drain()
    do throws(StoreError) {
      try store.retreat(to: number)
      guard let total = try store.totalDifficulty(store.tipBlock.number) else {
        throw .notNext(expected: number, found: store.tipBlock.number)
      }
      let last = try store.lastBlocks(OmmerValidation.generations)
      guard let tip = last.first else {
        throw .notNext(expected: number, found: store.tipBlock.number)
      }
      executedHeader = tip.header
      rootedHash = tip.hash
      rootedHeader = tip.header
      ancestors = Self.ancestors(in: last)
      incoming = Incoming(header: tip.header, totalDifficulty: total)
    } catch {
      throw .store(error)
    }
  }

  /// Ends all threads, each after what it is doing. To be called once, at the end, also after a failure.
  /// Blocks that are not durable yet are lost: the store stands at the last one that is.
  public func end() throws(PipelineError) {
    schedule.withLock { $0.isClosed = true }
    // Whoever waits for a name need not any more: nothing gets its roots from here on.
    store.expectNames(below: 0)
    crew.end()
    place.wakeAll()
    committerEnd.await()
    box.set(nil)
    do throws(StoreError) {
      try store.forgetAdvanced()
    } catch {
      throw .store(error)
    }
  }

  /// What the stages took so far.
  public var times: StageTimes { clock.now }

  /// The last blocks, as far as they count for the ommers of the next.
  private static func lastBlocks(of store: Store) throws(PipelineError) -> [LastBlock] {
    do throws(StoreError) {
      return try store.lastBlocks(OmmerValidation.generations)
    } catch {
      throw .store(error)
    }
  }

  private static func ancestors(in blocks: [LastBlock]) -> [BlockRecord] {
    blocks.prefix { !$0.header.difficulty.isZero }.map {
      BlockRecord(ancestor: $0.header, hash: $0.hash, ommers: $0.ommers)
    }
  }

  /// Throws the failure, if there is one, as soon as all that goes on in spite of it is done.
  private func checkFailure() throws(PipelineError) {
    if schedule.withLock({ $0.failure }) == nil { return }
    place.wait(until: { [self] in schedule.withLock { $0.isAtRest } })
    if let failure = schedule.withLock({ $0.failure }) { throw failure }
  }

  /// Tells of a block that is durable.
  func report(_ block: BlockInFlight) {
    guard let header = block.header, let hash = block.hash else {
      preconditionFailure("the block is durable")
    }
    onCommit(
      Report(
        header: header, hash: hash, transactions: block.encodings.count,
        leftOut: block.leftOut, requests: block.outcome?.requests ?? [],
        latency: StageClock.wall - block.begin))
  }

  /// What the threads of the crew ask, which are there before the pipeline is whole.
  private final class Box: Sendable {
    private let pipeline = Mutex<Pipeline?>(nil)

    func get() -> Pipeline? { pipeline.withLock { $0 } }
    func set(_ value: Pipeline?) { pipeline.withLock { $0 = value } }
    func doNext(as worker: Int) -> Bool { get()?.doNext(as: worker) ?? false }
  }
}

/// Whether the thread that commits has come to its end.
private final class CommitterEnd: Sendable {
  private let isThere = Atomic(false)
  private let place = SleepingPlace()

  func tell() {
    isThere.store(true, ordering: .releasing)
    place.wakeAll()
  }

  func await() { place.wait(until: { isThere.load(ordering: .acquiring) }) }
}
