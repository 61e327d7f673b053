// What waits again when a node starts.

internal import Storage

/// What became of a pool's journal: transactions that wait again, those that may not any more though no block has them,
/// and damaged pieces that were passed over.
public typealias RestoredTransactions = (transactions: Int, refused: Int, skipped: Int)

extension TransactionJournal {
  /// Puts what the journal at `path` has kept back into the pool, and begins it anew; without a path there is none.
  static func restore(
    _ path: String?, _ pool: TransactionPool, _ chain: ChainReader, gasLimit: UInt64? = nil,
    allowsStatedSenders: Bool = false
  ) throws(NodeError) -> (TransactionJournal?, RestoredTransactions) {
    guard let path else { return (nil, (0, 0, 0)) }
    do throws(StoreError) {
      let (encodings, skipped) = try JournalRecord.read(path)
      let (taken, used) = TransactionIngest(chain, pool, gasLimit: { gasLimit }).restore(
        encodings, allowsStatedSenders: allowsStatedSenders)
      return (
        try TransactionJournal(path, pool), (taken, encodings.count - taken - used, skipped)
      )
    } catch {
      throw NodeError(description: "the pool's journal: \(error)")
    }
  }
}
