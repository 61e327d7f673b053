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
  /// The blobs of its transactions, in their order. They are kept here: until somebody asks for the block, the
  /// pool may have forgotten them.
  var sidecars: [BlobSidecar] = []

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

  /// Takes the blobs of its transactions from those that were offered, in the same order.
  mutating func takeBlobs(of candidates: [PooledTransaction]) throws(RPCError) {
    var rest = candidates[...]
    for encoding in body.transactions where encoding.first == Transaction.Kind.blob.rawValue {
      let place = rest.firstIndex {
        $0.transaction.kind == .blob && $0.encoding.elementsEqual(encoding)
      }
      guard let place, let sidecar = rest[place].sidecar else {
        throw .internalError("the blobs of a transaction of our own block are not known")
      }
      sidecars.append(sidecar)
      rest = rest[(place + 1)...]
    }
  }

  private func transaction(_ encoding: ArraySlice<UInt8>) throws(RPCError) -> Transaction {
    do throws(TransactionDecodingError) {
      return try Transaction(decoding: encoding)
    } catch {
      throw .internalError("a transaction of our own block: \(error)")
    }
  }
}
