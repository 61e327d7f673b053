// The transaction that a request describes.

internal import JSON
internal import Ledger
internal import Primitives

/// What a request says about a transaction that nobody has signed; what is left out is nil.
struct CallArguments {
  var from: Address?
  var to: Address?
  var gas: UInt64?
  var gasPrice: UInt256?
  var maxFeePerGas: UInt256?
  var maxPriorityFeePerGas: UInt256?
  var maxFeePerBlobGas: UInt256?
  var value: UInt256?
  var nonce: UInt64?
  var data: [UInt8]?
  var accessList: [AccessListEntry]?
  var blobVersionedHashes: [Hash256]?
  var authorizations: [Authorization]?
  var chainID: UInt64?

  /// As many entries an access list may have in a request.
  private static let listLimit = 1 << 16

  /// Nothing is said.
  init() {}

  init(_ object: JSONValue) throws(RPCError) {
    guard object.kind == .object else {
      throw .invalidParameters("\(object.kind.rawValue) where a transaction should be")
    }
    from = try object.rpcMember("from") { (value) throws(RPCError) in try value.rpcAddress() }
    to = try object.rpcMember("to") { (value) throws(RPCError) in try value.rpcAddress() }
    gas = try object.rpcMember("gas") { (value) throws(RPCError) in try value.rpcQuantity() }
    gasPrice = try Self.word("gasPrice", of: object)
    maxFeePerGas = try Self.word("maxFeePerGas", of: object)
    maxPriorityFeePerGas = try Self.word("maxPriorityFeePerGas", of: object)
    maxFeePerBlobGas = try Self.word("maxFeePerBlobGas", of: object)
    value = try Self.word("value", of: object)
    nonce = try object.rpcMember("nonce") { (value) throws(RPCError) in try value.rpcQuantity() }
    chainID = try object.rpcMember("chainId") { (value) throws(RPCError) in
      try value.rpcQuantity()
    }
    try readData(object)
    accessList = try object.rpcMember("accessList") { (value) throws(RPCError) in
      try value.rpcList(atMost: Self.listLimit) { (entry) throws(RPCError) in
        try AccessListEntry(rpc: entry)
      }
    }
    blobVersionedHashes = try object.rpcMember("blobVersionedHashes") { (value) throws(RPCError) in
      try value.rpcList(atMost: Self.listLimit) { (hash) throws(RPCError) in try hash.rpcHash() }
    }
    authorizations = try object.rpcMember("authorizationList") { (value) throws(RPCError) in
      try value.rpcList(atMost: Self.listLimit) { (entry) throws(RPCError) in
        try Authorization(rpc: entry)
      }
    }
    if gasPrice != nil && (maxFeePerGas != nil || maxPriorityFeePerGas != nil) {
      throw .failed(
        "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified")
    }
  }

  private static func word(
    _ name: String, of object: JSONValue
  ) throws(RPCError) -> UInt256? {
    try object.rpcMember(name) { (value) throws(RPCError) in try value.rpcWord() }
  }

  private mutating func readData(_ object: JSONValue) throws(RPCError) {
    let data = try object.rpcMember("data") { (value) throws(RPCError) in try value.rpcData() }
    let input = try object.rpcMember("input") { (value) throws(RPCError) in try value.rpcData() }
    if let data, let input, data != input {
      throw .failed(
        "both \"data\" and \"input\" are set and not equal. "
          + "Please use \"input\" to pass transaction call data")
    }
    self.data = input ?? data
  }

  /// Throws where it is meant for another chain.
  func check(chainID expected: UInt64) throws(RPCError) {
    if let chainID, chainID != expected {
      throw .failed("chainId does not match node's (have=\(chainID), want=\(expected))")
    }
  }

  /// The kind of transaction that has what is said.
  var kind: Transaction.Kind {
    if authorizations != nil { return .setCode }
    if blobVersionedHashes != nil { return .blob }
    if maxFeePerGas != nil || maxPriorityFeePerGas != nil { return .dynamicFee }
    return accessList == nil ? .legacy : .accessList
  }

  /// The transaction, with so much gas and this nonce. A fee that is left out is zero; a gas price is both, the
  /// most that is paid and the most that goes to who makes the block.
  func transaction(gas limit: UInt64, nonce: UInt64, chainID: UInt64) -> Transaction {
    let tip = gasPrice ?? maxPriorityFeePerGas ?? .zero
    let price = gasPrice ?? maxFeePerGas ?? .zero
    return Transaction(
      kind: kind, chainID: kind == .legacy ? nil : chainID, nonce: nonce,
      maxPriorityFeePerGas: kind.hasDynamicFee ? tip : price, maxFeePerGas: price,
      gasLimit: limit, to: to, value: value ?? .zero, data: data ?? [],
      accessList: accessList ?? [], maxFeePerBlobGas: maxFeePerBlobGas ?? .zero,
      blobVersionedHashes: blobVersionedHashes ?? [], authorizations: authorizations ?? [])
  }
}

extension AccessListEntry {
  fileprivate init(rpc object: JSONValue) throws(RPCError) {
    guard object.kind == .object,
      let address = try object.rpcMember(
        "address", { (value) throws(RPCError) in try value.rpcAddress() })
    else { throw .invalidParameters("an entry of an access list has an address") }
    let slots = try object.rpcMember("storageKeys") { (value) throws(RPCError) in
      try value.rpcList(atMost: 1 << 16) { (key) throws(RPCError) in try key.rpcHash().word }
    }
    self.init(address: address, slots: slots ?? [])
  }
}

extension Authorization {
  fileprivate init(rpc object: JSONValue) throws(RPCError) {
    guard object.kind == .object,
      let address = try object.rpcMember(
        "address", { (value) throws(RPCError) in try value.rpcAddress() })
    else { throw .invalidParameters("an authorization has an address") }
    func word(_ name: String) throws(RPCError) -> UInt256 {
      try object.rpcMember(name) { (value) throws(RPCError) in try value.rpcWord() } ?? .zero
    }
    guard let parity = UInt8(exactly: try word("yParity").asUInt64 ?? .max),
      let nonce = try word("nonce").asUInt64
    else { throw .invalidParameters("an authorization out of range") }
    self.init(
      chainID: try word("chainId"), address: address, nonce: nonce,
      signature: Signature(yParity: parity, r: try word("r"), s: try word("s")))
  }
}
