// All methods that published suites ask.

extension RPCHandler {
  /// A handler for suites: it reads a chain, keeps transactions that are sent, of which no block is made, and
  /// has the `testing_` methods.
  public convenience init(testing chain: ChainReader, clientVersion: String) {
    let runner = CallRunner(chain)
    let reading = Self.methods(reading: chain, runner, clientVersion: clientVersion)
    let ingest = TransactionIngest(chain, TransactionPool())
    let sending = EthSending(runner: runner, ingest: ingest, producer: nil)
    self.init(
      [
        PoolMethods(chain: chain, pool: ingest.pool, accounts: [], reading: reading).methods,
        reading, sending.methods, TestingMethods(runner: runner, pool: ingest.pool).methods,
      ].reduce(into: [:]) { all, methods in all.merge(methods) { first, _ in first } },
      batchMethods: sending.batchMethods)
  }
}
