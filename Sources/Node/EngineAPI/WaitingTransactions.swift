// The pool of a node whose blocks others order.

internal import Chain
internal import Crypto
internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Storage

/// The transactions that wait, as the head moves.
struct WaitingTransactions: Sendable {
  /// Of how many blocks, at most, a new head's transactions are taken out of the pool, or put back.
  private static let blockLimit = 64

  let chain: ChainReader
  let pool: TransactionPool

  var methods: [String: RPCMethod] {
    [
      "eth_sendRawTransaction": { (parameters, writer) throws(RPCError) in
        let transaction = try PoolValidation(chain: chain).check(try parameters.data(0))
        try pool.add(transaction)
        writer.value(transaction.hash)
      }
    ]
  }

  /// What blocks are built of.
  var candidates: PayloadBuilder.Candidates {
    PayloadBuilder.Candidates(
      transactions: { (parent, gasLimit) throws(RPCError) in
        let state = try chain.state(at: .latest)
        let candidates = try pool.candidates(
          baseFee: BaseFee.next(after: parent), gasLimit: gasLimit
        ) { (sender) throws(RPCError) in
          try chain.readingState { () throws(StateReadError) in
            try state.account(sender)?.nonce ?? 0
          }
        }
        var transactions = EncodedTransactions()
        for candidate in candidates { transactions.append(candidate.encoding) }
        return transactions
      }, version: { UInt64(pool.count) })
  }

  /// Takes out what stands in the chain now, and puts back what stood there before.
  func follow(_ change: ConsensusChain.HeadChange) {
    for block in change.dropped.suffix(Self.blockLimit) {
      guard let body = try? chain.store.body(of: block) else { continue }
      for encoding in body.transactions {
        // Those that may not wait any more are gone for good.
        guard let transaction = try? PoolValidation(chain: chain).check(Array(encoding)) else {
          continue
        }
        try? pool.add(transaction)
      }
    }
    if pool.count == 0 { return }
    for block in change.added.suffix(Self.blockLimit) {
      guard let body = try? chain.store.body(of: block) else { continue }
      for encoding in body.transactions { pool.remove(Keccak256.hash(encoding)) }
    }
  }
}
