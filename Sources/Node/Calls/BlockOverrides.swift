// What a request changes in the block that it is executed in.

internal import EVM
internal import JSON
internal import Ledger
internal import Primitives

/// Parts of a block as a request wants them, in geth's form; what is left out stays.
struct BlockOverrides {
  var number: UInt64?
  var difficulty: UInt256?
  var time: UInt64?
  var gasLimit: UInt64?
  var feeRecipient: Address?
  var prevRandao: Hash256?
  var baseFeePerGas: UInt256?
  var blobBaseFee: UInt256?
  var beaconRoot: Hash256?
  var withdrawals: [Withdrawal]?

  /// No overrides.
  init() {}

  init(_ object: JSONValue) throws(RPCError) {
    guard object.kind == .object else {
      throw .invalidParameters("\(object.kind.rawValue) where block overrides should be")
    }
    number = try Self.quantity("number", of: object)
    difficulty = try Self.word("difficulty", of: object)
    time = try Self.quantity("time", of: object)
    gasLimit = try Self.quantity("gasLimit", of: object)
    feeRecipient = try object.rpcMember("feeRecipient") { (value) throws(RPCError) in
      try value.rpcAddress()
    }
    prevRandao = try object.rpcMember("prevRandao") { (value) throws(RPCError) in
      try value.rpcHash()
    }
    baseFeePerGas = try Self.word("baseFeePerGas", of: object)
    blobBaseFee = try Self.word("blobBaseFee", of: object)
    beaconRoot = try object.rpcMember("beaconRoot") { (value) throws(RPCError) in
      try value.rpcHash()
    }
    withdrawals = try object.rpcMember("withdrawals") { (value) throws(RPCError) in
      try value.rpcWithdrawals()
    }
  }

  private static func quantity(
    _ name: String, of object: JSONValue
  ) throws(RPCError) -> UInt64? {
    try object.rpcMember(name) { (value) throws(RPCError) in try value.rpcQuantity() }
  }

  private static func word(_ name: String, of object: JSONValue) throws(RPCError) -> UInt256? {
    try object.rpcMember(name) { (value) throws(RPCError) in try value.rpcWord() }
  }

  /// Throws for what only a whole block has, which a single call is not executed in.
  func checkForCall() throws(RPCError) {
    for (name, isSet) in [("beaconRoot", beaconRoot != nil), ("withdrawals", withdrawals != nil)]
    where isSet {
      throw .failed("block override \"\(name)\" is not supported for this RPC method")
    }
  }

  /// Makes the changes in the block around a call under the rules of `fork`.
  func apply(to block: inout BlockEnvironment, fork: Fork) {
    if let number { block.number = number }
    if let time { block.timestamp = time }
    if let gasLimit { block.gasLimit = gasLimit }
    if let feeRecipient { block.coinbase = feeRecipient }
    if let baseFeePerGas { block.baseFee = baseFeePerGas }
    if let blobBaseFee { block.blobBaseFee = blobBaseFee }
    if fork >= .paris {
      if let prevRandao { block.prevRandao = prevRandao.word }
    } else if let difficulty {
      block.prevRandao = difficulty
    }
  }

  /// Makes the changes in a header. The price of blobs follows from what the header says.
  func apply(to header: inout Header) {
    if let number { header.number = number }
    if let difficulty { header.difficulty = difficulty }
    if let time { header.timestamp = time }
    if let gasLimit { header.gasLimit = gasLimit }
    if let feeRecipient { header.coinbase = feeRecipient }
    if let prevRandao { header.prevRandao = prevRandao }
    if let baseFeePerGas { header.baseFeePerGas = baseFeePerGas }
  }
}
