// Receipts and logs as JSON-RPC shows them.

internal import EVM
internal import JSON
internal import Ledger
internal import Primitives

/// A receipt with what the block says about it.
struct PlacedReceipt {
  let receipt: Receipt
  let transaction: Transaction
  let hash: Hash256
  let sender: Address
  let place: TransactionPlace
  /// The gas of the transactions before it.
  let gasBefore: UInt64
  /// How many logs the transactions before it have.
  let logsBefore: Int
  /// What a unit of blob gas costs; nil before Cancun.
  let blobBaseFee: UInt256?

  func write(to object: inout JSONWriter) {
    let header = place.block.header
    object.member("type", quantity: UInt64(transaction.kind.rawValue))
    switch receipt.outcome {
    case .status(let succeeded): object.member("status", quantity: succeeded ? 1 : 0 as UInt64)
    case .stateRoot(let root): object.member("root", root)
    }
    object.member("cumulativeGasUsed", quantity: receipt.cumulativeGasUsed)
    object.key("logs")
    object.array { list in
      for index in receipt.logs.indices { list.object { log(index).write(to: &$0) } }
    }
    object.member("logsBloom", data: receipt.bloom.bytes)
    object.member("transactionHash", hash)
    object.member("transactionIndex", quantity: UInt64(place.index))
    object.member("blockHash", place.block.hash)
    object.member("blockNumber", quantity: place.block.number)
    object.member("gasUsed", quantity: receipt.cumulativeGasUsed - gasBefore)
    object.member("effectiveGasPrice", quantity: transaction.gasPrice(in: header))
    object.member("from", sender)
    object.member("to", transaction.to)
    object.member(
      "contractAddress",
      transaction.to == nil ? Address.created(by: sender, nonce: transaction.nonce) : nil)
    if transaction.kind == .blob {
      let gas = BlobGas.gas(ofBlobs: UInt64(transaction.blobVersionedHashes.count))
      object.member("blobGasUsed", quantity: gas)
      if let blobBaseFee { object.member("blobGasPrice", quantity: blobBaseFee) }
    }
  }

  /// The log at a place of the receipt.
  func log(_ index: Int) -> PlacedLog {
    PlacedLog(
      log: receipt.logs[index], transactionHash: hash, place: place, index: logsBefore + index)
  }
}

/// A log with its place in a block.
struct PlacedLog {
  let log: Log
  let transactionHash: Hash256
  let place: TransactionPlace
  /// Its number in the block.
  let index: Int

  func write(to object: inout JSONWriter, isRemoved: Bool = false) {
    object.member("address", log.address)
    object.key("topics")
    object.array { list in for topic in log.topics { list.value(topic) } }
    object.member("data", data: log.data)
    object.member("blockNumber", quantity: place.block.number)
    object.member("transactionHash", transactionHash)
    object.member("transactionIndex", quantity: UInt64(place.index))
    object.member("blockHash", place.block.hash)
    object.member("blockTimestamp", quantity: place.block.header.timestamp)
    object.member("logIndex", quantity: UInt64(index))
    object.member("removed", isRemoved)
  }
}
