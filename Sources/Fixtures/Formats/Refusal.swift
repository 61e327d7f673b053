// Why a transaction or a block was refused, without the particulars.

internal import Execution
internal import Ledger

/// A reason to refuse a transaction or a block: an encoding that cannot be read, a signature that names nobody,
/// or a rule.
enum Refusal: Hashable {
  case decoding(Transaction.Field, DecodingFault)
  case signature(SignatureError)
  case typeNotSupported(Transaction.Kind)
  case wrongChain
  case creationNotAllowed(Transaction.Kind)
  case initCodeTooLarge
  case noAuthorizations
  case gasLimitBelowIntrinsic
  case gasLimitBelowFloor
  case gasLimitAboveCap
  case gasLimitAboveBlock
  case priorityFeeAboveMaxFee
  case maxFeeBelowBaseFee
  case noBlobs
  case tooManyBlobs
  case unknownBlobVersion
  case blobGasAboveBlock
  case maxFeePerBlobGasBelowBaseFee
  case nonceTooLow
  case nonceTooHigh
  case nonceIsMax
  case insufficientFunds
  case senderHasCode
  case block(BlockRefusal)

  init(_ error: TransactionDecodingError) { self = .decoding(error.field, error.fault) }

  init(_ error: InvalidTransaction) {
    switch error {
    case .typeNotSupported(let kind): self = .typeNotSupported(kind)
    case .wrongChain: self = .wrongChain
    case .invalidSignature(let error): self = .signature(error)
    case .creationNotAllowed(let kind): self = .creationNotAllowed(kind)
    case .initCodeTooLarge: self = .initCodeTooLarge
    case .noAuthorizations: self = .noAuthorizations
    case .gasLimitBelowIntrinsic: self = .gasLimitBelowIntrinsic
    case .gasLimitBelowFloor: self = .gasLimitBelowFloor
    case .gasLimitAboveCap: self = .gasLimitAboveCap
    case .gasLimitAboveBlock: self = .gasLimitAboveBlock
    case .priorityFeeAboveMaxFee: self = .priorityFeeAboveMaxFee
    case .maxFeeBelowBaseFee: self = .maxFeeBelowBaseFee
    case .noBlobs: self = .noBlobs
    case .tooManyBlobs: self = .tooManyBlobs
    case .unknownBlobVersion: self = .unknownBlobVersion
    case .blobGasAboveBlock: self = .blobGasAboveBlock
    case .maxFeePerBlobGasBelowBaseFee: self = .maxFeePerBlobGasBelowBaseFee
    case .nonceTooLow: self = .nonceTooLow
    case .nonceTooHigh: self = .nonceTooHigh
    case .nonceIsMax: self = .nonceIsMax
    case .insufficientFunds: self = .insufficientFunds
    case .senderHasCode: self = .senderHasCode
    }
  }
}

extension Refusal: CustomStringConvertible {
  /// The reason in words.
  var description: String {
    switch self {
    case .decoding(let field, let fault): "\(field) \(fault)"
    case .signature(let error): "\(error)"
    case .typeNotSupported(let kind): "the fork has no transactions of type \(kind.rawValue)"
    case .wrongChain: "it is signed for another chain"
    case .creationNotAllowed(let kind):
      "transactions of type \(kind.rawValue) cannot create contracts"
    case .initCodeTooLarge: "the init code is too long"
    case .noAuthorizations: "there are no authorizations"
    case .gasLimitBelowIntrinsic: "the gas limit is below the intrinsic gas"
    case .gasLimitBelowFloor: "the gas limit is below the floor that the data sets"
    case .gasLimitAboveCap: "the gas limit is above the cap of a transaction"
    case .gasLimitAboveBlock: "the gas limit is above what the block has left"
    case .priorityFeeAboveMaxFee: "the priority fee is above the max fee"
    case .maxFeeBelowBaseFee: "the max fee is below the base fee"
    case .noBlobs: "there are no blobs"
    case .tooManyBlobs: "there are too many blobs"
    case .unknownBlobVersion: "a blob hash has an unknown version"
    case .blobGasAboveBlock: "the blobs need more blob gas than the block has left"
    case .maxFeePerBlobGasBelowBaseFee: "the max fee per blob gas is below the blob base fee"
    case .nonceTooLow: "the nonce is too low"
    case .nonceTooHigh: "the nonce is too high"
    case .nonceIsMax: "the nonce is 2^64 - 1"
    case .insufficientFunds: "the sender cannot pay for gas, blobs and value together"
    case .senderHasCode: "the sender has code that is no delegation"
    case .block(let refusal): "\(refusal)"
    }
  }
}
