// What eth_simulateV1 is asked for.

internal import JSON

/// Blocks to be simulated one after another.
struct SimulationRequest {
  /// A block with what is to be executed in it.
  struct Block {
    var overrides = BlockOverrides()
    var state = StateOverrides()
    var calls: [CallArguments] = []
  }

  var blocks: [Block] = []
  /// Whether moved ether is shown as events.
  var tracesTransfers = false
  /// Whether what a block asks of a transaction is asked of calls: nonces, and the base fee.
  var validates = false
  /// Whether blocks show their transactions whole.
  var returnsFullTransactions = false

  /// As many blocks may be simulated, those between the given ones included; as in geth.
  static let blockLimit: UInt64 = 256

  init(_ object: JSONValue) throws(RPCError) {
    guard object.kind == .object else {
      throw .invalidParameters("\(object.kind.rawValue) where a simulation should be")
    }
    tracesTransfers = try Self.flag("traceTransfers", of: object)
    validates = try Self.flag("validation", of: object)
    returnsFullTransactions = try Self.flag("returnFullTransactions", of: object)
    blocks =
      try object.rpcMember("blockStateCalls") { (list) throws(RPCError) in
        try list.rpcList { (block) throws(RPCError) in try Block(block) }
      } ?? []
    if blocks.isEmpty { throw .invalidParameters("empty input") }
    if blocks.count > Self.blockLimit { throw .tooManyBlocks }
  }

  private static func flag(_ name: String, of object: JSONValue) throws(RPCError) -> Bool {
    try object.rpcMember(name) { (value) throws(RPCError) in try value.rpcFlag() } ?? false
  }
}

extension SimulationRequest.Block {
  fileprivate init(_ object: JSONValue) throws(RPCError) {
    guard object.kind == .object else {
      throw .invalidParameters("\(object.kind.rawValue) where a block should be")
    }
    overrides =
      try object.rpcMember("blockOverrides") { (value) throws(RPCError) in
        try BlockOverrides(value)
      } ?? BlockOverrides()
    state =
      try object.rpcMember("stateOverrides") { (value) throws(RPCError) in
        try StateOverrides(value)
      } ?? StateOverrides()
    calls =
      try object.rpcMember("calls") { (value) throws(RPCError) in
        try value.rpcList { (call) throws(RPCError) in try CallArguments(call) }
      } ?? []
  }
}

extension RPCError {
  static var tooManyBlocks: RPCError { RPCError(code: -38026, message: "too many blocks") }
}

extension SimulationRequest {
  /// The seconds between blocks of which the request does not say more.
  private static let blockTime: UInt64 = 12

  /// The blocks behind one with this number and time, those in gaps included, with number and time of each.
  func chain(after number: UInt64, time: UInt64) throws(RPCError) -> [Block] {
    var chain: [Block] = []
    var (lastNumber, lastTime) = (number, time)
    for var block in blocks {
      let wanted = block.overrides.number ?? lastNumber &+ 1
      if wanted <= lastNumber {
        throw RPCError(
          code: -38020, message: "block numbers must be in order: \(wanted) <= \(lastNumber)")
      }
      if wanted - number > Self.blockLimit { throw .tooManyBlocks }
      while lastNumber + 1 < wanted {
        lastNumber += 1
        lastTime = lastTime.addingReportingOverflow(Self.blockTime).partialValue
        var empty = Block()
        (empty.overrides.number, empty.overrides.time) = (lastNumber, lastTime)
        chain.append(empty)
      }
      let time =
        block.overrides.time ?? lastTime.addingReportingOverflow(Self.blockTime).partialValue
      if time <= lastTime {
        throw RPCError(
          code: -38021, message: "block timestamps must be in order: \(time) <= \(lastTime)")
      }
      (block.overrides.number, block.overrides.time) = (wanted, time)
      (lastNumber, lastTime) = (wanted, time)
      chain.append(block)
    }
    return chain
  }
}
