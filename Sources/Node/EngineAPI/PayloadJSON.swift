// Payloads as the Engine API writes them.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives
internal import Storage

extension JSONValue {
  /// The member of an object, read by `read`; throws where there is none.
  func rpcRequired<Value>(
    _ name: String, _ read: (JSONValue) throws(RPCError) -> Value
  ) throws(RPCError) -> Value {
    guard let value = try rpcMember(name, read) else {
      throw .invalidParameters("missing required field '\(name)'")
    }
    return value
  }

  func rpcRequiredHash(_ name: String) throws(RPCError) -> Hash256 {
    try rpcRequired(name) { (value) throws(RPCError) in try value.rpcHash() }
  }

  func rpcRequiredQuantity(_ name: String) throws(RPCError) -> UInt64 {
    try rpcRequired(name) { (value) throws(RPCError) in try value.rpcQuantity() }
  }

  func rpcRequiredAddress(_ name: String) throws(RPCError) -> Address {
    try rpcRequired(name) { (value) throws(RPCError) in try value.rpcAddress() }
  }

  func rpcHashes() throws(RPCError) -> [Hash256] {
    try rpcList { (value) throws(RPCError) in try value.rpcHash() }
  }
}

extension ExecutionPayload {
  /// The payload that a JSON object spells.
  init(rpc value: JSONValue) throws(RPCError) {
    let bloom = try value.rpcRequired("logsBloom") { (value) throws(RPCError) in
      guard let bloom = Bloom(bytes: try value.rpcData()) else {
        throw .invalidParameters("not 256 bytes")
      }
      return bloom
    }
    let header = Header(
      parentHash: try value.rpcRequiredHash("parentHash"),
      coinbase: try value.rpcRequiredAddress("feeRecipient"),
      stateRoot: try value.rpcRequiredHash("stateRoot"),
      receiptsRoot: try value.rpcRequiredHash("receiptsRoot"), logsBloom: bloom,
      number: try value.rpcRequiredQuantity("blockNumber"),
      gasLimit: try value.rpcRequiredQuantity("gasLimit"),
      gasUsed: try value.rpcRequiredQuantity("gasUsed"),
      timestamp: try value.rpcRequiredQuantity("timestamp"),
      extraData: try value.rpcRequired("extraData") { (value) throws(RPCError) in
        try value.rpcData()
      },
      prevRandao: try value.rpcRequiredHash("prevRandao"),
      baseFeePerGas: try value.rpcRequired("baseFeePerGas") { (value) throws(RPCError) in
        try value.rpcWord()
      },
      blobGasUsed: try value.rpcMember("blobGasUsed") { (value) throws(RPCError) in
        try value.rpcQuantity()
      },
      excessBlobGas: try value.rpcMember("excessBlobGas") { (value) throws(RPCError) in
        try value.rpcQuantity()
      })
    self.init(
      header: header, blockHash: try value.rpcRequiredHash("blockHash"),
      transactions: try value.rpcRequired("transactions") { (value) throws(RPCError) in
        try value.rpcList { (value) throws(RPCError) in try value.rpcData() }
      },
      withdrawals: try value.rpcMember("withdrawals") { (value) throws(RPCError) in
        try value.rpcWithdrawals()
      })
  }
}

extension Header {
  /// Writes what a payload says of the header of its block, which has this hash, blobs aside.
  func write(inPayload hash: Hash256, to object: inout JSONWriter) {
    object.member("parentHash", parentHash)
    object.member("feeRecipient", coinbase)
    object.member("stateRoot", stateRoot)
    object.member("receiptsRoot", receiptsRoot)
    object.member("logsBloom", data: logsBloom.bytes)
    object.member("prevRandao", prevRandao)
    object.member("blockNumber", quantity: number)
    object.member("gasLimit", quantity: gasLimit)
    object.member("gasUsed", quantity: gasUsed)
    object.member("timestamp", quantity: timestamp)
    object.member("extraData", data: extraData)
    object.member("baseFeePerGas", quantity: baseFeePerGas ?? .zero)
    object.member("blockHash", hash)
  }
}

extension BuiltPayload {
  /// Writes the payload with the fields that its fork has.
  func write(to object: inout JSONWriter) {
    header.write(inPayload: hash, to: &object)
    body.write(to: &object, withdrawalsInAnyCase: false)
    if let blobGasUsed = header.blobGasUsed {
      object.member("blobGasUsed", quantity: blobGasUsed)
    }
    if let excess = header.excessBlobGas { object.member("excessBlobGas", quantity: excess) }
  }
}

extension StoredBody {
  /// Writes transactions and withdrawals; of a body alone the latter are null where there are none.
  func write(to object: inout JSONWriter, withdrawalsInAnyCase: Bool) {
    object.key("transactions")
    object.array { list in for encoding in transactions { list.value(data: encoding) } }
    if let withdrawals {
      object.objects("withdrawals", of: withdrawals) { $1.write(to: &$0) }
    } else if withdrawalsInAnyCase {
      object.key("withdrawals")
      object.null()
    }
  }
}
