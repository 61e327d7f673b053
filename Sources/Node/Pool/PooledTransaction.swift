// Transactions that wait for a block.

internal import Crypto
internal import Ledger
internal import Primitives

/// A transaction that waits for a block.
struct PooledTransaction: Sendable {
  let transaction: Transaction
  let hash: Hash256
  let sender: Address
  /// Its encoding as blocks have it, without blobs.
  let encoding: [UInt8]
  /// When it came, counted.
  var arrival: UInt64 = 0

  /// What the block's producer gets for each unit of gas at a base fee; nil where it does not even pay that.
  func tip(at baseFee: UInt256) -> UInt256? {
    guard transaction.maxFeePerGas >= baseFee else { return nil }
    let room = transaction.maxFeePerGas &- baseFee
    return transaction.kind.hasDynamicFee ? min(room, transaction.maxPriorityFeePerGas) : room
  }

  /// Whether it offers at least a tenth more than another in every fee, as who replaces one must.
  func outbids(_ other: PooledTransaction) -> Bool {
    let fees: [(UInt256, UInt256)] = [
      (transaction.maxFeePerGas, other.transaction.maxFeePerGas),
      (transaction.maxPriorityFeePerGas, other.transaction.maxPriorityFeePerGas),
    ]
    return fees.allSatisfy { new, old in
      let raise = old.quotientAndRemainder(dividingBy: UInt256(10)).quotient
      let (least, overflow) = old.addingReportingOverflow(max(raise, UInt256(1)))
      return !overflow && new >= least
    }
  }
}
