// The table of exception names.

import Execution
import Ledger
import Primitives
import Testing

@testable import Fixtures

@Suite struct ExceptionNamesTests {
  /// Every name that the state and transaction tests of the published suites use.
  private static let used = """
    IntrinsicGas SenderNotEOA TR_BLOBCREATE TR_BLOBLIST_OVERSIZE TR_BLOBVERSION_INVALID
    TR_EMPTYBLOB TR_FeeCapLessThanBlocks TR_GasLimitReached TR_IntrinsicGas TR_NoFunds
    TR_NoFundsOrGas TR_NoFundsX TR_NonceHasMaxValue TR_RLP_WRONGVALUE TR_TypeNotSupported
    ADDRESS_TOO_LONG ADDRESS_TOO_SHORT EC_RECOVERY_FAIL GASLIMIT_OVERFLOW
    GASLIMIT_PRICE_PRODUCT_OVERFLOW GASPRICE_OVERFLOW GAS_ALLOWANCE_EXCEEDED
    GAS_LIMIT_EXCEEDS_MAXIMUM INITCODE_SIZE_EXCEEDED INSUFFICIENT_ACCOUNT_FUNDS
    INSUFFICIENT_MAX_FEE_PER_BLOB_GAS INSUFFICIENT_MAX_FEE_PER_GAS
    INTRINSIC_GAS_BELOW_FLOOR_GAS_COST INTRINSIC_GAS_TOO_LOW INVALID_CHAINID
    INVALID_SIGNATURE_VRS NONCE_IS_MAX NONCE_OVERFLOW NONCE_TOO_BIG
    PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2
    PRIORITY_OVERFLOW RLP_ERROR_EOF RLP_ERROR_SIZE RLP_ERROR_SIZE_LEADING_ZEROS
    RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_LONG RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_SHORT
    RLP_INVALID_ACCESS_LIST_STORAGE_TOO_LONG RLP_INVALID_ACCESS_LIST_STORAGE_TOO_SHORT
    RLP_INVALID_DATA RLP_INVALID_GASLIMIT RLP_INVALID_HEADER RLP_INVALID_NONCE
    RLP_INVALID_SIGNATURE_R RLP_INVALID_SIGNATURE_S RLP_INVALID_TO RLP_INVALID_VALUE
    RLP_LEADING_ZEROS_BASEFEE RLP_LEADING_ZEROS_DATA_SIZE RLP_LEADING_ZEROS_GASLIMIT
    RLP_LEADING_ZEROS_GASPRICE RLP_LEADING_ZEROS_NONCE RLP_LEADING_ZEROS_NONCE_SIZE
    RLP_LEADING_ZEROS_PRIORITY_FEE RLP_LEADING_ZEROS_R RLP_LEADING_ZEROS_S RLP_LEADING_ZEROS_V
    RLP_LEADING_ZEROS_VALUE RLP_TOO_FEW_ELEMENTS RLP_TOO_MANY_ELEMENTS SENDER_NOT_EOA
    TYPE_1_TX_PRE_FORK TYPE_3_TX_BLOB_COUNT_EXCEEDED TYPE_3_TX_CONTRACT_CREATION
    TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED
    TYPE_3_TX_PRE_FORK TYPE_3_TX_ZERO_BLOBS TYPE_4_TX_PRE_FORK TYPE_NOT_SUPPORTED VALUE_OVERFLOW
    """.split { $0 == " " || $0 == "\n" }.map(String.init)

  @Test func everyUsedNameIsInTheTable() {
    for name in Self.used {
      #expect(ExceptionNames.knows(name), "\(name)")
      #expect(ExceptionNames.knows("TransactionException.\(name)"), "\(name)")
    }
    #expect(!ExceptionNames.knows("NO_SUCH_NAME"))
    #expect(!ExceptionNames.knows("TR_NoFunds|NO_SUCH_NAME"))
  }

  /// Every rule of validity has a name, so that none can refuse unnoticed.
  @Test func everyRuleHasAName() {
    let rules: [InvalidTransaction] = [
      .typeNotSupported(.blob), .wrongChain(2), .invalidSignature(.highS),
      .creationNotAllowed(.blob), .creationNotAllowed(.setCode), .initCodeTooLarge(limit: 1),
      .noAuthorizations, .gasLimitBelowIntrinsic(intrinsic: 1), .gasLimitBelowFloor(floor: 1),
      .gasLimitAboveCap(cap: 1), .gasLimitAboveBlock(available: 1), .priorityFeeAboveMaxFee,
      .maxFeeBelowBaseFee(baseFee: 1), .noBlobs, .tooManyBlobs(limit: 1),
      .unknownBlobVersion(.zero), .blobGasAboveBlock(available: 1),
      .maxFeePerBlobGasBelowBaseFee(blobBaseFee: 1), .nonceTooLow(expected: 1),
      .nonceTooHigh(expected: 1), .nonceIsMax, .insufficientFunds, .senderHasCode,
    ]
    for rule in rules {
      let refusal = Refusal(rule)
      #expect(ExceptionNames.table.values.contains { $0.contains(refusal) }, "\(rule)")
    }
  }

  @Test func everyNameHasAReason() {
    for (name, reasons) in ExceptionNames.table { #expect(!reasons.isEmpty, "\(name)") }
  }

  @Test func acceptsOnlyTheNamedReasons() {
    #expect(ExceptionNames.accept(.insufficientFunds, for: "TR_NoFunds"))
    #expect(!ExceptionNames.accept(.nonceIsMax, for: "TR_NoFunds"))
    let joined = "TransactionException.NONCE_IS_MAX|TransactionException.SENDER_NOT_EOA"
    #expect(ExceptionNames.accept(.senderHasCode, for: joined))
    #expect(!ExceptionNames.accept(.insufficientFunds, for: joined))
    #expect(!ExceptionNames.accept(.insufficientFunds, for: ""))
  }

  @Test func theSkipListIsShortAndGivesReasons() {
    #expect(SkipList.entries.count < 20)
    for entry in SkipList.entries {
      #expect(!entry.path.isEmpty && entry.reason.count > 20)
    }
  }
}
