// txpool_ methods, and those of eth_ that see the pool before the chain.

internal import Crypto
internal import JSON
internal import Ledger
internal import Primitives
internal import State

/// Methods about transactions that wait for a block.
struct PoolMethods {
  let chain: ChainReader
  let pool: TransactionPool
  /// Those that are signed for.
  let accounts: [DevelopmentAccount]
  /// The methods that know the chain alone.
  let reading: [String: RPCMethod]

  var methods: [String: RPCMethod] {
    [
      "txpool_status": { (_, writer) throws(RPCError) in
        let (pending, queued) = pool.counts
        writer.object { object in
          object.member("pending", quantity: UInt64(pending))
          object.member("queued", quantity: UInt64(queued))
        }
      },
      "txpool_content": { (_, writer) throws(RPCError) in
        write(of: pool.senders, to: &writer) { $0.write($1) }
      },
      "txpool_inspect": { (_, writer) throws(RPCError) in
        write(of: pool.senders, to: &writer) { $0.value($1.summary) }
      },
      "txpool_contentFrom": { (parameters, writer) throws(RPCError) in
        let (pending, queued) = pool.line(of: try parameters.address(0))
        writer.object { object in
          for (name, transactions) in [("pending", pending), ("queued", queued)] {
            object.key(name)
            object.byNonce(transactions) { $0.write($1) }
          }
        }
      },
      "eth_pendingTransactions": { (_, writer) throws(RPCError) in
        let own = Set(accounts.map(\.address))
        writer.array { list in
          for transaction in pool.pending where own.contains(transaction.sender) {
            list.write(transaction)
          }
        }
      },
      "eth_getTransactionByHash": { (parameters, writer) throws(RPCError) in
        if let waiting = try waiting(parameters) { return writer.write(waiting) }
        try reading["eth_getTransactionByHash"]?(parameters, &writer)
      },
      "eth_getRawTransactionByHash": { (parameters, writer) throws(RPCError) in
        if let waiting = try waiting(parameters) {
          return writer.value(data: waiting.encoding)
        }
        try reading["eth_getRawTransactionByHash"]?(parameters, &writer)
      },
      "eth_getTransactionBySenderAndNonce": { (parameters, writer) throws(RPCError) in
        let (sender, nonce) = (try parameters.address(0), try parameters.quantity(1))
        let (pending, queued) = pool.line(of: sender)
        if let found = try chain.transaction(by: sender, nonce: nonce) {
          writer.object { found.write(to: &$0) }
        } else if let waiting = (pending + queued).first(where: { $0.nonce == nonce }) {
          writer.write(waiting)
        } else {
          writer.null()
        }
      },
      "debug_getRawTransaction": { (parameters, writer) throws(RPCError) in
        if let waiting = try waiting(parameters) {
          return writer.value(data: waiting.encoding)
        }
        try reading["debug_getRawTransaction"]?(parameters, &writer)
      },
      "eth_getTransactionCount": { (parameters, writer) throws(RPCError) in
        guard case .pending = try parameters.block(1) else {
          try reading["eth_getTransactionCount"]?(parameters, &writer)
          return
        }
        let sender = try parameters.address(0)
        let account = try chain.senderAccount(sender, in: try chain.state(at: .latest))
        writer.value(quantity: pool.nextNonce(of: sender, from: account.nonce))
      },
    ]
  }

  /// The transaction that waits with a hash and is in no block. The chain is asked first: for a moment one may be
  /// in both.
  private func waiting(_ parameters: RPCParameters) throws(RPCError) -> PooledTransaction? {
    let hash = try parameters.hash(0)
    guard let waiting = pool.transaction(hash), try chain.place(of: hash) == nil else { return nil }
    return waiting
  }

  /// Writes what waits of each sender, as geth lays it out.
  private func write(
    of senders: [Address], to writer: inout JSONWriter,
    _ write: (inout JSONWriter, PooledTransaction) -> Void
  ) {
    let lines = senders.sorted { $0.word < $1.word }.map { ($0.checksummed, pool.line(of: $0)) }
    writer.object { object in
      object.key("pending")
      object.object { all in
        for (sender, line) in lines where !line.pending.isEmpty {
          all.key(sender)
          all.byNonce(line.pending, write)
        }
      }
      object.key("queued")
      object.object { all in
        for (sender, line) in lines where !line.queued.isEmpty {
          all.key(sender)
          all.byNonce(line.queued, write)
        }
      }
    }
  }
}

extension JSONWriter {
  /// Writes a transaction that is in no block.
  mutating func write(_ waiting: PooledTransaction) {
    object { object in
      waiting.transaction.write(
        hash: waiting.hash, sender: waiting.sender, at: nil, to: &object)
    }
  }

  /// Writes transactions of one sender by their nonces.
  fileprivate mutating func byNonce(
    _ transactions: [PooledTransaction], _ write: (inout JSONWriter, PooledTransaction) -> Void
  ) {
    object { object in
      for transaction in transactions {
        object.key(String(transaction.nonce))
        write(&object, transaction)
      }
    }
  }
}

extension PooledTransaction {
  /// What it is about, in one line.
  fileprivate var summary: String {
    let target = transaction.to?.checksummed ?? "contract creation"
    return "\(target): \(transaction.value.decimal) wei + \(transaction.gasLimit) gas × "
      + "\(transaction.gasPrice.decimal) wei"
  }
}
