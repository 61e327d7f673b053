// Transactions that wait for a block.

internal import Ledger
internal import Primitives

/// A transaction that waits for a block, with all that the pool needs to know of it.
final class PooledTransaction: Sendable {
  let transaction: Transaction
  let hash: Hash256
  let sender: Address
  /// Its encoding as blocks have it, without blobs.
  let encoding: [UInt8]
  /// The blobs that belong to it.
  let sidecar: BlobSidecar?
  /// When it came, counted.
  let arrival: UInt64
  /// The most that it can cost its sender; nil where that is above 2^256.
  let cost: UInt256?

  init(
    _ transaction: Transaction, hash: Hash256, sender: Address, encoding: [UInt8],
    sidecar: BlobSidecar? = nil, arrival: UInt64
  ) {
    self.transaction = transaction
    self.hash = hash
    self.sender = sender
    self.encoding = encoding
    self.sidecar = sidecar
    self.arrival = arrival
    cost = transaction.mostCost
  }

  /// The same for one that was found to be payable.
  var knownCost: UInt256 { cost ?? .zero }

  var nonce: UInt64 { transaction.nonce }

  /// The slots that it takes, of 32 KiB each, as geth counts them.
  var slots: Int { (encoding.count + Self.slotSize - 1) / Self.slotSize }

  private static let slotSize = 32 << 10

  /// The bytes of its blobs.
  var blobSize: Int { (sidecar?.blobs.count ?? 0) * BlobSidecar.blobSize }

  /// What the block's producer gets for each unit of gas at a base fee; nil where it does not even pay that.
  func tip(at baseFee: UInt256) -> UInt256? {
    guard transaction.maxFeePerGas >= baseFee else { return nil }
    let room = transaction.maxFeePerGas &- baseFee
    return transaction.kind.hasDynamicFee ? min(room, transaction.maxPriorityFeePerGas) : room
  }

  /// Whether it offers at least so many percent more than another in every fee, as who replaces one must.
  func outbids(_ other: PooledTransaction, percent: UInt64) -> Bool {
    let (new, old) = (transaction, other.transaction)
    return Self.isRaised(old.maxFeePerGas, to: new.maxFeePerGas, percent)
      && Self.isRaised(old.maxPriorityFeePerGas, to: new.maxPriorityFeePerGas, percent)
      && (old.kind != .blob
        || Self.isRaised(old.maxFeePerBlobGas, to: new.maxFeePerBlobGas, percent))
  }

  private static func isRaised(_ old: UInt256, to new: UInt256, _ percent: UInt64) -> Bool {
    let (product, overflow) = old.multipliedReportingOverflow(by: UInt256(100 + percent))
    if overflow || new <= old { return false }
    return new >= product.quotientAndRemainder(dividingBy: UInt256(100)).quotient
  }

  /// Whether it makes room for another when there is none: it pays less, or as much and came later.
  func isCheaper(than other: PooledTransaction) -> Bool {
    let (a, b) = (transaction, other.transaction)
    if a.maxFeePerGas != b.maxFeePerGas { return a.maxFeePerGas < b.maxFeePerGas }
    if a.maxPriorityFeePerGas != b.maxPriorityFeePerGas {
      return a.maxPriorityFeePerGas < b.maxPriorityFeePerGas
    }
    return arrival > other.arrival
  }
}

extension Transaction {
  /// The most that it can cost its sender: gas, blobs and value; nil above 2^256.
  fileprivate var mostCost: UInt256? {
    let (gas, overflow) = maxFeePerGas.multipliedReportingOverflow(by: UInt256(gasLimit))
    let (sum, overflows) = gas.addingReportingOverflow(value)
    if overflow || overflows { return nil }
    if blobVersionedHashes.isEmpty { return sum }
    let (blobs, isTooMuch) = maxFeePerBlobGas.multipliedReportingOverflow(
      by: UInt256(UInt64(blobVersionedHashes.count * BlobSidecar.blobSize)))
    let (whole, isMore) = sum.addingReportingOverflow(blobs)
    return isTooMuch || isMore ? nil : whole
  }
}
