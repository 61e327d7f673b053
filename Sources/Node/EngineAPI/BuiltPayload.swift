// Blocks of our own, as the consensus layer gets them.

internal import Ledger
internal import Primitives
internal import Storage

/// A block that was built for the consensus layer.
struct BuiltPayload: Sendable {
  let header: Header
  let hash: Hash256
  let body: StoredBody
  let receipts: [Receipt]
  /// What it asks of the consensus layer (EIP-7685).
  let requests: [[UInt8]]

  /// What its producer earns, in wei.
  func value() throws(RPCError) -> UInt256 {
    let baseFee = header.baseFeePerGas ?? .zero
    var (sum, before) = (UInt256.zero, UInt64(0))
    for (encoding, receipt) in zip(body.transactions, receipts) {
      let gas = receipt.cumulativeGasUsed &- before
      before = receipt.cumulativeGasUsed
      let price = try transaction(encoding).gasPrice(in: header)
      if price > baseFee { sum = sum &+ (price &- baseFee) &* UInt256(gas) }
    }
    return sum
  }

  /// The hashes of all blobs, in order.
  func versionedHashes() throws(RPCError) -> [Hash256] {
    var hashes: [Hash256] = []
    for encoding in body.transactions where encoding.first == Transaction.Kind.blob.rawValue {
      hashes += try transaction(encoding).blobVersionedHashes
    }
    return hashes
  }

  private func transaction(_ encoding: ArraySlice<UInt8>) throws(RPCError) -> Transaction {
    do throws(TransactionDecodingError) {
      return try Transaction(decoding: encoding)
    } catch {
      throw .internalError("a transaction of our own block: \(error)")
    }
  }
}
