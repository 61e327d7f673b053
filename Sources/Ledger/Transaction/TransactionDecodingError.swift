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

extension Transaction.Field: CustomStringConvertible {
  /// The field in words.
  public var description: String {
    switch self {
    case .envelope: "the transaction"
    case .type: "the type"
    case .chainID: "the chain id"
    case .nonce: "the nonce"
    case .gasPrice: "the gas price"
    case .maxPriorityFeePerGas: "the priority fee"
    case .maxFeePerGas: "the max fee"
    case .gasLimit: "the gas limit"
    case .to: "the recipient"
    case .value: "the value"
    case .data: "the data"
    case .accessList: "the access list"
    case .accessListAddress: "an address of the access list"
    case .accessListSlot: "a slot of the access list"
    case .maxFeePerBlobGas: "the max fee per blob gas"
    case .blobVersionedHashes: "the blob hashes"
    case .authorizations: "the authorizations"
    case .authorization(let field): "\(field) of an authorization"
    case .v: "v of the signature"
    case .r: "r of the signature"
    case .s: "s of the signature"
    case .sidecar: "the blob sidecar"
    case .blobs: "the blobs"
    case .commitments: "the commitments"
    case .proofs: "the proofs"
    }
  }
}
