// All methods by their names.

extension RPCHandler {
  /// A handler of the methods that read a chain. `clientVersion` is what `web3_clientVersion` says.
  public convenience init(
    reading chain: ChainReader, clientVersion: String, limits: Limits = Limits()
  ) {
    self.init(
      Self.methods(reading: chain, CallRunner(chain), clientVersion: clientVersion), limits: limits)
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
      DebugTraces(runner: runner).methods,
    ].reduce(into: [:]) { all, methods in all.merge(methods) { first, _ in first } }
  }
}
