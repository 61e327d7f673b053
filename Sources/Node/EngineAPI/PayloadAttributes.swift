// What the consensus layer wants the next block to be.

internal import Chain
internal import Crypto
internal import JSON
internal import Ledger
internal import Primitives

/// What the consensus layer says of a block that is to be built.
struct PayloadAttributes: Sendable, Hashable {
  let timestamp: UInt64
  let prevRandao: Hash256
  let feeRecipient: Address
  let withdrawals: [Withdrawal]?
  let parentBeaconBlockRoot: Hash256?

  /// The attributes that a JSON object spells; what is wrong with their form is said as what is wrong with
  /// the rest of them.
  init(_ value: JSONValue) throws(RPCError) {
    do throws(RPCError) {
      try self.init(fields: value)
    } catch {
      throw .invalidAttributes(error.message)
    }
  }

  private init(fields value: JSONValue) throws(RPCError) {
    timestamp = try value.rpcRequiredQuantity("timestamp")
    prevRandao = try value.rpcRequiredHash("prevRandao")
    feeRecipient = try value.rpcRequiredAddress("suggestedFeeRecipient")
    withdrawals = try value.rpcMember("withdrawals") { (value) throws(RPCError) in
      try value.rpcWithdrawals()
    }
    parentBeaconBlockRoot = try value.rpcMember("parentBeaconBlockRoot") {
      (value) throws(RPCError) in try value.rpcHash()
    }
  }

  /// Throws where they are not those of the method's version, or of the fork.
  func check(version: Int, after parent: Header, rules: ChainRules) throws(RPCError) {
    let fork = rules.fork(block: parent.number.successor, timestamp: timestamp)
    switch version {
    case 1:
      if withdrawals != nil || parentBeaconBlockRoot != nil {
        throw .invalidParameters("withdrawals and beacon root not supported in V1")
      }
      if fork >= .shanghai { throw .invalidParameters("fcuV1 called post-shanghai") }
    case 2:
      if parentBeaconBlockRoot != nil { throw .invalidAttributes("unexpected beacon root") }
      if fork < .shanghai, withdrawals != nil {
        throw .invalidAttributes("withdrawals before shanghai")
      }
      if fork == .shanghai, withdrawals == nil { throw .invalidAttributes("missing withdrawals") }
      if fork > .shanghai {
        throw .unsupportedFork("fcuV2 must only be called with paris or shanghai payloads")
      }
    default:
      if withdrawals == nil { throw .invalidAttributes("missing withdrawals") }
      if parentBeaconBlockRoot == nil { throw .invalidAttributes("missing beacon root") }
      if fork < .cancun {
        throw .unsupportedFork("fcuV3 must only be called for cancun/prague/osaka payloads")
      }
    }
    if timestamp <= parent.timestamp {
      throw .invalidAttributes("timestamp \(timestamp) is not above the head's \(parent.timestamp)")
    }
  }

  /// The identifier of the payload that is built with them: the method's version, and a hash of all.
  func identifier(version: Int, parent: Hash256) -> [UInt8] {
    var encoder = RLPEncoder()
    encoder.list { encoder in
      encoder.encode(parent.bytes)
      encoder.encode(timestamp)
      encoder.encode(prevRandao.bytes)
      encoder.encode(feeRecipient.bytes)
      encoder.list { encoder in
        for withdrawal in withdrawals ?? [] { withdrawal.write(to: &encoder) }
      }
      encoder.encode(parentBeaconBlockRoot?.bytes ?? [])
    }
    return [UInt8(truncatingIfNeeded: version)]
      + SHA256.hash(encoder.bytes).bytes.prefix(7)
  }

  /// The draft of a block, without transactions.
  func draft(gasLimit: UInt64) -> BlockDraft {
    BlockDraft(
      coinbase: feeRecipient, timestamp: timestamp, gasLimit: gasLimit,
      extraData: Array("needletail".utf8), prevRandao: prevRandao,
      parentBeaconBlockRoot: parentBeaconBlockRoot ?? .zero, withdrawals: withdrawals ?? [],
      transactions: EncodedTransactions())
  }
}

extension Header {
  /// The gas limit of a child on the way to the wanted one, of which each block may go a part.
  func gasLimit(towards wanted: UInt64) -> UInt64 {
    let step = max(gasLimit / 1024, 1) - 1
    return wanted > gasLimit
      ? min(wanted, gasLimit + step) : max(wanted, gasLimit - min(step, gasLimit))
  }
}
