// Blocks as JSON-RPC shows them.

internal import JSON
internal import Ledger
internal import Primitives

extension Header {
  /// Writes the members that all answers about a block have. One that nobody has made has no hash, and no nonce.
  func write(hash: Hash256?, to object: inout JSONWriter) {
    object.member("number", quantity: number)
    object.key("hash")
    if let hash { object.value(hash) } else { object.null() }
    object.member("parentHash", parentHash)
    object.member("sha3Uncles", ommersHash)
    object.member("logsBloom", data: logsBloom.bytes)
    object.member("transactionsRoot", transactionsRoot)
    object.member("stateRoot", stateRoot)
    object.member("receiptsRoot", receiptsRoot)
    object.member("miner", coinbase)
    object.member("difficulty", quantity: difficulty)
    object.member("extraData", data: extraData)
    object.member("gasLimit", quantity: gasLimit)
    object.member("gasUsed", quantity: gasUsed)
    object.member("timestamp", quantity: timestamp)
    object.member("mixHash", prevRandao)
    object.key("nonce")
    if hash == nil {
      object.null()
    } else {
      object.value(data: withUnsafeBytes(of: nonce.bigEndian) { Array($0) })
    }
    if let baseFeePerGas { object.member("baseFeePerGas", quantity: baseFeePerGas) }
    if let withdrawalsRoot { object.member("withdrawalsRoot", withdrawalsRoot) }
    if let blobGasUsed { object.member("blobGasUsed", quantity: blobGasUsed) }
    if let excessBlobGas { object.member("excessBlobGas", quantity: excessBlobGas) }
    if let parentBeaconBlockRoot { object.member("parentBeaconBlockRoot", parentBeaconBlockRoot) }
    if let requestsHash { object.member("requestsHash", requestsHash) }
  }
}

extension Withdrawal {
  func write(to object: inout JSONWriter) {
    object.member("index", quantity: index)
    object.member("validatorIndex", quantity: validatorIndex)
    object.member("address", address)
    object.member("amount", quantity: amount)
  }
}
