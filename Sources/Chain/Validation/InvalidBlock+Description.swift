// Refusals of blocks in words.

import Execution
import Ledger
import Primitives

extension InvalidBlock: CustomStringConvertible {
  /// The rule that was broken, for people.
  public var description: String {
    switch self {
    case .malformed(let error): "the encoding is malformed: \(error)"
    case .tooLarge(let limit): "the encoding has more than \(limit) bytes"
    case .unknownParent(let hash): "the parent \(hash) is not known"
    case .wrongNumber(let expected): "the number should be \(expected)"
    case .timestampNotAfterParent(let parent): "the timestamp is not above the parent's, \(parent)"
    case .gasLimitBelowMinimum: "the gas limit is below 5000"
    case .gasLimitAboveMaximum: "the gas limit is above 2^63 - 1"
    case .gasLimitTooFarFromParent(let parent):
      "the gas limit is a 1024th or more off the parent's, \(parent)"
    case .gasUsedAboveLimit: "more gas is used than the limit allows"
    case .extraDataTooLong: "the extra data has more than 32 bytes"
    case .daoMarkMissing: "the extra data lacks the mark of the DAO fork"
    case .daoMarkForbidden: "the extra data has the mark of the DAO fork, which the chain opposes"
    case .wrongDifficulty(let expected): "the difficulty should be \(expected.decimal)"
    case .nonceNotZero: "the nonce should be zero since Paris"
    case .wrongBaseFee(let expected): "the base fee should be \(expected.decimal)"
    case .missingField(let field): "the header lacks \(field)"
    case .unexpectedField(let field): "the header has \(field), which the fork does not know"
    case .wrongExcessBlobGas(let expected): "the excess blob gas should be \(expected)"
    case .invalidSeal(let reason): "the proof of work does not hold: \(reason)"
    case .ommersNotAllowed: "there are ommers since Paris"
    case .tooManyOmmers: "there are more than two ommers"
    case .duplicateOmmer: "an ommer stands there twice"
    case .ommerAlreadyIncluded: "an ommer stands in an ancestor already"
    case .ommerIsAncestor: "an ommer is an ancestor"
    case .ommerIsSibling: "an ommer has the block's own parent"
    case .ommerParentNotAncestor:
      "the parent of an ommer is no ancestor of two to seven generations"
    case .ommer(let index, let reason): "ommer \(index): \(reason)"
    case .tooManyTransactions(let limit):
      "there are more than \(limit) transactions, for which the gas limit has no room"
    case .wrongTransactionsRoot(let hash): "the transactions root should be \(hash)"
    case .wrongOmmersHash(let hash): "the ommers hash should be \(hash)"
    case .wrongWithdrawalsRoot(let hash): "the withdrawals root should be \(hash)"
    case .missingWithdrawals: "the list of withdrawals is lacking"
    case .unexpectedWithdrawals: "there are withdrawals, which the fork does not know"
    case .transaction(let index, let reason): "transaction \(index): \(reason)"
    case .balanceOverflow(let address):
      "a withdrawal or reward takes the balance of \(address) beyond 2^256 - 1"
    case .systemContractMissing(let address): "the system contract \(address) has no code"
    case .systemCallFailed(let address): "the call of the system contract \(address) failed"
    case .malformedDeposit(let index): "transaction \(index): a deposit event is malformed"
    case .wrongGasUsed(let gas): "the gas used should be \(gas)"
    case .wrongBlobGasUsed(let gas): "the blob gas used should be \(gas)"
    case .wrongLogsBloom: "the logs bloom is wrong"
    case .wrongReceiptsRoot(let hash): "the receipts root should be \(hash)"
    case .wrongStateRoot(let hash): "the state root should be \(hash)"
    case .wrongRequestsHash(let hash): "the requests hash should be \(hash)"
    }
  }
}

extension BlockImportError: CustomStringConvertible {
  /// Why the block was not imported, for people.
  public var description: String {
    switch self {
    case .invalid(let reason): "invalid: \(reason)"
    case .notExecuted(let error): "not executed: \(error)"
    }
  }
}
