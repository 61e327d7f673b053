// Whether a transaction may stand at this place of a block.

import EVM
import Ledger
import Primitives
import State

/// What a valid transaction is charged, found while it was checked.
struct TransactionCharges {
  /// The gas charged before execution.
  let intrinsicGas: UInt64
  /// The least gas used in the end (EIP-7623).
  let floorGas: UInt64
  /// What the sender pays per gas.
  let gasPrice: UInt256
  /// What of it the coinbase gets; the rest is burnt (EIP-1559).
  let priorityFee: UInt256
  /// The blob gas used.
  let blobGas: UInt64
  /// What is burnt for blobs.
  let blobFee: UInt256
}

/// The rules of validity, in the order in which the executable specification asks them.
extension TransactionExecutor {
  /// Checks everything and says what is to be charged.
  func charges(
    for transaction: borrowing Transaction, from sender: Address
  ) throws(InvalidTransaction) -> TransactionCharges {
    try checkForm(transaction)
    let (intrinsic, floor) = try checkGas(transaction)
    let blobGas = try checkBlobGas(transaction)
    let fees = try checkFees(transaction)
    try checkBlobs(transaction)
    try checkRecipient(transaction)
    try checkSender(transaction, sender)
    return TransactionCharges(
      intrinsicGas: intrinsic, floorGas: floor, gasPrice: fees.gasPrice,
      priorityFee: fees.priorityFee, blobGas: blobGas,
      blobFee: blobGas == 0 || isFreeOfBlobFees(transaction)
        ? .zero : UInt256(blobGas) &* block.blobBaseFee)
  }

  /// Whether it offers nothing for blobs, and need not.
  private func isFreeOfBlobFees(_ transaction: borrowing Transaction) -> Bool {
    rules.waivesFees && transaction.maxFeePerBlobGas.isZero
  }

  private func checkForm(_ transaction: borrowing Transaction) throws(InvalidTransaction) {
    if transaction.kind.firstFork > rules.fork { throw .typeNotSupported(transaction.kind) }
    if let chain = transaction.chainID, chain != block.chainID { throw .wrongChain(chain) }
  }

  private func checkGas(
    _ transaction: borrowing Transaction
  ) throws(InvalidTransaction) -> (intrinsic: UInt64, floor: UInt64) {
    let (intrinsic, floor) = rules.intrinsicGas.cost(of: transaction)
    let limit = transaction.gasLimit
    if limit < intrinsic { throw .gasLimitBelowIntrinsic(intrinsic: intrinsic) }
    if limit < floor { throw .gasLimitBelowFloor(floor: floor) }
    if transaction.nonce == .max, !rules.allowsLastNonce { throw .nonceIsMax }
    if transaction.to == nil && transaction.data.count > rules.initCodeLimit {
      throw .initCodeTooLarge(limit: rules.initCodeLimit)
    }
    if limit > rules.gasLimitCap { throw .gasLimitAboveCap(cap: rules.gasLimitCap) }
    let gasAvailable = block.gasLimit - gasUsed
    if limit > gasAvailable, !rules.ignoresBlockGasLimit {
      throw .gasLimitAboveBlock(available: gasAvailable)
    }
    return (intrinsic, floor)
  }

  private func checkFees(
    _ transaction: borrowing Transaction
  ) throws(InvalidTransaction) -> (gasPrice: UInt256, priorityFee: UInt256) {
    let maxFee = transaction.maxFeePerGas
    if rules.waivesFees, maxFee.isZero, transaction.maxPriorityFeePerGas.isZero {
      return (.zero, .zero)
    }
    if transaction.kind.hasDynamicFee && maxFee < transaction.maxPriorityFeePerGas {
      throw .priorityFeeAboveMaxFee
    }
    // Before London the base fee is zero, and all goes to the coinbase.
    if maxFee < block.baseFee { throw .maxFeeBelowBaseFee(baseFee: block.baseFee) }
    let room = maxFee &- block.baseFee
    guard transaction.kind.hasDynamicFee else { return (maxFee, room) }
    let tip = Swift.min(transaction.maxPriorityFeePerGas, room)
    return (block.baseFee &+ tip, tip)
  }

  private func checkBlobGas(
    _ transaction: borrowing Transaction
  ) throws(InvalidTransaction) -> UInt64 {
    guard transaction.kind == .blob else { return 0 }
    let gas = BlobGas.gas(ofBlobs: UInt64(transaction.blobVersionedHashes.count))
    let available = BlobGas.gas(ofBlobs: rules.blobs?.max ?? 0) - blobGasUsed
    if gas > available { throw .blobGasAboveBlock(available: available) }
    return gas
  }

  private func checkBlobs(_ transaction: borrowing Transaction) throws(InvalidTransaction) {
    guard transaction.kind == .blob else { return }
    let count = transaction.blobVersionedHashes.count
    if count == 0 { throw .noBlobs }
    if count > rules.blobLimit { throw .tooManyBlobs(limit: rules.blobLimit) }
    for hash in transaction.blobVersionedHashes where hash.word.l3 &>> 56 != Self.kzgVersion {
      throw .unknownBlobVersion(hash)
    }
    if transaction.maxFeePerBlobGas < block.blobBaseFee, !isFreeOfBlobFees(transaction) {
      throw .maxFeePerBlobGasBelowBaseFee(blobBaseFee: block.blobBaseFee)
    }
  }

  /// The version byte of a hash of a KZG commitment.
  private static var kzgVersion: UInt64 { 1 }

  private func checkRecipient(_ transaction: borrowing Transaction) throws(InvalidTransaction) {
    let kind = transaction.kind
    guard kind >= .blob else { return }
    if transaction.to == nil { throw .creationNotAllowed(kind) }
    if kind == .setCode && transaction.authorizations.isEmpty { throw .noAuthorizations }
  }

  private func checkSender(
    _ transaction: borrowing Transaction, _ sender: Address
  ) throws(InvalidTransaction) {
    let standing = state.standing(of: sender, paying: mostSpent(by: transaction))
    if transaction.nonce < standing.nonce { throw .nonceTooLow(expected: standing.nonce) }
    if transaction.nonce > standing.nonce { throw .nonceTooHigh(expected: standing.nonce) }
    if !standing.canPay { throw .insufficientFunds }
    if standing.hasCode, !rules.allowsSenderCode, transaction.statedSender == nil,
      state.code(of: sender).delegate == nil
    {
      throw .senderHasCode
    }
  }

  /// The most the sender may come to pay, or nil when that does not fit into 256 bits.
  private func mostSpent(by transaction: borrowing Transaction) -> UInt256? {
    let gas = UInt256(transaction.gasLimit)
    let fee = transaction.maxFeePerGas
    var sum = fee &* gas
    var overflows = false
    if (fee.l2 | fee.l3) != 0 {
      overflows = fee.multipliedReportingOverflow(by: gas).overflow
      if overflows { return nil }
    }
    (sum, overflows) = sum.addingReportingOverflow(transaction.value)
    if overflows { return nil }
    if transaction.kind == .blob {
      let count = UInt64(transaction.blobVersionedHashes.count)
      let (fee, feeOverflows) = transaction.maxFeePerBlobGas
        .multipliedReportingOverflow(by: UInt256(BlobGas.gas(ofBlobs: count)))
      (sum, overflows) = sum.addingReportingOverflow(fee)
      if feeOverflows || overflows { return nil }
    }
    return sum
  }
}
