// eth_ methods about blocks, and those of debug_ that give them raw.

internal import JSON
internal import Ledger
internal import Primitives
internal import Storage

/// Methods about blocks.
struct EthBlocks {
  let chain: ChainReader

  var methods: [String: RPCMethod] {
    [
      "eth_blockNumber": { (parameters, writer) throws(RPCError) in
        try parameters.expect(atMost: 0)
        writer.value(quantity: chain.store.head.number)
      },
      "eth_getBlockByNumber": { (parameters, writer) throws(RPCError) in
        let selector = try parameters.required(0) { (value) throws(RPCError) in
          try BlockSelector(value)
        }
        try write(selector, withTransactions: try parameters.flag(1, otherwise: false), to: &writer)
      },
      "eth_getBlockByHash": { (parameters, writer) throws(RPCError) in
        let hash = try parameters.hash(0)
        try write(
          .hash(hash), withTransactions: try parameters.flag(1, otherwise: false), to: &writer)
      },
      "eth_getHeaderByNumber": { (parameters, writer) throws(RPCError) in
        try writeHeader(try parameters.block(0), to: &writer)
      },
      "eth_getHeaderByHash": { (parameters, writer) throws(RPCError) in
        try writeHeader(.hash(try parameters.hash(0)), to: &writer)
      },
      "eth_getBlockTransactionCountByNumber": { (parameters, writer) throws(RPCError) in
        if let pending = try chain.pending(try parameters.block(0)) {
          return writer.value(quantity: UInt64(pending.transactions.count))
        }
        try writeCount(in: try parameters.block(0), to: &writer) { $0.transactions.count }
      },
      "eth_getBlockTransactionCountByHash": { (parameters, writer) throws(RPCError) in
        try writeCount(in: .hash(try parameters.hash(0)), to: &writer) { $0.transactions.count }
      },
      "eth_getUncleCountByBlockNumber": { (parameters, writer) throws(RPCError) in
        try writeCount(in: try parameters.block(0), to: &writer) { $0.ommers.count }
      },
      "eth_getUncleCountByBlockHash": { (parameters, writer) throws(RPCError) in
        try writeCount(in: .hash(try parameters.hash(0)), to: &writer) { $0.ommers.count }
      },
      "eth_getUncleByBlockNumberAndIndex": { (parameters, writer) throws(RPCError) in
        try writeOmmer(try parameters.quantity(1), of: try parameters.block(0), to: &writer)
      },
      "eth_getUncleByBlockHashAndIndex": { (parameters, writer) throws(RPCError) in
        try writeOmmer(try parameters.quantity(1), of: .hash(try parameters.hash(0)), to: &writer)
      },
      "eth_getBlockReceipts": { (parameters, writer) throws(RPCError) in
        let selector = try parameters.block(0)
        // What nobody has made has left nothing yet.
        guard try chain.pending(selector) == nil, let block = try chain.block(selector) else {
          return writer.null()
        }
        let receipts = try chain.placedReceipts(of: block)
        writer.array { list in for receipt in receipts { list.object { receipt.write(to: &$0) } } }
      },
      "debug_getRawHeader": { (parameters, writer) throws(RPCError) in
        writer.value(data: try chain.existingBlock(try parameters.block(0)).header.encoded)
      },
      "debug_getRawBlock": { (parameters, writer) throws(RPCError) in
        let block = try chain.existingBlock(try parameters.block(0))
        writer.value(data: try chain.encoding(of: block))
      },
      "debug_getRawReceipts": { (parameters, writer) throws(RPCError) in
        let block = try chain.existingBlock(try parameters.block(0))
        let receipts = try chain.receipts(of: block)
        writer.array { list in for receipt in receipts { list.value(data: receipt.encoded) } }
      },
    ]
  }

  private func writeCount(
    in selector: BlockSelector, to writer: inout JSONWriter, _ count: (StoredBody) -> Int
  ) throws(RPCError) {
    guard let block = try chain.block(selector) else { return writer.null() }
    writer.value(quantity: UInt64(count(try chain.body(of: block))))
  }

  private func writeHeader(
    _ selector: BlockSelector, to writer: inout JSONWriter
  ) throws(RPCError) {
    if let pending = try chain.pending(selector) {
      let header = try chain.header(of: pending)
      return writer.object { header.write(hash: nil, to: &$0) }
    }
    guard let block = try chain.block(selector) else { return writer.null() }
    writer.object { block.header.write(hash: block.hash, to: &$0) }
  }

  private func writeOmmer(
    _ index: UInt64, of selector: BlockSelector, to writer: inout JSONWriter
  ) throws(RPCError) {
    guard let block = try chain.block(selector) else { return writer.null() }
    let ommers = try chain.body(of: block).ommers
    guard index < UInt64(ommers.count) else { return writer.null() }
    let ommer = ommers[Int(index)]
    writer.object { object in
      ommer.write(hash: ommer.hash, to: &object)
      object.member("size", quantity: UInt64(Block(header: ommer, transactions: []).encoded.count))
      object.key("uncles")
      object.array { _ in }
    }
  }

  private func write(
    _ selector: BlockSelector, withTransactions: Bool, to writer: inout JSONWriter
  ) throws(RPCError) {
    if let pending = try chain.pending(selector) {
      return try write(pending, withTransactions: withTransactions, to: &writer)
    }
    guard let block = try chain.block(selector) else { return writer.null() }
    try write(block, withTransactions: withTransactions, to: &writer)
  }

  /// Writes the block that would be made now.
  private func write(
    _ pending: PendingBlock, withTransactions: Bool, to writer: inout JSONWriter
  ) throws(RPCError) {
    let header = try chain.header(of: pending)
    let block = Block(
      header: header, transactions: pending.transactions.map(\.transaction),
      withdrawals: header.withdrawalsRoot == nil ? nil : [])
    writer.object { object in
      header.write(hash: nil, to: &object)
      object.member("size", quantity: UInt64(block.encoded.count))
      object.key("transactions")
      object.array { list in
        for waiting in pending.transactions {
          if withTransactions { list.write(waiting) } else { list.value(waiting.hash) }
        }
      }
      object.key("uncles")
      object.array { _ in }
      if header.withdrawalsRoot != nil {
        object.key("withdrawals")
        object.array { _ in }
      }
    }
  }

  /// Writes a block; `addition` adds members to the transaction at a place.
  func write(
    _ block: ChainReader.Found, withTransactions: Bool, to writer: inout JSONWriter,
    _ addition: (_ index: Int, _ object: inout JSONWriter) -> Void = { _, _ in }
  ) throws(RPCError) {
    let body = try chain.body(of: block)
    let size = try chain.encoding(of: block).count
    try writer.object { (object) throws(RPCError) in
      block.header.write(hash: block.hash, to: &object)
      object.member("size", quantity: UInt64(size))
      object.key("transactions")
      try object.array { (list) throws(RPCError) in
        if !withTransactions {
          for encoding in body.transactions { list.value(encoding.keccak256) }
          return
        }
        let decoded = try chain.decoded(block)
        let senders = try decoded.senders()
        for (index, transaction) in decoded.transactions.enumerated() {
          list.object { object in
            transaction.write(
              hash: decoded.hashes[index], sender: senders[index],
              at: TransactionPlace(block: block, index: index), to: &object)
            addition(index, &object)
          }
        }
      }
      object.key("uncles")
      object.array { list in for ommer in body.ommers { list.value(ommer.hash) } }
      if let withdrawals = body.withdrawals {
        object.objects("withdrawals", of: withdrawals) { $1.write(to: &$0) }
      }
    }
  }
}
