// Why a block is refused.

public import Crypto
public import Execution
public import Ledger
public import Primitives

/// The rule that a block breaks: one case for each. An invalid block changes nothing.
public enum InvalidBlock: Error, Sendable, Hashable {
  // MARK: Encoding

  /// The bytes are not the canonical encoding of a block.
  case malformed(Block.DecodingError)
  /// The encoding has more bytes than a block may (EIP-7934, Osaka).
  case tooLarge(limit: Int)

  // MARK: Header

  /// The parent is not known, or is forgotten.
  case unknownParent(Hash256)
  /// The number does not follow the parent's.
  case wrongNumber(expected: UInt64)
  /// The timestamp is not above the parent's.
  case timestampNotAfterParent(UInt64)
  /// The gas limit is below 5,000.
  case gasLimitBelowMinimum
  /// The gas limit is above 2^63 − 1.
  case gasLimitAboveMaximum
  /// The gas limit lies a 1024th or more off the parent's.
  case gasLimitTooFarFromParent(UInt64)
  /// More gas used than the limit allows.
  case gasUsedAboveLimit
  /// More than 32 bytes of extra data.
  case extraDataTooLong
  /// One of the first ten blocks from the DAO fork on lacks its mark in the extra data (EIP-779).
  case daoMarkMissing
  /// One of these blocks bears the mark on a chain that did not go along.
  case daoMarkForbidden
  /// The difficulty is not what the fork's formula gives; zero since Paris.
  case wrongDifficulty(expected: UInt256)
  /// A nonce other than zero since Paris (EIP-3675).
  case nonceNotZero
  /// The base fee does not follow from the parent (EIP-1559).
  case wrongBaseFee(expected: UInt256)
  /// A field that the fork demands is absent.
  case missingField(Header.Field)
  /// A field that the fork does not know is present.
  case unexpectedField(Header.Field)
  /// The excess blob gas does not follow from the parent (EIP-4844).
  case wrongExcessBlobGas(expected: UInt64)
  /// The proof of work does not hold.
  case invalidSeal(EthashError)

  // MARK: Ommers

  /// Ommers since Paris (EIP-3675).
  case ommersNotAllowed
  /// More than two.
  case tooManyOmmers
  /// The same one twice in the block.
  case duplicateOmmer
  /// One that an ancestor of up to seven generations lists already.
  case ommerAlreadyIncluded
  /// One that is an ancestor.
  case ommerIsAncestor
  /// One whose parent is the block's own parent.
  case ommerIsSibling
  /// One whose parent is no ancestor of two to seven generations.
  case ommerParentNotAncestor
  /// The header of one breaks a rule.
  indirect case ommer(index: Int, InvalidBlock)

  // MARK: Body

  /// More transactions than the gas limit has room for, however little each of them uses.
  case tooManyTransactions(limit: UInt64)
  /// The header names another root of the transactions.
  case wrongTransactionsRoot(expected: Hash256)
  /// The header names another hash of the ommers.
  case wrongOmmersHash(expected: Hash256)
  /// The header names another root of the withdrawals (EIP-4895).
  case wrongWithdrawalsRoot(expected: Hash256)
  /// No list of withdrawals though the fork demands one.
  case missingWithdrawals
  /// A list of withdrawals though the fork knows none.
  case unexpectedWithdrawals

  // MARK: Execution

  /// A transaction may not stand at its place.
  case transaction(index: Int, InvalidTransaction)
  /// A withdrawal or a reward would take the balance of this account beyond 2^256 − 1.
  case balanceOverflow(Address)
  /// A system contract has no code (EIP-7002, EIP-7251).
  case systemContractMissing(Address)
  /// The call of a system contract fails (EIP-7002, EIP-7251).
  case systemCallFailed(Address)
  /// A deposit event is not laid out as it must be (EIP-6110).
  case malformedDeposit(transaction: Int)
  /// The transactions use another amount of gas.
  case wrongGasUsed(expected: UInt64)
  /// The transactions use another amount of blob gas (EIP-4844).
  case wrongBlobGasUsed(expected: UInt64)
  /// The filter over the events is another.
  case wrongLogsBloom
  /// The root of the receipts is another.
  case wrongReceiptsRoot(expected: Hash256)
  /// The root of the state is another.
  case wrongStateRoot(expected: Hash256)
  /// The hash of the requests is another (EIP-7685).
  case wrongRequestsHash(expected: Hash256)
}

/// Why a block was not imported.
public enum BlockImportError: Error, Sendable, Hashable {
  /// It breaks a rule.
  case invalid(InvalidBlock)
  /// It could not be executed; says nothing about the block.
  case notExecuted(ExecutionError)
}
