// The fields of a transaction, by which a refused encoding is reported.

/// Bytes are not the canonical encoding of a transaction.
public typealias TransactionDecodingError = FieldDecodingError<Transaction.Field>

extension Transaction {
  /// A part of a transaction's encoding.
  public enum Field: Sendable, Hashable {
    /// The encoding as a whole.
    case envelope
    /// The type byte.
    case type
    case chainID
    case nonce
    /// The price of the types without dynamic fees.
    case gasPrice
    case maxPriorityFeePerGas
    case maxFeePerGas
    case gasLimit
    case to
    case value
    case data
    /// The access list, or an entry of it.
    case accessList
    case accessListAddress
    case accessListSlot
    case maxFeePerBlobGas
    case blobVersionedHashes
    /// The list of authorizations, or one as a whole.
    case authorizations
    case authorization(Authorization.Field)
    /// The parity and, in legacy transactions, the chain id.
    case v
    case r
    case s
    /// What travels beside a blob transaction, or its version.
    case sidecar
    case blobs
    case commitments
    case proofs
  }
}

extension Authorization {
  /// A part of an authorization's encoding.
  public enum Field: Sendable, Hashable {
    case chainID, address, nonce, yParity, r, s
  }
}
