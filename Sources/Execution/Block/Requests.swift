// Requests of the execution layer to the consensus layer (EIP-7685).

import Crypto
import Ledger
public import Primitives

/// The list of requests that a block makes.
public enum Requests {
  /// The first byte of a request, which tells its kind.
  enum Kind: UInt8 {
    /// Deposits (EIP-6110).
    case deposit
    /// Withdrawals (EIP-7002).
    case withdrawal
    /// Consolidations (EIP-7251).
    case consolidation
  }

  /// The hash that the header names: SHA-256 over the SHA-256 of each request.
  public static func hash(_ requests: [[UInt8]]) -> Hash256 {
    SHA256.hash(requests.flatMap { SHA256.hash($0).bytes })
  }
}

extension TransactionExecutor {
  /// The requests of the block, whose transactions are done: deposits from their events, then what
  /// the two system contracts have queued. Kinds without a request are not listed.
  func collectRequests(
    _ receipts: UnsafeBufferPointer<Receipt>, depositContract: Address
  ) throws(BlockExecutionError) -> [[UInt8]] {
    var deposits: [UInt8] = []
    for (index, receipt) in receipts.enumerated() where !receipt.logs.isEmpty {
      guard let found = DepositRequests.collect(from: receipt.logs, of: depositContract) else {
        throw .malformedDeposit(transaction: index)
      }
      deposits += found
    }
    let lists: [(Requests.Kind, [UInt8])] = [
      (.deposit, deposits),
      (.withdrawal, try takeRequests(SystemCalls.withdrawalRequests)),
      (.consolidation, try takeRequests(SystemCalls.consolidationRequests)),
    ]
    return lists.compactMap { kind, data in data.isEmpty ? nil : [kind.rawValue] + data }
  }
}
