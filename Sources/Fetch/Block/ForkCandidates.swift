// Which rules may hold for a block of a chain that is not known.

internal import JSON
internal import Ledger
internal import Primitives

/// The rules that may hold for a block.
enum ForkCandidates {
  /// The rules that were chosen; else those of the public network; else every fork that the fields of
  /// the header fit, the newest first.
  static func rules(
    of block: NodeBlock, chainID: UInt64, choice: RulesChoice, client: NodeClient
  ) throws(FetchError) -> [ChainRules] {
    let forks: [Fork]
    switch choice {
    case .chain(let rules): return [settled(rules, block)]
    case .fork(let fork): forks = [fork]
    case .found:
      if let rules = ChainRules.publicNetwork(chainID: chainID) { return [rules] }
      forks = try fitting(block)
    }
    // All that have blobs have the same parameters of their own: since Prague none brings others.
    let blobs = try forks.first.flatMap(BlobParameters.of).map { own throws(FetchError) in
      try client.blobParameters(of: block, own: own)
    }
    return forks.map { ChainRules(chainID: chainID, always: $0, blobs: blobs) }
  }

  /// What a chain's rules say of one block. Where total difficulty ends the proof of work, a block
  /// without difficulty comes after it.
  private static func settled(_ chain: ChainRules, _ block: NodeBlock) -> ChainRules {
    var fork = chain.fork(block: block.number, timestamp: block.timestamp)
    if chain.terminalTotalDifficulty != nil, block.difficulty.isZero { fork = max(fork, .paris) }
    var rules = ChainRules(
      chainID: chain.chainID, always: fork,
      blobs: chain.blobParameters(block: block.number, timestamp: block.timestamp))
    rules.depositContract = chain.depositContract
    return rules
  }

  private static func fitting(_ block: NodeBlock) throws(FetchError) -> [Fork] {
    do throws(JSONError) {
      let forks = try block.fittingForks()
      return Fork.allCases.reversed().filter(forks.contains).filter(\.changesExecution)
    } catch {
      throw .answer(error)
    }
  }
}

extension NodeBlock {
  /// The forks that the fields of the header fit.
  fileprivate func fittingForks() throws(JSONError) -> ClosedRange<Fork> {
    let header = document.root
    if try header.optionalField("requestsHash") != nil { return .prague ... .latest }
    if try header.optionalField("parentBeaconBlockRoot") != nil { return .cancun ... .cancun }
    if try header.optionalField("withdrawalsRoot") != nil { return .shanghai ... .shanghai }
    guard try header.optionalField("baseFeePerGas") != nil else { return .frontier ... .berlin }
    return difficulty.isZero ? .paris ... .paris : .london ... .grayGlacier
  }
}

extension Fork {
  /// Whether transactions do anything else than under the fork before; some forks only postponed the
  /// growth of the difficulty.
  fileprivate var changesExecution: Bool {
    ![.muirGlacier, .arrowGlacier, .grayGlacier].contains(self)
  }
}
