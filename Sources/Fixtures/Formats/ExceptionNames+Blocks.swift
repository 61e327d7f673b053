// The names by which the suites call the reasons for refusing a block.

internal import Ledger

extension ExceptionNames {
  /// The part of the table about blocks.
  static let blockTable: [String: [Refusal]] = [
    // As the Execution Spec Tests name them.
    "BLOB_GAS_USED_ABOVE_LIMIT": [.block(.wrongBlobGasUsed)],
    "EXTRA_DATA_INVALID_DAO": [.block(.daoMarkMissing)],
    "EXTRA_DATA_TOO_BIG": [.block(.extraDataTooLong)],
    "GAS_USED_OVERFLOW": [.block(.gasUsedAboveLimit), .gasLimitAboveBlock],
    "INCORRECT_BLOB_GAS_USED": [.block(.wrongBlobGasUsed)],
    "INCORRECT_BLOCK_FORMAT": missingOrUnexpected + [.block(.malformedField(.tooFewElements))],
    "INCORRECT_EXCESS_BLOB_GAS": [.block(.wrongExcessBlobGas)],
    "INVALID_BASEFEE_PER_GAS": [.block(.wrongBaseFee)],
    "INVALID_BLOCK_NUMBER": [.block(.wrongNumber)],
    "INVALID_BLOCK_TIMESTAMP_OLDER_THAN_PARENT": [.block(.timestampNotAfterParent)],
    "INVALID_DIFFICULTY": [.block(.wrongDifficulty)],
    "INVALID_GASLIMIT": [.block(.gasLimit)],
    "INVALID_GAS_USED": [.block(.wrongGasUsed)],
    "INVALID_LOG_BLOOM": [.block(.wrongLogsBloom)],
    "INVALID_RECEIPTS_ROOT": [.block(.wrongReceiptsRoot)],
    "INVALID_REQUESTS": [.block(.wrongRequestsHash)],
    "INVALID_STATE_ROOT": [.block(.wrongStateRoot)],
    "INVALID_TRANSACTIONS_ROOT": [.block(.wrongTransactionsRoot)],
    "INVALID_VERSIONED_HASHES": [.block(.wrongVersionedHashes)],
    "INVALID_WITHDRAWALS_ROOT": [.block(.wrongWithdrawalsRoot)],
    "RLP_BLOCK_LIMIT_EXCEEDED": [.block(.tooLarge)],
    "RLP_INVALID_ADDRESS": [
      .block(.malformedField(.tooShort)), .block(.malformedField(.tooLong)),
    ],
    "RLP_INVALID_FIELD_OVERFLOW_64": [.block(.malformedField(.tooLarge))],
    "RLP_STRUCTURES_ENCODING": [.block(.malformed)],
    "RLP_WITHDRAWALS_NOT_READ": [
      .block(.malformedField(.unexpectedBytes)), .block(.missingWithdrawals),
    ],
    "SYSTEM_CONTRACT_CALL_FAILED": [.block(.systemCallFailed)],
    "SYSTEM_CONTRACT_EMPTY": [.block(.systemContractMissing)],
    "INVALID_DEPOSIT_EVENT_LAYOUT": [.block(.malformedDeposit)],
    "UNKNOWN_PARENT": [.block(.unknownParent)],
    "UNKNOWN_PARENT_ZERO": [.block(.unknownParent)],
    // Blocks in the form of another fork. The first rule that such a block breaks may be the
    // difficulty, a field, or what the parent has.
    "IMPORT_IMPOSSIBLE_LEGACY": missingOrUnexpected,
    "IMPORT_IMPOSSIBLE_LEGACY_WRONG_PARENT": missingOrUnexpected,
    "IMPORT_IMPOSSIBLE_LONDON_WRONG_PARENT": missingOrUnexpected,
    "IMPORT_IMPOSSIBLE_PARIS_OVER_SHANGHAI": missingOrUnexpected,
    "IMPORT_IMPOSSIBLE_PARIS_WRONG_POS": [.block(.wrongDifficulty)],
    "IMPORT_IMPOSSIBLE_PARIS_WRONG_POW": [.block(.wrongDifficulty)],
    "IMPORT_IMPOSSIBLE_SHANGHAI": missingOrUnexpected,
    "IMPORT_IMPOSSIBLE_UNCLES_OVER_PARIS": [.block(.ommersNotAllowed)],
    // The same rules as older fillers name them.
    "1559BlockImportImpossible_BaseFeeWrong": [.block(.wrongBaseFee)],
    "1559BlockImportImpossible_HeaderIsLegacy": missingOrUnexpected,
    "3675PoSBlockRejected": [.block(.wrongDifficulty)],
    "3675PoWBlockRejected": [.block(.wrongDifficulty)],
    "3675PreParis1559BlockRejected": [.block(.wrongDifficulty), .block(.ommersNotAllowed)],
    "BlockGasLimitReached": [.gasLimitAboveBlock],
    "ExtraDataIncorrectDAO": [.block(.daoMarkMissing)],
    "ExtraDataTooBig": [.block(.extraDataTooLong)],
    "INPUT_UNMARSHAL_ADDRESS_ERROR": [
      .block(.malformedField(.tooShort)), .block(.malformedField(.tooLong)),
    ],
    "INPUT_UNMARSHAL_ERROR": [.block(.malformed)],
    "InvalidBlockNonce": [.block(.invalidSeal)],
    "InvalidDifficulty": [.block(.wrongDifficulty)],
    "InvalidGasLimit": [.block(.gasLimit)],
    "InvalidGasLimit2": [.block(.gasLimit)],
    "InvalidGasUsed": [.block(.wrongGasUsed)],
    "InvalidLogBloom": [.block(.wrongLogsBloom)],
    "InvalidNumber": [.block(.wrongNumber)],
    "InvalidReceiptsStateRoot": [.block(.wrongReceiptsRoot)],
    "InvalidStateRoot": [.block(.wrongStateRoot)],
    "InvalidTimestamp": [.block(.timestampNotAfterParent)],
    "InvalidTimestampOlderParent": [.block(.timestampNotAfterParent)],
    "InvalidTransactionsRoot": [.block(.wrongTransactionsRoot)],
    // One of these ommers is the block's own parent, whose parent is no parent of an ommer.
    "InvalidUncleParentHash": [.block(.ommerParentNotAncestor), .block(.ommerIsAncestor)],
    "InvalidUnclesHash": [.block(.wrongOmmersHash)],
    "InvalidWithdrawals": [.block(.wrongWithdrawalsRoot)],
    "LegacyBlockImportImpossible": missingOrUnexpected,
    "LegacyBlockImportImpossible2": missingOrUnexpected,
    "ParisBlockImportImpossible": missingOrUnexpected,
    "PostParisUncleHashIsNotEmpty": [.block(.ommersNotAllowed)],
    "RLP_ExpectedAsList": [
      .block(.malformedField(.unexpectedBytes)), .block(.missingWithdrawals),
    ],
    "ShanghaiBlockImportImpossible": missingOrUnexpected,
    "TooManyUncles": [.block(.tooManyOmmers)],
    "TooMuchGasUsed": [.block(.gasUsedAboveLimit)],
    // The fillers of that time did not tell ancestors from what ancestors include.
    "UncleInChain": [
      .block(.ommerAlreadyIncluded), .block(.duplicateOmmer), .block(.ommerIsAncestor),
    ],
    "UncleIsAncestor": [.block(.ommerIsAncestor)],
    // Said of siblings of the block and of ommers that are the same.
    "UncleIsBrother": [.block(.ommerIsSibling), .block(.duplicateOmmer)],
    // Geth has one reason for both.
    "UncleParentIsNotAncestor": [.block(.ommerParentNotAncestor), .block(.ommerIsSibling)],
    "UnknownParent": [.block(.unknownParent)],
    "UnknownParent2": [.block(.unknownParent)],
    // Two reasons in one name.
    "SenderNotEOAorNoCASH": [.senderHasCode, .insufficientFunds],
    "TR_FeeCapLessThanBlocksORGasLimitReached": [.maxFeeBelowBaseFee, .gasLimitAboveBlock],
    "TR_FeeCapLessThanBlocksORNoFunds": [.maxFeeBelowBaseFee, .insufficientFunds],
  ]

  /// Tests whose block breaks two rules, of which the suite names the one that we come to second; with
  /// the one that we come to first.
  private static let alsoBroken: [String: Refusal] = [
    // Gas limits below the intrinsic gas and fees that nobody could pay.
    "EmptyTransaction": .gasLimitBelowIntrinsic, "txCost-sec73": .gasLimitBelowIntrinsic,
    // No gas limit and yet gas used; fillers of different times name different rules.
    "GasLimitIsZero": .block(.gasLimit),
  ]

  /// Whether one of `refusals` is what `name` asks for in the case `test`, such as
  /// `EmptyTransaction_Cancun`.
  static func accept(_ refusals: [Refusal], for name: String, in test: String) -> Bool {
    let title = test.split(separator: "_").first.map(String.init) ?? test
    return refusals.contains { accept($0, for: name) || $0 == alsoBroken[title] }
  }

  /// A part of header or body that the fork demands or does not know.
  private static let missingOrUnexpected: [Refusal] =
    [Header.Field.baseFeePerGas, .withdrawalsRoot, .blobGasUsed, .requestsHash].flatMap {
      [.block(.missingField($0)), .block(.unexpectedField($0))]
    } + [.block(.missingWithdrawals), .block(.unexpectedWithdrawals)]
}
