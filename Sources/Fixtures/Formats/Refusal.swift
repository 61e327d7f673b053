// Why a transaction was refused, without the particulars.

internal import Execution
internal import Ledger

/// A reason to refuse a transaction: an encoding that cannot be read, a signature that names nobody,
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
