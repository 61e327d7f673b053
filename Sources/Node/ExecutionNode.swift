// The execution client under a consensus client, with everything around it.

internal import Chain
internal import Execution
internal import JSON
public import Ledger
public import Primitives
internal import State
public import Storage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// An execution client: a store, whose head the consensus client names by the Engine API on a port of its
/// own, and JSON-RPC for everybody else.
public final class ExecutionNode: Sendable {
  /// How a node works.
  public struct Options: Sendable {
    /// How everybody but the consensus client asks.
    public var service = ServiceOptions()
    /// What the pool takes.
    public var pool = TransactionPool.Limits()
    /// The file in which the pool's transactions outlive the node; nil forgets them.
    public var journal: String?
    /// The numeric address on which the consensus client is answered.
    public var engineHost = "127.0.0.1"
    /// The port there; 0 lets the system choose.
    public var enginePort: UInt16 = 8551
    /// The names under which the consensus client may ask, besides numeric addresses; `*` stands for all.
    public var engineHosts = ["localhost"]
    /// The secret that the consensus client knows.
    public var secret: [UInt8] = []
    /// Threads that execute.
    public var threads = 1
    /// How far behind the head blocks beside the chain are remembered, and how far the chain goes back.
    public var branchDepth: UInt64 = 1024
    /// Whether blocks beside the chain, and which are safe and final, are to be there at the next start.
    public var remembersBranches = true
    /// The gas that blocks of ours are to have in the end.
    public var gasLimit: UInt64 = 60_000_000

    /// The usual options.
    public init() {}
  }

  /// The most bytes of a request of the consensus client, as in geth.
  private static let engineBodyLimit = 128 << 20

  /// Where everybody is answered.
  public let port: UInt16
  /// Where the consensus client is answered.
  public let enginePort: UInt16
  /// What became of the transactions of the pool's journal.
  public let restored: RestoredTransactions
  private let journal: TransactionJournal?
  /// How many pieces of the journal of blocks beside the chain were damaged, and passed over.
  public let skippedBlocks: Int
  private let store: Store
  private let chain: ConsensusChain
  private let events: ChainEvents
  private let server: RPCServer
  private let engineServer: HTTPServer

  /// A node on `store`, whose chain has these rules. `onEvent` hears of what an operator wants to know, and `onHead` of
  /// each block that becomes part of the chain.
  public init(
    store: Store, rules: ChainRules, clientVersion: String, options: Options,
    onEvent: @escaping @Sendable (EngineEvent) -> Void = { _ in },
    onHead: @escaping @Sendable (Header, Hash256) -> Void = { _, _ in }
  ) throws(NodeError) {
    self.store = store
    let finality = options.remembersBranches ? try Self.finality(of: store) : Finality()
    let reader = ChainReader(store, rules: rules, finality: finality)
    let events = ChainEvents(reader)
    self.events = events
    let chain: ConsensusChain
    do throws(StoreError) {
      let kept =
        options.remembersBranches ? try SideJournal.open(store.path + "/side.journal") : nil
      skippedBlocks = kept?.skipped ?? 0
      chain = ConsensusChain(
        store: store, rules: rules, options: Pipeline.Options(threads: options.threads),
        depth: options.branchDepth, journal: kept?.journal,
        willGoBack: { events.willGoBack(to: $0) })
      try chain.takeUp(kept?.blocks ?? [])
    } catch {
      throw NodeError(description: "the journal of blocks beside the chain: \(error)")
    }
    self.chain = chain
    let (metrics, chainMetrics) = (Metrics(), ChainMetrics())
    let forkchoiceMetrics = ForkchoiceMetrics()
    let progress = SyncProgress()
    let transactions = TransactionPool(limits: options.pool)
    (journal, restored) = try TransactionJournal.restore(options.journal, transactions, reader)
    let pool = WaitingTransactions(reader, transactions, journal: journal) {
      events.transactionPooled($0)
    }
    let engine = EngineMethods(
      chain: chain,
      builder: PayloadBuilder(
        chain: chain, candidates: pool.candidates, gasLimit: options.gasLimit),
      finality: finality, blobs: pool.blob, progress: progress,
      diary: EngineDiary(onEvent),
      clientVersion: clientVersion
    ) { change in
      for block in change.added {
        if let header = try? store.header(withHash: block.block.hash) {
          events.blockCommitted(header, block.block.hash)
          onHead(header, block.block.hash)
        }
      }
      for report in change.reports { chainMetrics.note(report) }
      forkchoiceMetrics.note(change)
      pool.follow(change)
    }
    let waits = WaitingCalls(options.service.waits)
    events.listen { if $0.contains(where: \.isNewBlock) { waits.notice() } }
    var (methods, batchMethods) = RPCHandler.methods(
      waitingIn: pool.ingest, CallRunner(reader, limits: options.service.calls),
      clientVersion: clientVersion, waits: waits)
    methods.merge(
      RPCHandler.newsMethods(events, reader, limits: options.service.events, metrics: metrics)
    ) { $1 }
    let syncing: RPCMethod = { (_, writer) throws(RPCError) in
      progress.write(head: store.head.number, to: &writer)
    }
    methods["eth_syncing"] = syncing
    // It signs for nobody; whoever asks expects a list.
    let accounts: RPCMethod = { (_, writer) throws(RPCError) in writer.array { _ in } }
    methods["eth_accounts"] = accounts
    // Both ports count in one place.
    let requests = RPCMetrics(
      Set(methods.keys).union(engine.methods.keys).union([RPCHandler.modulesName]))
    requests.add(to: metrics)
    let handler = RPCHandler(
      methods, batchMethods: batchMethods, limits: options.service.requests, metrics: requests)
    ProcessMetrics.add(to: metrics)
    chainMetrics.add(to: metrics, chain: reader, pool: pool.ingest.pool) { chain.times }
    forkchoiceMetrics.add(to: metrics, store: store, finality: finality)
    let pages = StatusPages(
      ageLimit: options.service.healthAgeLimit, metrics: options.service.hasMetrics ? metrics : nil
    ) { StatusPages.Health(of: reader, isSyncing: progress.isBehind) }
    // A call that waits would keep a thread that the consensus client needs.
    let engineMethods = methods.filter { !EthSendingAndWaiting.names.contains($0.key) }
    guard journal?.start() ?? true else {
      throw NodeError(description: "the system starts no thread; allow more (ulimit -u)")
    }
    guard events.start() else {
      journal?.close()
      throw NodeError(description: "the system starts no thread; allow more (ulimit -u)")
    }
    do throws(ServerError) {
      engineServer = try Self.engineServer(
        engineMethods.merging(engine.methods) { $1 }, batchMethods, requests, options)
    } catch {
      journal?.close()
      events.stop()
      throw NodeError(description: error.description)
    }
    enginePort = engineServer.port
    do throws(ServerError) {
      server = try RPCServer(handler, options: options.service.server, waits: waits) {
        pages.answer($0)
      }
    } catch {
      engineServer.stop()
      journal?.close()
      events.stop()
      throw NodeError(description: error.description)
    }
    port = server.port
    server.addConnections(to: metrics)
  }

  /// What was safe and final in a store's chain, which a file beside it keeps.
  private static func finality(of store: Store) throws(NodeError) -> Finality {
    do throws(StoreError) {
      return try Finality(store.path + "/finality", in: store)
    } catch {
      throw NodeError(description: "the safe and the final block: \(error)")
    }
  }

  /// Answers the consensus client, who must prove that it knows the secret.
  private static func engineServer(
    _ methods: [String: RPCMethod], _ batchMethods: [String: RPCBatchMethod],
    _ metrics: RPCMetrics, _ options: Options
  ) throws(ServerError) -> HTTPServer {
    var requests = options.service.requests
    requests.requestBytes = engineBodyLimit
    let handler = RPCHandler(
      methods, batchMethods: batchMethods, limits: requests, metrics: metrics)
    let token = JSONWebToken(secret: options.secret)
    let limits = options.service.server.limits.forConsensusClient(bodyBytes: engineBodyLimit)
    var access = HTTPAccess()
    access.hosts = options.engineHosts
    return try HTTPServer(
      host: options.engineHost, port: options.enginePort, limits: limits, access: access,
      refusal: { request in
        token.problem(in: request.headers["authorization"], at: now).map {
          .text($0, status: 401)
        }
      }, answer: { handler.answer($0) })
  }

  /// Seconds since 1970.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Answers what has been asked, and closes the store.
  public func stop() throws(NodeError) {
    engineServer.stop()
    server.stop()
    journal?.close()
    events.stop()
    do throws(PipelineError) {
      try chain.close()
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
