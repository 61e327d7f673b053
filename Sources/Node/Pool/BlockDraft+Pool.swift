// What a pool offers to a block.

internal import Chain
internal import Ledger
internal import Primitives

extension TransactionPool {
  /// What is offered to a block behind `parent`, the best first. It may use twice the gas of a block: most use less
  /// than they may, and the rest is not tried. A block that is made for a time is handed on with its blobs, which
  /// must be proven as that time's fork wants it.
  func candidates(
    behind parent: Header, at timestamp: UInt64? = nil, of chain: ChainReader,
    baseFee: UInt256? = nil, gasLimit: UInt64
  ) -> [PooledTransaction] {
    candidates(
      baseFee: baseFee ?? BaseFee.next(after: parent),
      blobBaseFee: chain.nextBlobBaseFee(after: parent, at: timestamp),
      sidecars: timestamp.map { time in
        let fork = chain.rules.fork(block: parent.number.successor, timestamp: time)
        return BlobSidecar.Version(at: fork)
      },
      gas: gasLimit > .max / 2 ? .max : 2 * gasLimit, gasLimit: gasLimit)
  }
}

extension BlockDraft {
  /// Takes what waited in a pool, which has decoded it and knows who sent it.
  mutating func take(_ candidates: [PooledTransaction]) {
    transactions = EncodedTransactions(
      reservingCapacity: candidates.count,
      byteCount: candidates.reduce(0) { $0 + $1.encoding.count })
    for candidate in candidates { transactions.append(candidate.encoding) }
    signed = SignedTransactions(candidates.map(\.transaction), by: candidates.map(\.sender))
  }
}
