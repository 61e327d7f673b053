// Which blocks a request for logs is about.

internal import JSON
internal import Primitives
internal import Storage

/// The blocks that a request for logs is about.
struct LogRange {
  private let from: BlockSelector?
  private let to: BlockSelector?
  /// The one block, where it is named by its hash.
  let hash: Hash256?

  init(_ object: JSONValue) throws(RPCError) {
    from = try object.rpcMember("fromBlock") { (value) throws(RPCError) in
      try BlockSelector(value)
    }
    to = try object.rpcMember("toBlock") { (value) throws(RPCError) in try BlockSelector(value) }
    hash = try object.rpcMember("blockHash") { (value) throws(RPCError) in try value.rpcHash() }
    if hash != nil && (from != nil || to != nil) {
      throw .invalidParameters(
        "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other")
    }
    if case .number(let first)? = from, case .number(let last)? = to, first > last {
      throw .invalidParameters("invalid block range params")
    }
  }

  /// The numbers of the blocks that are not named by a hash. Throws where they are not all there. Where the oldest
  /// blocks are not kept, the earliest is the oldest of the others.
  func numbers(in chain: ChainReader) throws(RPCError) -> ClosedRange<UInt64> {
    guard let first = try number(from, in: chain), let last = try number(to, in: chain) else {
      throw .invalidParameters("block range extends beyond current head block")
    }
    guard first <= last else { throw .invalidParameters("invalid block range params") }
    if first < chain.store.oldestBlock { throw .prunedHistory }
    return first...last
  }

  private func number(
    _ selector: BlockSelector?, in chain: ChainReader
  ) throws(RPCError) -> UInt64? {
    selector == .earliest ? chain.store.oldestBlock : try chain.number(of: selector ?? .latest)
  }

  /// Whether a new block with this number is meant.
  func mayContain(_ number: UInt64) -> Bool {
    if case .number(let first)? = from, number < first { return false }
    if case .number(let last)? = to, number > last { return false }
    return true
  }
}
