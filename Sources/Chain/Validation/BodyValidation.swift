// Whether a body is the one that its header commits to.

import Crypto
import Execution
public import Ledger
import Primitives
import State

/// The commitments of a header to the lists of its block.
public enum BodyValidation {
  /// The most bytes in the encoding of a block: 10 MiB less a margin of 2 MiB (EIP-7934, Osaka).
  public static let maximumSize = 8_388_608

  /// The most transactions that a block of this gas limit can hold: each uses some gas in the end.
  public static func maximumTransactionCount(gasLimit: UInt64, fork: Fork) -> UInt64 {
    gasLimit / TransactionRules(fork).leastGasUsed
  }

  /// Throws what is wrong before anything is executed: ommers and withdrawals where the fork has none
  /// and other ommers than the header's.
  public static func checkForm(_ block: Block, fork: Fork) throws(InvalidBlock) {
    if fork >= .paris && !block.ommers.isEmpty { throw .ommersNotAllowed }
    let ommers = block.ommers.isEmpty ? Header.emptyOmmersHash : hash(of: block.ommers)
    if block.header.ommersHash != ommers { throw .wrongOmmersHash(expected: ommers) }
    if (block.withdrawals != nil) != (fork >= .shanghai) {
      throw block.withdrawals == nil ? .missingWithdrawals : .unexpectedWithdrawals
    }
  }

  /// Throws unless the header names the roots of the lists. As in the executable specification this
  /// comes after the execution: what is wrong with a transaction is the better reason.
  public static func checkRoots(_ block: Block) throws(InvalidBlock) {
    try checkRoots(
      transactions: OrderedTrieRoot.of(block.transactions.map(\.encoded)),
      withdrawals: block.withdrawals, in: block.header)
  }

  /// Throws unless `header` names the root of its transactions, `transactions`, and that of its
  /// withdrawals.
  static func checkRoots(
    transactions: Hash256, withdrawals: [Withdrawal]?, in header: Header
  ) throws(InvalidBlock) {
    if header.transactionsRoot != transactions {
      throw .wrongTransactionsRoot(expected: transactions)
    }
    guard let withdrawals else { return }
    let root = OrderedTrieRoot.of(withdrawals.map(\.encoded))
    if header.withdrawalsRoot != root { throw .wrongWithdrawalsRoot(expected: root) }
  }

  private static func hash(of ommers: [Header]) -> Hash256 {
    var encoder = RLPEncoder()
    encoder.list { encoder in
      for ommer in ommers { ommer.write(to: &encoder) }
    }
    return Keccak256.hash(encoder.bytes)
  }
}
