// Receipts with what their block says about them.

internal import Crypto
internal import Ledger
internal import Primitives
internal import Storage

extension ChainReader {
  /// The receipts of a block, or that at one place of it alone.
  func placedReceipts(
    of block: Found, at wanted: Int? = nil
  ) throws(RPCError) -> [PlacedReceipt] {
    let receipts = try receipts(of: block.number)
    let body = try reading { () throws(StoreError) in try store.body(block.number) }
    let encodings = body?.transactions ?? []
    guard receipts.count == encodings.count else {
      throw .internalError("block \(block.number) has \(receipts.count) receipts")
    }
    let blobBaseFee = blobBaseFee(of: block.header)
    var placed: [PlacedReceipt] = []
    var (gas, logs) = (UInt64(0), 0)
    for (index, receipt) in receipts.enumerated() {
      if wanted == nil || wanted == index {
        let transaction = try transaction(encodings[index])
        placed.append(
          PlacedReceipt(
            receipt: receipt, transaction: transaction, hash: Keccak256.hash(encodings[index]),
            sender: try sender(of: transaction),
            place: TransactionPlace(block: block, index: index),
            gasBefore: gas, logsBefore: logs, blobBaseFee: blobBaseFee))
      }
      gas = receipt.cumulativeGasUsed
      logs += receipt.logs.count
    }
    return placed
  }

  /// Who signed a transaction that is stored.
  func sender(of transaction: Transaction) throws(RPCError) -> Address {
    do throws(SignatureError) {
      return try transaction.recoverSender()
    } catch {
      throw .internalError("the sender of a stored transaction: \(error)")
    }
  }

  /// What a unit of blob gas costs in the block with this header; nil before Cancun.
  func blobBaseFee(of header: Header) -> UInt256? {
    guard let excess = header.excessBlobGas,
      let parameters = rules.blobParameters(block: header.number, timestamp: header.timestamp)
    else { return nil }
    return BlobGas.baseFee(excess: excess, parameters: parameters)
  }

  /// Where the transaction with this hash stands; nil where it is in no block.
  func place(of hash: Hash256) throws(RPCError) -> (
    place: TransactionPlace, encoding: ArraySlice<UInt8>
  )? {
    guard let found = try reading({ () throws(StoreError) in try store.transaction(hash) }),
      let block = try block(.hash(found.block.hash))
    else { return nil }
    return (TransactionPlace(block: block, index: found.index), found.encoding)
  }
}
