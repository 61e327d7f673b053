// The execution client under a consensus client, with everything around it.

internal import Chain
internal import Execution
internal import JSON
public import Ledger
internal import Primitives
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
    /// The numeric address on which everybody is answered.
    public var host = "127.0.0.1"
    /// The port there; 0 lets the system choose, nil opens none.
    public var port: UInt16? = 8545
    /// The numeric address on which the consensus client is answered.
    public var engineHost = "127.0.0.1"
    /// The port there; 0 lets the system choose.
    public var enginePort: UInt16 = 8551
    /// The secret that the consensus client knows.
    public var secret: [UInt8] = []
    /// Threads that execute.
    public var threads = 1
    /// How far behind the head blocks beside the chain are remembered.
    public var branchDepth: UInt64 = 1024
    /// The gas that blocks of ours are to have in the end.
    public var gasLimit: UInt64 = 60_000_000

    /// The usual options.
    public init() {}
  }

  /// The most bytes of a request of the consensus client, as in geth.
  private static let engineBodyLimit = 128 << 20

  /// Where everybody is answered; nil where nobody is.
  public let port: UInt16?
  /// Where the consensus client is answered.
  public let enginePort: UInt16
  private let store: Store
  private let chain: ConsensusChain
  private let servers: [HTTPServer]

  /// A node on `store`, whose chain has these rules.
  public init(
    store: Store, rules: ChainRules, clientVersion: String, options: Options
  ) throws(NodeError) {
    self.store = store
    let chain = ConsensusChain(
      store: store, rules: rules, options: Pipeline.Options(threads: options.threads),
      depth: options.branchDepth)
    self.chain = chain
    let finality = Finality()
    let reader = ChainReader(store, rules: rules, finality: finality)
    let pool = WaitingTransactions(chain: reader, pool: TransactionPool())
    let engine = EngineMethods(
      chain: chain,
      builder: PayloadBuilder(
        chain: chain, candidates: pool.candidates, gasLimit: options.gasLimit),
      finality: finality, blobs: { _ in nil }, clientVersion: clientVersion
    ) { change in pool.follow(change) }
    let methods = RPCHandler.methods(
      reading: reader, CallRunner(reader), clientVersion: clientVersion
    ).merging(pool.methods) { $1 }
    var engineLimits = RPCHandler.Limits()
    engineLimits.requestBytes = Self.engineBodyLimit
    let handler = RPCHandler(methods)
    let engineHandler = RPCHandler(methods.merging(engine.methods) { $1 }, limits: engineLimits)
    let token = JSONWebToken(secret: options.secret)
    var servers: [HTTPServer] = []
    do throws(HTTPServerError) {
      var limits = HTTPServer.Limits()
      limits.bodyBytes = Self.engineBodyLimit
      let server = try HTTPServer(
        host: options.engineHost, port: options.enginePort, limits: limits
      ) { request in
        if let problem = token.problem(in: request.headers["authorization"], at: Self.now) {
          return .text(problem, status: 401)
        }
        return engineHandler.answer(request)
      }
      enginePort = server.port
      servers.append(server)
      if let port = options.port {
        servers.append(
          try HTTPServer(host: options.host, port: port) { handler.answer($0) })
      }
    } catch {
      for server in servers { server.stop() }
      throw NodeError(description: error.description)
    }
    port = servers.count > 1 ? servers[1].port : nil
    self.servers = servers
  }

  /// Seconds since 1970.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Answers what has been asked, and closes the store.
  public func stop() throws(NodeError) {
    for server in servers { server.stop() }
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
