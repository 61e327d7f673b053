// All methods by their names.

extension RPCHandler {
  /// A handler of the methods that read a chain, and of those that let transactions wait for blocks of others.
  /// `clientVersion` is what `web3_clientVersion` says.
  public convenience init(
    reading chain: ChainReader, clientVersion: String, limits: Limits = Limits()
  ) {
    let (methods, batchMethods) = Self.methods(
      waitingIn: TransactionIngest(chain, TransactionPool()), CallRunner(chain),
      clientVersion: clientVersion)
    self.init(methods, batchMethods: batchMethods, limits: limits)
  }

  /// The methods that read a chain, and those that let transactions wait in a pool for blocks of others.
  static func methods(
    waitingIn ingest: TransactionIngest, _ runner: CallRunner, clientVersion: String,
    waits: WaitingCalls = WaitingCalls()
  ) -> (methods: [String: RPCMethod], batchMethods: [String: RPCBatchMethod]) {
    let chain = runner.chain
    let reading = methods(reading: chain, runner, clientVersion: clientVersion)
    let sending = EthSending(runner: runner, ingest: ingest, producer: nil, waits: waits)
    let waiting = PoolMethods(chain: chain, pool: ingest.pool, accounts: [], reading: reading)
    return (
      [
        waiting.methods, reading, sending.methods,
        EthSendingAndWaiting(sending: sending).methods,
        EthFilling(filling: TransactionFilling(sending: sending)).methods,
      ].reduce(into: [:]) { all, methods in
        all.merge(methods) { first, _ in first }
      }, sending.batchMethods
    )
  }

  /// The methods that read a chain.
  static func methods(
    reading chain: ChainReader, _ runner: CallRunner, clientVersion: String
  ) -> [String: RPCMethod] {
    [
      ClientMethods(chain: chain, clientVersion: clientVersion).methods,
      EthBlocks(chain: chain).methods, EthState(chain: chain).methods,
      EthTransactions(chain: chain).methods, EthLogs(chain: chain).methods,
      EthFees(chain: chain).methods, EthCalls(runner: runner).methods,
      EthProofs(chain: chain).methods, EthCapabilities(chain: chain).methods,
      EthConfig(chain: chain).methods, EthAccounts(chain: chain).methods,
      DebugState(chain: chain).methods, NeedletailMethods(runner: runner).methods,
      DebugTraces(runner: runner).methods,
    ].reduce(into: [:]) { all, methods in all.merge(methods) { first, _ in first } }
  }
}
