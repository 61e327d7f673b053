// The names by which the suites call the reasons for refusing a transaction.

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
      String($0.replacing("TransactionException.", with: ""))
    }
  }

  static let table: [String: [Refusal]] = [
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
    // Encodings, as the TransactionTests name them.
    "RLP_INVALID_VALUE": [.decoding(.value, .tooLarge), .decoding(.value, .unexpectedList)],
  ]
}
