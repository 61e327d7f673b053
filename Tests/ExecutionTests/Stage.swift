// A small world to execute transactions in.

import EVM
import Execution
import Ledger
import Primitives
import State

/// An executor in the middle of a block of one fork, a rich sender, and transactions by it.
struct Stage {
  static let sender = Address(0x5e)
  static let recipient = Address(0xaa)
  static let coinbase = Address(0xcb)
  static let wealth: UInt256 = 1_000_000_000_000_000_000

  let executor = TransactionExecutor()

  init(
    _ fork: Fork, _ accounts: [AccountAllocation] = [Self.senderAccount()],
    blobs: BlobParameters? = nil, _ change: (inout BlockEnvironment) -> Void = { _ in }
  ) {
    var block = BlockEnvironment(
      coinbase: Self.coinbase, number: 100, timestamp: 1_000_000,
      baseFee: fork >= .london ? 7 : 0, blobBaseFee: fork >= .cancun ? 3 : 0)
    change(&block)
    executor.begin(block, rules: TransactionRules(fork, blobs: blobs), on: MemoryState(accounts))
  }

  var state: TransactionState { executor.state }

  static func senderAccount(
    nonce: UInt64 = 0, balance: UInt256 = wealth, code: [UInt8] = []
  ) -> AccountAllocation {
    AccountAllocation(address: sender, nonce: nonce, balance: balance, code: code)
  }

  static func contract(_ code: [UInt8], storage: [UInt256: UInt256] = [:]) -> AccountAllocation {
    AccountAllocation(address: recipient, nonce: 1, code: code, storage: storage)
  }

  /// A transaction of the sender that is valid wherever its type is, but for `change`.
  static func transaction(
    _ kind: Transaction.Kind = .legacy, _ change: (inout Transaction) -> Void = { _ in }
  ) -> Transaction {
    var transaction = Transaction(
      kind: kind, chainID: 1, nonce: 0, maxFeePerGas: 10, gasLimit: 100_000, to: recipient)
    if kind.hasDynamicFee { transaction.maxPriorityFeePerGas = 2 }
    if kind == .blob {
      transaction.maxFeePerBlobGas = 3
      transaction.blobVersionedHashes = [blobHash]
    }
    if kind == .setCode {
      transaction.authorizations = [Authorization(chainID: 1, address: .zero, nonce: 0)]
    }
    change(&transaction)
    return transaction
  }

  /// A hash of version 1.
  static let blobHash = Hash256(UInt256(l0: 0, l1: 0, l2: 0, l3: 1 << 56))

  func execute(_ transaction: Transaction) throws(ExecutionError) -> TransactionOutcome {
    try executor.execute(transaction, from: Self.sender)
  }

  /// Why the transaction is refused; nil when it is not.
  func refusal(_ transaction: Transaction) -> InvalidTransaction? {
    do throws(ExecutionError) {
      _ = try execute(transaction)
      return nil
    } catch {
      guard case .invalid(let reason) = error else { return nil }
      return reason
    }
  }
}
