// A chain of one's own with everything around it.

public import Chain
internal import Crypto
internal import Execution
public import Ledger
internal import Primitives
internal import State
public import Storage
internal import Synchronization

/// A development chain: a store, a pool, a producer of blocks, and JSON-RPC over HTTP.
public final class DevelopmentNode: Sendable {
  /// How a node works.
  public struct Options: Sendable {
    /// How it is asked.
    public var service = ServiceOptions()
    /// Seconds between blocks; nil makes a block as soon as there is a transaction.
    public var blockTime: Double?
    /// Whether blocks are only made when a request asks for one.
    public var minesOnRequest = false
    /// Threads that execute.
    public var threads = 1
    /// What the pool takes.
    public var pool = TransactionPool.Limits()
    /// The file in which the pool's transactions outlive the node; nil forgets them.
    public var journal: String?
    /// The gas that a block may use; nil lets blocks be as those before.
    public var gasLimit: UInt64?

    /// The usual options.
    public init() {}
  }

  /// Where it listens.
  public let port: UInt16
  private let store: Store
  private let chain: ChainReader
  private let events: ChainEvents
  private let pipeline: RenewedPipeline
  private let producer: BlockProducer
  private let server: RPCServer
  private let journal: TransactionJournal?
  private let pool: TransactionPool
  /// What became of the transactions of the pool's journal.
  public let restored: RestoredTransactions
  /// How many pieces of the journal of edits were damaged, and passed over.
  public var skippedEdits: Int { chain.edits.skipped }

  /// A node on `store`, whose chain has these rules and whose `accounts` it signs for. `onBlock` hears of each
  /// block that is durable, `onConsole` of each line that a contract says through console.log, and
  /// `onFailure` why a block could not be made.
  public init(
    store: Store, rules: ChainRules, accounts: [DevelopmentAccount], clientVersion: String,
    options: Options, onBlock: @escaping @Sendable (Pipeline.Report) -> Void = { _ in },
    onConsole: (@Sendable (String) -> Void)? = nil,
    onFailure: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(NodeError) {
    let chain = ChainReader(store, rules: rules, edits: try Self.edits(of: store))
    let head = try Self.headHeader(chain)
    let events = ChainEvents(chain)
    let (metrics, chainMetrics) = (Metrics(), ChainMetrics())
    let pool = TransactionPool(limits: options.pool)
    (journal, restored) = try TransactionJournal.restore(
      options.journal, pool, chain, gasLimit: options.gasLimit, allowsStatedSenders: true)
    let switches = DevelopmentSwitches()
    let console = onConsole.map { onConsole in
      ConsoleWatch(chain) { if switches.isLogging.load(ordering: .relaxed) { onConsole($0) } }
    }
    pipeline = RenewedPipeline { () throws(PipelineError) in
      try Pipeline(
        store: store, rules: rules, options: Pipeline.Options(threads: options.threads),
        onCommit: { report in
          events.blockCommitted(report.header, report.hash)
          chainMetrics.note(report)
          if switches.isLogging.load(ordering: .relaxed) { onBlock(report) }
        })
    }
    do throws(PipelineError) {
      try pipeline.start()
    } catch {
      throw NodeError(description: "\(error)")
    }
    var mode = BlockProducer.Mode.automatic
    if let seconds = options.blockTime { mode = .interval(seconds) }
    if options.minesOnRequest { mode = .onRequest }
    producer = BlockProducer(
      chain: chain, pool: pool, pipeline: pipeline, mode: mode,
      gasLimit: options.gasLimit ?? head.gasLimit, console: console,
      willGoBack: { events.willGoBack(to: $0) }, onFailure: onFailure)
    let ingest = TransactionIngest(
      chain, pool, journal: journal, gasLimit: { [producer] in producer.change { $0.gasLimit } },
      onAdded: { events.transactionPooled($0) })
    let waits = WaitingCalls(options.service.waits)
    events.listen { [chain] news in
      guard news.contains(where: \.isNewBlock) else { return }
      chain.pendingBlocks.withLock { $0 }?.forget()
      waits.notice()
    }
    let handler = RPCHandler(
      chain, ingest: ingest, producer: producer, accounts: accounts, switches: switches,
      runner: CallRunner(chain, limits: options.service.calls, console: console),
      clientVersion: clientVersion, limits: options.service.requests, waits: waits,
      news: RPCHandler.newsMethods(events, chain, limits: options.service.events, metrics: metrics))
    chainMetrics.add(to: metrics, chain: chain, pool: pool) { [pipeline] in pipeline.times }
    handler.metrics.add(to: metrics)
    ProcessMetrics.add(to: metrics)
    let pages = StatusPages(
      ageLimit: options.service.healthAgeLimit, metrics: options.service.hasMetrics ? metrics : nil
    ) { [producer] in
      StatusPages.Health(of: chain, failure: producer.failure)
    }
    guard journal?.start() ?? true else { throw Self.noThread(pipeline) }
    guard events.start() else {
      journal?.close()
      throw Self.noThread(pipeline)
    }
    guard producer.start() else {
      journal?.close()
      events.stop()
      throw Self.noThread(pipeline)
    }
    do throws(ServerError) {
      server = try RPCServer(handler, options: options.service.server, waits: waits) {
        pages.answer($0)
      }
    } catch {
      producer.stop()
      journal?.close()
      events.stop()
      try? pipeline.end()
      throw NodeError(description: error.description)
    }
    chain.pendingBlocks.withLock { [producer] in $0 = PendingBlocks(chain, producer) }
    self.store = store
    self.chain = chain
    self.events = events
    self.pool = pool
    port = server.port
    server.addConnections(to: metrics)
    producer.notice()
  }

  private static func noThread(_ pipeline: RenewedPipeline) -> NodeError {
    try? pipeline.end()
    return NodeError(description: "the system starts no thread; allow more (ulimit -u)")
  }

  /// What was edited in the states of a store's chain, which a journal beside it keeps.
  private static func edits(of store: Store) throws(NodeError) -> StateEdits {
    do throws(StoreError) {
      return try StateEdits(journal: store.path + "/edits.journal", of: store)
    } catch {
      throw NodeError(description: "the journal of edits: \(error)")
    }
  }

  /// The header of the block that the node goes on behind. Throws where it could make none.
  private static func headHeader(_ chain: ChainReader) throws(NodeError) -> Header {
    let (header, fork): (Header, Fork)
    do throws(RPCError) {
      header = try chain.existingBlock(.latest).header
      fork = try chain.fork(of: header)
    } catch {
      throw NodeError(description: error.message)
    }
    guard fork >= DevelopmentGenesis.earliestFork else {
      throw NodeError(
        description: "blocks of \(fork.name) cannot be made, only those of "
          + "\(DevelopmentGenesis.earliestFork.name) and later")
    }
    return header
  }

  /// The whole state at the head, in anvil's format. Throws where history is not kept whole.
  public func dump() throws(NodeError) -> StateDump {
    do throws(RPCError) {
      return try producer.betweenBlocks { [chain] () throws(RPCError) in try chain.dump() }
    } catch {
      throw NodeError(description: error.message)
    }
  }

  /// Answers what is being asked, finishes the block that is being made, and closes the store. Before that, when
  /// nothing changes any more, `write` is given the whole state.
  public func stop(dumping write: ((StateDump) throws -> Void)? = nil) throws(NodeError) {
    // Whoever has many blocks made waits for one at most.
    producer.close()
    server.stop()
    producer.stop()
    chain.pendingBlocks.withLock { $0 = nil }
    var problems: [String] = []
    if let write {
      do throws(NodeError) {
        try makeLastBlocks()
      } catch {
        problems.append("what waits is in no block: \(error)")
      }
      do {
        try write(try dump())
      } catch {
        problems.append("the state is not written: \(error)")
      }
    }
    journal?.close()
    events.stop()
    do throws(NodeError) {
      try close()
    } catch {
      problems.append(error.description)
    }
    if !problems.isEmpty { throw NodeError(description: problems.joined(separator: "; ")) }
  }

  /// Makes blocks of what waits, where whoever sent it may take it for part of the chain.
  private func makeLastBlocks() throws(NodeError) {
    guard producer.isAutomatic else { return }
    do throws(RPCError) {
      var before: (pending: Int, queued: Int)
      repeat {
        before = pool.counts
        try producer.makeBlockInTurn(mayBeEmpty: false)
      } while pool.counts.pending > 0 && pool.counts != before
    } catch {
      throw NodeError(description: error.message)
    }
  }

  private func close() throws(NodeError) {
    do throws(PipelineError) {
      try pipeline.end()
    } catch {
      throw NodeError(description: "\(error)")
    }
    do throws(StoreError) {
      try store.close()
    } catch {
      throw NodeError(description: "\(error)")
    }
  }
}

/// Why a node does not start or end.
public struct NodeError: Error, Sendable, CustomStringConvertible {
  /// Why, for people.
  public let description: String

  /// An error that says this.
  public init(description: String) { self.description = description }
}

extension RPCHandler {
  /// How many times as long as a request a state may be that it brings packed.
  private static let dumpPerRequest = 16

  /// A handler of all methods of a development chain.
  convenience init(
    _ chain: ChainReader, ingest: TransactionIngest, producer: BlockProducer,
    accounts: [DevelopmentAccount], switches: DevelopmentSwitches, runner: CallRunner,
    clientVersion: String, limits: Limits, waits: WaitingCalls, news: [String: RPCMethod]
  ) {
    let reading = Self.methods(reading: chain, runner, clientVersion: clientVersion)
    let unlocked = UnlockedAccounts(accounts)
    let sending = EthSending(runner: runner, ingest: ingest, producer: producer, waits: waits)
    let filling = TransactionFilling(sending: sending)
    let signing = EthSigning(filling: filling, unlocked: unlocked)
    let development = DevelopmentMethods(
      chain: chain, producer: producer, ingest: ingest, signing: signing, switches: switches,
      clientVersion: clientVersion, dumpLimit: Self.dumpPerRequest * limits.requestBytes)
    self.init(
      [
        EthFees(chain: chain, producer: producer).methods,
        PoolMethods(chain: chain, pool: ingest.pool, accounts: accounts, reading: reading).methods,
        reading, sending.methods, signing.methods,
        EthSendingAndWaiting(sending: sending, signing: signing).methods,
        EthFilling(filling: filling).methods, development.methods, news,
      ].reduce(into: [:]) { all, methods in all.merge(methods) { first, _ in first } },
      batchMethods: sending.batchMethods, limits: limits)
  }
}
