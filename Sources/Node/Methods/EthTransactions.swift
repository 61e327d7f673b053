// eth_ methods about transactions that stand in blocks.

internal import Crypto
internal import JSON
internal import Ledger
internal import Primitives
internal import Storage

/// Methods about transactions.
struct EthTransactions {
  let chain: ChainReader

  var methods: [String: RPCMethod] {
    [
      "eth_getTransactionByHash": { (parameters, writer) throws(RPCError) in
        let hash = try parameters.hash(0)
        guard let found = try chain.place(of: hash) else { return writer.null() }
        try write(found.encoding, hash, at: found.place, to: &writer)
      },
      "eth_getTransactionByBlockNumberAndIndex": { (parameters, writer) throws(RPCError) in
        try write(try parameters.quantity(1), of: try parameters.block(0), to: &writer)
      },
      "eth_getTransactionByBlockHashAndIndex": { (parameters, writer) throws(RPCError) in
        try write(try parameters.quantity(1), of: .hash(try parameters.hash(0)), to: &writer)
      },
      "eth_getRawTransactionByBlockNumberAndIndex": { (parameters, writer) throws(RPCError) in
        try writeRaw(try parameters.quantity(1), of: try parameters.block(0), to: &writer)
      },
      "eth_getRawTransactionByBlockHashAndIndex": { (parameters, writer) throws(RPCError) in
        try writeRaw(try parameters.quantity(1), of: .hash(try parameters.hash(0)), to: &writer)
      },
      "eth_getRawTransactionByHash": { (parameters, writer) throws(RPCError) in
        writer.value(data: try chain.place(of: try parameters.hash(0))?.encoding ?? [])
      },
      "debug_getRawTransaction": { (parameters, writer) throws(RPCError) in
        writer.value(data: try chain.place(of: try parameters.hash(0))?.encoding ?? [])
      },
      "eth_getTransactionReceipt": { (parameters, writer) throws(RPCError) in
        guard let receipt = try chain.receipt(of: try parameters.hash(0)) else {
          return writer.null()
        }
        writer.object { receipt.write(to: &$0) }
      },
    ]
  }

  private func write(
    _ index: UInt64, of selector: BlockSelector, to writer: inout JSONWriter
  ) throws(RPCError) {
    if let pending = try chain.pending(selector) {
      guard index < UInt64(pending.transactions.count) else { return writer.null() }
      return writer.write(pending.transactions[Int(index)])
    }
    guard let (place, encoding) = try find(index, of: selector) else { return writer.null() }
    try write(encoding, encoding.keccak256, at: place, to: &writer)
  }

  private func writeRaw(
    _ index: UInt64, of selector: BlockSelector, to writer: inout JSONWriter
  ) throws(RPCError) {
    if let pending = try chain.pending(selector) {
      let isThere = index < UInt64(pending.transactions.count)
      return writer.value(data: isThere ? pending.transactions[Int(index)].encoding : [])
    }
    writer.value(data: try find(index, of: selector)?.encoding ?? [])
  }

  private func find(
    _ index: UInt64, of selector: BlockSelector
  ) throws(RPCError) -> (place: TransactionPlace, encoding: ArraySlice<UInt8>)? {
    guard let block = try chain.block(selector) else { return nil }
    let body = try chain.body(of: block)
    guard index < UInt64(body.transactions.count) else { return nil }
    return (TransactionPlace(block: block, index: Int(index)), body.transactions[Int(index)])
  }

  private func write(
    _ encoding: ArraySlice<UInt8>, _ hash: Hash256, at place: TransactionPlace,
    to writer: inout JSONWriter
  ) throws(RPCError) {
    let transaction = try ChainReader.transaction(encoding)
    let fork = try chain.fork(of: place.block.header)
    let sender: Address
    do throws(SignatureError) {
      sender = try chain.sender(of: transaction, fork: fork)
    } catch {
      throw .internalError("the sender of a stored transaction: \(error)")
    }
    writer.object { transaction.write(hash: hash, sender: sender, at: place, to: &$0) }
  }
}

extension ArraySlice<UInt8> {
  /// The hash by which a transaction with this encoding is known.
  var keccak256: Hash256 { Keccak256.hash(self) }
}
