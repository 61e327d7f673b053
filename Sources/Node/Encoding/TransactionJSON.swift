// Transactions as JSON-RPC shows them.

internal import Crypto
internal import JSON
internal import Ledger
internal import Primitives

/// Where a transaction stands.
struct TransactionPlace {
  let block: ChainReader.Found
  let index: Int
}

extension Transaction {
  /// Writes the members of a transaction with this hash that `sender` signed; where it stands in no block,
  /// those about its place are null.
  func write(
    hash: Hash256, sender: Address, at place: TransactionPlace?, to object: inout JSONWriter
  ) {
    write(place, to: &object)
    object.member("from", sender)
    object.member("gas", quantity: gasLimit)
    object.member("gasPrice", quantity: gasPrice(in: place?.block.header))
    if kind.hasDynamicFee {
      object.member("maxFeePerGas", quantity: maxFeePerGas)
      object.member("maxPriorityFeePerGas", quantity: maxPriorityFeePerGas)
    }
    object.member("hash", hash)
    writeContents(to: &object)
  }

  /// Writes the members of a transaction that is nowhere yet, as geth writes one alone, with the blobs that belong to
  /// it.
  func writeAlone(with sidecar: BlobSidecar?, to object: inout JSONWriter) {
    object.member("gas", quantity: gasLimit)
    let fees: [(name: String, fee: UInt256?)] = [
      ("gasPrice", kind.hasDynamicFee ? nil : gasPrice),
      ("maxFeePerGas", kind.hasDynamicFee ? maxFeePerGas : nil),
      ("maxPriorityFeePerGas", kind.hasDynamicFee ? maxPriorityFeePerGas : nil),
    ]
    for (name, fee) in fees {
      object.key(name)
      if let fee { object.value(quantity: fee) } else { object.null() }
    }
    object.member("hash", hash)
    writeContents(to: &object)
    guard let sidecar else { return }
    for (name, items) in [
      ("blobs", sidecar.blobs), ("commitments", sidecar.commitments), ("proofs", sidecar.proofs),
    ] {
      object.key(name)
      object.array { list in for item in items { list.value(data: item) } }
    }
  }

  private func writeContents(to object: inout JSONWriter) {
    if kind == .blob { object.member("maxFeePerBlobGas", quantity: maxFeePerBlobGas) }
    object.member("input", data: data)
    object.member("nonce", quantity: nonce)
    object.member("to", to)
    object.member("value", quantity: value)
    object.member("type", quantity: UInt64(kind.rawValue))
    if kind != .legacy { writeAccessList(to: &object) }
    if let chainID { object.member("chainId", quantity: chainID) }
    if kind == .blob {
      object.key("blobVersionedHashes")
      object.array { list in for hash in blobVersionedHashes { list.value(hash) } }
    }
    if kind == .setCode {
      object.objects("authorizationList", of: authorizations) { $1.write(to: &$0) }
    }
    writeSignature(to: &object)
  }

  private func write(_ place: TransactionPlace?, to object: inout JSONWriter) {
    guard let place else {
      for name in ["blockHash", "blockNumber", "blockTimestamp", "transactionIndex"] {
        object.key(name)
        object.null()
      }
      return
    }
    object.member("blockHash", place.block.hash)
    object.member("blockNumber", quantity: place.block.number)
    object.member("blockTimestamp", quantity: place.block.header.timestamp)
    object.member("transactionIndex", quantity: UInt64(place.index))
  }

  /// What is paid for each unit of gas in a block; the most that may be, as long as it is in none.
  func gasPrice(in header: Header?) -> UInt256 {
    guard kind.hasDynamicFee, let baseFee = header?.baseFeePerGas else { return maxFeePerGas }
    let (sum, overflow) = baseFee.addingReportingOverflow(maxPriorityFeePerGas)
    return overflow ? maxFeePerGas : min(sum, maxFeePerGas)
  }

  func writeAccessList(to object: inout JSONWriter) {
    object.objects("accessList", of: accessList) { object, entry in
      object.member("address", entry.address)
      object.key("storageKeys")
      object.array { list in for slot in entry.slots { list.value(Hash256(slot)) } }
    }
  }

  private func writeSignature(to object: inout JSONWriter) {
    let parity = UInt64(signature.yParity)
    var v = UInt256(parity)
    if kind == .legacy {
      // EIP-155: the chain is part of v.
      v = chainID.map { UInt256($0) &+ UInt256($0) &+ UInt256(35 + parity) } ?? UInt256(27 + parity)
    }
    object.member("v", quantity: v)
    object.member("r", quantity: signature.r)
    object.member("s", quantity: signature.s)
    if kind != .legacy { object.member("yParity", quantity: parity) }
  }
}

extension Authorization {
  fileprivate func write(to object: inout JSONWriter) {
    object.member("chainId", quantity: chainID)
    object.member("address", address)
    object.member("nonce", quantity: nonce)
    object.member("yParity", quantity: UInt64(signature.yParity))
    object.member("r", quantity: signature.r)
    object.member("s", quantity: signature.s)
  }
}

extension PooledTransaction {
  /// Writes it as one that stands in no block.
  func write(to writer: inout JSONWriter) {
    writer.object { transaction.write(hash: hash, sender: sender, at: nil, to: &$0) }
  }
}
