// Why a transaction may not stand in a block.

public import Ledger
public import Primitives

/// Why a transaction is refused. A refused transaction changes nothing; a block that holds one is
/// invalid.
public enum InvalidTransaction: Error, Sendable, Hashable {
  // MARK: Form

  /// The fork does not know transactions of this type (EIP-2718).
  case typeNotSupported(Transaction.Kind)
  /// It is signed for another chain (EIP-155).
  case wrongChain(UInt64)
  /// The signature names no sender.
  case invalidSignature(SignatureError)
  /// Blob and set-code transactions cannot create contracts (EIP-4844, EIP-7702).
  case creationNotAllowed(Transaction.Kind)
  /// A creation whose init code is longer than the limit (EIP-3860).
  case initCodeTooLarge(limit: Int)
  /// A set-code transaction without authorizations (EIP-7702).
  case noAuthorizations

  // MARK: Gas

  /// The gas limit does not cover what is charged before execution.
  case gasLimitBelowIntrinsic(intrinsic: UInt64)
  /// The gas limit does not cover the least that the data costs (EIP-7623).
  case gasLimitBelowFloor(floor: UInt64)
  /// The gas limit is above the most that a transaction may have (EIP-7825).
  case gasLimitAboveCap(cap: UInt64)
  /// The gas limit is above what the block has left.
  case gasLimitAboveBlock(available: UInt64)

  // MARK: Fees

  /// The tip is above the whole fee (EIP-1559).
  case priorityFeeAboveMaxFee
  /// The fee or gas price is below the base fee of the block (EIP-1559).
  case maxFeeBelowBaseFee(baseFee: UInt256)

  // MARK: Blobs (EIP-4844)

  /// A blob transaction without blobs.
  case noBlobs
  /// More blobs than a transaction may carry (EIP-7594).
  case tooManyBlobs(limit: Int)
  /// A blob's hash is of an unknown version.
  case unknownBlobVersion(Hash256)
  /// The blobs need more blob gas than the block has left.
  case blobGasAboveBlock(available: UInt64)
  /// The fee is below the blob base fee of the block.
  case maxFeePerBlobGasBelowBaseFee(blobBaseFee: UInt256)

  // MARK: Sender

  /// The nonce was used before.
  case nonceTooLow(expected: UInt64)
  /// The nonce is ahead of the sender's.
  case nonceTooHigh(expected: UInt64)
  /// The nonce is 2^64 − 1, after which none could follow (EIP-2681).
  case nonceIsMax
  /// The sender cannot pay for gas, blobs and value together.
  case insufficientFunds
  /// The sender has code that is no delegation (EIP-3607).
  case senderHasCode
}
