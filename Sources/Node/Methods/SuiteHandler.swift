// All methods that published suites ask.

extension RPCHandler {
  /// A handler for suites: it reads a chain, keeps transactions that are sent, of which no block is made, and
  /// has the `testing_` methods.
  public convenience init(testing chain: ChainReader, clientVersion: String) {
    let (ingest, runner) = (TransactionIngest(chain, TransactionPool()), CallRunner(chain))
    let (methods, batchMethods) = Self.methods(
      waitingIn: ingest, runner, clientVersion: clientVersion)
    let testing = TestingMethods(runner: runner, pool: ingest.pool)
    self.init(methods.merging(testing.methods) { $1 }, batchMethods: batchMethods)
  }
}
