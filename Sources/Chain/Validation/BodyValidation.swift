// Whether a body is the one that its header commits to.

public import Ledger
import Crypto
import Primitives
import State

/// The commitments of a header to the lists of its block.
public enum BodyValidation {
  /// The most bytes in the encoding of a block: 10 MiB less a margin of 2 MiB (EIP-7934, Osaka).
  public static let maximumSize = 8_388_608

  /// Throws the first commitment that does not hold.
  public static func check(_ block: Block, fork: Fork) throws(InvalidBlock) {
    let header = block.header
    if fork >= .paris && !block.ommers.isEmpty { throw .ommersNotAllowed }
    let ommers = block.ommers.isEmpty ? Header.emptyOmmersHash : hash(of: block.ommers)
    if header.ommersHash != ommers { throw .wrongOmmersHash(expected: ommers) }
    let transactions = OrderedTrieRoot.of(block.transactions.map(\.encoded))
    if header.transactionsRoot != transactions {
      throw .wrongTransactionsRoot(expected: transactions)
    }
    guard let list = block.withdrawals else {
      if fork >= .shanghai { throw .missingWithdrawals }
      return
    }
    if fork < .shanghai { throw .unexpectedWithdrawals }
    let withdrawals = OrderedTrieRoot.of(list.map(\.encoded))
    if header.withdrawalsRoot != withdrawals { throw .wrongWithdrawalsRoot(expected: withdrawals) }
  }

  private static func hash(of ommers: [Header]) -> Hash256 {
    var encoder = RLPEncoder()
    encoder.list { encoder in
      for ommer in ommers { ommer.write(to: &encoder) }
    }
    return Keccak256.hash(encoder.bytes)
  }
}
