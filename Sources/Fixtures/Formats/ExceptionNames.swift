// The names by which the suites call the reasons for refusing a transaction or a block.

internal import Ledger

/// One table from the names of the suites to our reasons.
enum ExceptionNames {
  /// Whether `refusal` is what `name` asks for: one name, or alternatives joined by `|`.
  static func accept(_ refusal: Refusal, for name: String) -> Bool {
    alternatives(of: name).contains { table[$0]?.contains(refusal) ?? false }
  }

  /// Whether every alternative of `name` is in the table.
  static func knows(_ name: String) -> Bool {
    alternatives(of: name).allSatisfy { table[$0] != nil }
  }

  private static func alternatives(of name: String) -> [String] {
    name.split(separator: "|").map {
      String(
        $0.replacing("TransactionException.", with: "").replacing("BlockException.", with: ""))
    }
  }

  /// All of it. No name stands in both parts.
  static let table = transactionTable.merging(blockTable) { $0 + $1 }

  private static let transactionTable: [String: [Refusal]] = [
    // Rules, as the Execution Spec Tests name them.
    "INSUFFICIENT_ACCOUNT_FUNDS": [.insufficientFunds],
    "GASLIMIT_PRICE_PRODUCT_OVERFLOW": [.insufficientFunds],
    "INTRINSIC_GAS_TOO_LOW": [.gasLimitBelowIntrinsic],
    "INTRINSIC_GAS_BELOW_FLOOR_GAS_COST": [.gasLimitBelowFloor],
    "GAS_ALLOWANCE_EXCEEDED": [.gasLimitAboveBlock],
    "GAS_LIMIT_EXCEEDS_MAXIMUM": [.gasLimitAboveCap],
    "INITCODE_SIZE_EXCEEDED": [.initCodeTooLarge],
    "INSUFFICIENT_MAX_FEE_PER_GAS": [.maxFeeBelowBaseFee],
    "INSUFFICIENT_MAX_FEE_PER_BLOB_GAS": [.maxFeePerBlobGasBelowBaseFee],
    "NONCE_IS_MAX": [.nonceIsMax],
    "NONCE_MISMATCH_TOO_LOW": [.nonceTooLow],
    "NONCE_MISMATCH_TOO_HIGH": [.nonceTooHigh],
    "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS": [.priorityFeeAboveMaxFee],
    "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2": [.priorityFeeAboveMaxFee],
    "SENDER_NOT_EOA": [.senderHasCode],
    "TYPE_1_TX_PRE_FORK": [.typeNotSupported(.accessList)],
    "TYPE_2_TX_PRE_FORK": [.typeNotSupported(.dynamicFee)],
    "TYPE_3_TX_PRE_FORK": [.typeNotSupported(.blob)],
    "TYPE_3_TX_ZERO_BLOBS_PRE_FORK": [.typeNotSupported(.blob)],
    "TYPE_3_TX_ZERO_BLOBS": [.noBlobs],
    "TYPE_3_TX_BLOB_COUNT_EXCEEDED": [.tooManyBlobs, .blobGasAboveBlock],
    "TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED": [.blobGasAboveBlock],
    "TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH": [.unknownBlobVersion],
    "TYPE_3_TX_CONTRACT_CREATION": [
      .creationNotAllowed(.blob), .decoding(.to, .tooShort),
    ],
    "TYPE_4_TX_PRE_FORK": [.typeNotSupported(.setCode)],
    "TYPE_4_EMPTY_AUTHORIZATION_LIST": [.noAuthorizations],
    "TYPE_4_TX_CONTRACT_CREATION": [
      .creationNotAllowed(.setCode), .decoding(.to, .tooShort),
    ],
    // The same rules as older fillers name them.
    "IntrinsicGas": [.gasLimitBelowIntrinsic],
    "SenderNotEOA": [.senderHasCode],
    "TR_BLOBCREATE": [.creationNotAllowed(.blob), .decoding(.to, .tooShort)],
    "TR_BLOBLIST_OVERSIZE": [.blobGasAboveBlock, .tooManyBlobs],
    "TR_BLOBVERSION_INVALID": [.unknownBlobVersion],
    "TR_EMPTYBLOB": [.noBlobs],
    "TR_FeeCapLessThanBlocks": [.maxFeeBelowBaseFee],
    "TR_GasLimitReached": [.gasLimitAboveBlock],
    "TR_InitCodeLimitExceeded": [.initCodeTooLarge],
    "TR_IntrinsicGas": [.gasLimitBelowIntrinsic],
    "TR_NoFunds": [.insufficientFunds],
    "TR_NoFundsOrGas": [.insufficientFunds, .gasLimitBelowIntrinsic],
    "TR_NoFundsX": [.insufficientFunds],
    "TR_NonceHasMaxValue": [.nonceIsMax],
    "TR_NonceTooHigh": [.nonceTooHigh],
    "TR_NonceTooLow": [.nonceTooLow],
    "TR_RLP_WRONGVALUE": [.decoding(.value, .tooLarge)],
    "TR_TipGtFeeCap": [.priorityFeeAboveMaxFee],
    "TR_TypeNotSupported": Transaction.Kind.allCases.map { .typeNotSupported($0) },
    // Encodings and signatures, as the TransactionTests name them.
    "ADDRESS_TOO_LONG": [.decoding(.to, .tooLong)],
    "ADDRESS_TOO_SHORT": [.decoding(.to, .tooShort)],
    "EC_RECOVERY_FAIL": [.signature(.unrecoverable)],
    // One vector has both faults: nine bytes, of which the first is zero.
    "GASLIMIT_OVERFLOW": [.decoding(.gasLimit, .tooLarge), .decoding(.gasLimit, .leadingZeros)],
    "GASPRICE_OVERFLOW": [.decoding(.gasPrice, .tooLarge), .decoding(.maxFeePerGas, .tooLarge)],
    "INVALID_CHAINID": [
      .signature(.wrongChainID), .wrongChain, .decoding(.v, .invalidValue),
    ],
    "INVALID_SIGNATURE_VRS": [
      .signature(.invalidR), .signature(.invalidS), .signature(.highS),
      .signature(.invalidYParity), .signature(.protectedTooEarly), .decoding(.v, .invalidValue),
      .decoding(.r, .tooLarge), .decoding(.s, .tooLarge),
    ],
    "NONCE_OVERFLOW": [.decoding(.nonce, .tooLarge)],
    "NONCE_TOO_BIG": [.nonceIsMax],
    "PRIORITY_OVERFLOW": [.decoding(.maxPriorityFeePerGas, .tooLarge)],
    "RLP_ERROR_EOF": [.decoding(.envelope, .truncated)],
    "RLP_ERROR_SIZE": [.decoding(.envelope, .truncated), .decoding(.envelope, .trailingBytes)],
    "RLP_ERROR_SIZE_LEADING_ZEROS": [.decoding(.envelope, .nonCanonical)],
    "RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_LONG": [.decoding(.accessListAddress, .tooLong)],
    "RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_SHORT": [.decoding(.accessListAddress, .tooShort)],
    "RLP_INVALID_ACCESS_LIST_STORAGE_TOO_LONG": [.decoding(.accessListSlot, .tooLong)],
    "RLP_INVALID_ACCESS_LIST_STORAGE_TOO_SHORT": [.decoding(.accessListSlot, .tooShort)],
    "RLP_INVALID_DATA": [.decoding(.data, .unexpectedList)],
    "RLP_INVALID_GASLIMIT": [.decoding(.gasLimit, .unexpectedList)],
    "RLP_INVALID_HEADER": [.decoding(.envelope, .unexpectedBytes)],
    "RLP_INVALID_NONCE": [.decoding(.nonce, .unexpectedList)],
    "RLP_INVALID_SIGNATURE_R": [.decoding(.r, .unexpectedList)],
    "RLP_INVALID_SIGNATURE_S": [.decoding(.s, .unexpectedList)],
    "RLP_INVALID_TO": [.decoding(.to, .unexpectedList)],
    "RLP_INVALID_VALUE": [.decoding(.value, .tooLarge), .decoding(.value, .unexpectedList)],
    "RLP_LEADING_ZEROS_BASEFEE": [.decoding(.maxFeePerGas, .leadingZeros)],
    "RLP_LEADING_ZEROS_DATA_SIZE": [.decoding(.data, .nonCanonical)],
    "RLP_LEADING_ZEROS_GASLIMIT": [.decoding(.gasLimit, .leadingZeros)],
    "RLP_LEADING_ZEROS_GASPRICE": [.decoding(.gasPrice, .leadingZeros)],
    "RLP_LEADING_ZEROS_NONCE": [.decoding(.nonce, .leadingZeros)],
    "RLP_LEADING_ZEROS_NONCE_SIZE": [.decoding(.nonce, .nonCanonical)],
    "RLP_LEADING_ZEROS_PRIORITY_FEE": [.decoding(.maxPriorityFeePerGas, .leadingZeros)],
    "RLP_LEADING_ZEROS_R": [.decoding(.r, .leadingZeros)],
    "RLP_LEADING_ZEROS_S": [.decoding(.s, .leadingZeros)],
    "RLP_LEADING_ZEROS_V": [.decoding(.v, .leadingZeros)],
    "RLP_LEADING_ZEROS_VALUE": [.decoding(.value, .leadingZeros)],
    // A list that ends early lacks the last fields: the signature's.
    "RLP_TOO_FEW_ELEMENTS": [
      .decoding(.v, .tooFewElements), .decoding(.r, .tooFewElements),
      .decoding(.s, .tooFewElements),
    ],
    "RLP_TOO_MANY_ELEMENTS": [.decoding(.envelope, .tooManyElements)],
    // A byte string instead of a list is neither a legacy transaction nor one of a type (EIP-2718).
    "TYPE_NOT_SUPPORTED": Transaction.Kind.allCases.map { .typeNotSupported($0) } + [
      .decoding(.type, .unsupportedType), .decoding(.envelope, .unexpectedBytes),
    ],
    "VALUE_OVERFLOW": [.decoding(.value, .tooLarge)],
  ]
}
