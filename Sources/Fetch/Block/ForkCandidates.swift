// Which rules may hold for a block of a chain that is not known.

internal import JSON
internal import Ledger
internal import Primitives

/// The rules that may hold for a block.
enum ForkCandidates {
  /// The rules of a public network; else the named fork; else every fork that the fields of the
  /// header fit, the newest first.
  static func rules(
    of block: NodeBlock, chainID: UInt64, named fork: Fork?
  ) throws(FetchError) -> [ChainRules] {
    if let fork { return [ChainRules(chainID: chainID, always: fork)] }
    if let rules = ChainRules.publicNetwork(chainID: chainID) { return [rules] }
    let forks: ClosedRange<Fork>
    do throws(JSONError) {
      forks = try fitting(block.document.root)
    } catch {
      throw .answer(error)
    }
    return Fork.allCases.reversed().filter(forks.contains).filter(\.changesExecution).map {
      ChainRules(chainID: chainID, always: $0)
    }
  }

  private static func fitting(_ header: JSONValue) throws(JSONError) -> ClosedRange<Fork> {
    if try header.optionalField("requestsHash") != nil { return .prague ... .latest }
    if try header.optionalField("parentBeaconBlockRoot") != nil { return .cancun ... .cancun }
    if try header.optionalField("withdrawalsRoot") != nil { return .shanghai ... .shanghai }
    guard try header.optionalField("baseFeePerGas") != nil else { return .frontier ... .berlin }
    let isProofOfWork = try !header.field("difficulty").uint256().isZero
    return isProofOfWork ? .london ... .grayGlacier : .paris ... .paris
  }
}

extension Fork {
  /// Whether transactions do anything else than under the fork before; some forks only postponed the
  /// growth of the difficulty.
  fileprivate var changesExecution: Bool {
    ![.muirGlacier, .arrowGlacier, .grayGlacier].contains(self)
  }
}
