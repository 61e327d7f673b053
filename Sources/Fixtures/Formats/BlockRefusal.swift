// Why a block was refused, without the particulars.

internal import Chain
internal import Ledger

/// A reason to refuse a block other than one of its transactions.
enum BlockRefusal: Hashable {
  case malformed
  case malformedField(DecodingFault)
  case tooLarge
  case unknownParent
  case wrongNumber
  case timestampNotAfterParent
  case gasLimit
  case gasUsedAboveLimit
  case extraDataTooLong
  case daoMarkMissing
  case daoMarkForbidden
  case wrongDifficulty
  case nonceNotZero
  case wrongBaseFee
  case missingField(Header.Field)
  case unexpectedField(Header.Field)
  case wrongExcessBlobGas
  case invalidSeal
  case ommersNotAllowed
  case tooManyOmmers
  case duplicateOmmer
  case ommerAlreadyIncluded
  case ommerIsAncestor
  case ommerIsSibling
  case ommerParentNotAncestor
  case tooManyTransactions
  case wrongTransactionsRoot
  case wrongOmmersHash
  case wrongWithdrawalsRoot
  case missingWithdrawals
  case unexpectedWithdrawals
  case balanceOverflow
  case systemContractMissing
  case systemCallFailed
  case malformedDeposit
  case wrongGasUsed
  case wrongBlobGasUsed
  case wrongLogsBloom
  case wrongReceiptsRoot
  case wrongStateRoot
  case wrongRequestsHash
  case wrongBlockHash
  case wrongVersionedHashes
}

extension Refusal {
  /// All that may be said of a refused block: what is wrong with a part of it is wrong with the block.
  static func all(of error: InvalidBlock) -> [Refusal] {
    switch error {
    case .malformed(let error): malformed(error.field, error.fault)
    case .transaction(_, let reason): [Refusal(reason)]
    case .ommer(_, let reason): all(of: reason)
    // The transaction that comes too late finds its gas limit above what the block has left.
    case .tooManyTransactions: [.block(.tooManyTransactions), .gasLimitAboveBlock]
    default: [.block(BlockRefusal(error))]
    }
  }

  private static func malformed(_ field: Block.Field, _ fault: DecodingFault) -> [Refusal] {
    let whole: [Refusal] = [.block(.malformed), .block(.malformedField(fault))]
    if case .transaction(_, let part) = field { return whole + [.decoding(part, fault)] }
    return whole
  }

  /// The refusal of a payload that gives no block.
  init(_ error: InvalidPayload) {
    switch error {
    case .malformedTransaction(_, let error): self = .decoding(error.field, error.fault)
    case .wrongBlockHash: self = .block(.wrongBlockHash)
    case .wrongVersionedHashes: self = .block(.wrongVersionedHashes)
    case .invalidParameters, .unsupportedFork: self = .block(.malformed)
    }
  }
}

extension BlockRefusal {
  fileprivate init(_ error: InvalidBlock) {
    switch error {
    case .malformed, .transaction, .ommer: self = .malformed
    case .tooLarge: self = .tooLarge
    case .unknownParent: self = .unknownParent
    case .wrongNumber: self = .wrongNumber
    case .timestampNotAfterParent: self = .timestampNotAfterParent
    case .gasLimitBelowMinimum, .gasLimitAboveMaximum, .gasLimitTooFarFromParent: self = .gasLimit
    case .gasUsedAboveLimit: self = .gasUsedAboveLimit
    case .extraDataTooLong: self = .extraDataTooLong
    case .daoMarkMissing: self = .daoMarkMissing
    case .daoMarkForbidden: self = .daoMarkForbidden
    case .wrongDifficulty: self = .wrongDifficulty
    case .nonceNotZero: self = .nonceNotZero
    case .wrongBaseFee: self = .wrongBaseFee
    case .missingField(let field): self = .missingField(field)
    case .unexpectedField(let field): self = .unexpectedField(field)
    case .wrongExcessBlobGas: self = .wrongExcessBlobGas
    case .invalidSeal: self = .invalidSeal
    case .ommersNotAllowed: self = .ommersNotAllowed
    case .tooManyOmmers: self = .tooManyOmmers
    case .duplicateOmmer: self = .duplicateOmmer
    case .ommerAlreadyIncluded: self = .ommerAlreadyIncluded
    case .ommerIsAncestor: self = .ommerIsAncestor
    case .ommerIsSibling: self = .ommerIsSibling
    case .ommerParentNotAncestor: self = .ommerParentNotAncestor
    case .tooManyTransactions: self = .tooManyTransactions
    case .wrongTransactionsRoot: self = .wrongTransactionsRoot
    case .wrongOmmersHash: self = .wrongOmmersHash
    case .wrongWithdrawalsRoot: self = .wrongWithdrawalsRoot
    case .missingWithdrawals: self = .missingWithdrawals
    case .unexpectedWithdrawals: self = .unexpectedWithdrawals
    case .balanceOverflow: self = .balanceOverflow
    case .systemContractMissing: self = .systemContractMissing
    case .systemCallFailed: self = .systemCallFailed
    case .malformedDeposit: self = .malformedDeposit
    case .wrongGasUsed: self = .wrongGasUsed
    case .wrongBlobGasUsed: self = .wrongBlobGasUsed
    case .wrongLogsBloom: self = .wrongLogsBloom
    case .wrongReceiptsRoot: self = .wrongReceiptsRoot
    case .wrongStateRoot: self = .wrongStateRoot
    case .wrongRequestsHash: self = .wrongRequestsHash
    }
  }
}
