// The method that lets the chain take another way.

internal import JSON
internal import Ledger
internal import Primitives
internal import Storage

extension DevelopmentMethods {
  /// The most blocks that are made again.
  private static let reorganisationLimit: UInt64 = 10_000
  /// The most transactions that may be given for them.
  private static let transactionLimit = 1 << 16

  var reorganisation: [String: RPCMethod] {
    Self.named("anvil_reorg") { (parameters) throws(RPCError) in
      let depth = try parameters.number(0)
      guard depth <= Self.reorganisationLimit else {
        throw .invalidParameters("more than \(Self.reorganisationLimit) blocks")
      }
      let wishes = try parameters.optional(1) { (value) throws(RPCError) in
        try value.rpcList(atMost: Self.transactionLimit) { (pair) throws(RPCError) in
          try ReorganisationWish(pair, depth: depth)
        }
      }
      try reorganise(depth, wishes ?? [])
    }
  }

  /// Makes the last blocks again, with these transactions and no others. What stood in them is gone. Throws at the end
  /// where a transaction could not stand in its block.
  private func reorganise(_ depth: UInt64, _ wishes: [ReorganisationWish]) throws(RPCError) {
    let made = try producer.betweenBlocks { () throws(RPCError) in
      var made: [ChainReader.Found] = []
      let head = chain.store.head.number
      guard depth <= head - chain.store.genesisBlock.number else {
        throw .invalidParameters(
          "Reorg depth must not exceed current chain height: current height \(head), depth \(depth)"
        )
      }
      let common = head - depth
      // What is wrong with a transaction is told before anything is undone.
      let blocks = try transactions(of: wishes, behind: common, depth)
      try goBack(to: common)
      snapshots.forget(behind: common)
      var rest = blocks[...]
      while let transactions = rest.first {
        let empty = rest.prefix { $0.isEmpty }.count
        if empty > 0 {
          try producer.makeEmptyBlocks(UInt64(empty), interval: nil)
        } else {
          if let block = try producer.makeBlock(of: transactions) { made.append(block) }
        }
        rest = rest.dropFirst(max(empty, 1))
      }
      return made
    }
    producer.notice()
    producer.tell(made)
    var standing = 0
    for block in made { standing += try chain.body(of: block).transactions.count }
    if standing < wishes.count {
      throw .failed(
        "\(wishes.count - standing) of the transactions could not stand in their blocks")
    }
  }

  /// The transactions of each block.
  private func transactions(
    of wishes: [ReorganisationWish], behind common: UInt64, _ depth: UInt64
  ) throws(RPCError) -> [[PooledTransaction]] {
    let wishes = wishes.enumerated().sorted {
      ($0.element.block, $0.offset) < ($1.element.block, $1.offset)
    }
    .map(\.element)
    let state = try chain.state(at: .number(common))
    // No block is made meanwhile: what all of them need is found out in the time of one call.
    let deadline = CallDeadline(signing.filling.sending.runner.timeout)
    var nonces: [Address: UInt64] = [:]
    var encodings: [[UInt8]] = []
    for wish in wishes {
      let object: JSONValue
      switch wish.transaction {
      case .signed(let encoding):
        encodings.append(encoding)
        continue
      case .described(let value): object = value
      }
      try deadline.check()
      var filled = try signing.filling.filled(object, behind: .number(common), estimates: false)
      guard let from = filled.arguments.from ?? unlocked.accounts.first?.address else {
        throw .failed("unknown account")
      }
      filled.arguments.from = from
      let nonce: UInt64 =
        if let nonce = nonces[from] { nonce } else {
          try chain.senderAccount(from, in: state).nonce
        }
      nonces[from] = nonce &+ 1
      encodings.append(
        try signing.encoded(try signing.filling.transaction(filled, nonce: nonce), filled))
    }
    var prepared: [Int: PooledTransaction] = [:]
    for isSigned in [true, false] {
      let places = wishes.indices.filter { wishes[$0].isSigned == isSigned }
      let transactions = try prepare(places.map { encodings[$0] }, areSigned: isSigned)
      for (place, transaction) in zip(places, transactions) { prepared[place] = transaction }
    }
    var blocks = [[PooledTransaction]](repeating: [], count: Int(depth))
    for (place, wish) in wishes.enumerated() {
      if let transaction = prepared[place] { blocks[wish.block].append(transaction) }
    }
    return blocks
  }

  /// What a block is made of. Only what the node has made for an account may state its sender.
  private func prepare(
    _ encodings: [[UInt8]], areSigned: Bool
  ) throws(RPCError) -> [PooledTransaction] {
    var batch = IngestBatch(encodings, allowsStatedSenders: !areSigned)
    batch.prepare(try PoolValidation(chain), ingest.pool)
    if batch.prepared.count < encodings.count {
      for outcome in batch.outcomes { if case .failure(let error) = outcome { throw error } }
    }
    return batch.prepared.map(\.transaction)
  }
}

/// A transaction that is to stand in one of the blocks that are made again.
private struct ReorganisationWish {
  enum Described {
    case signed([UInt8])
    case described(JSONValue)
  }

  let transaction: Described
  /// Whether somebody has signed it.
  var isSigned: Bool { if case .signed = transaction { true } else { false } }
  /// Which of them, counted from zero.
  let block: Int

  init(_ pair: JSONValue, depth: UInt64) throws(RPCError) {
    let parts = try pair.rpcList(atMost: 2) { $0 }
    guard parts.count == 2 else {
      throw .invalidParameters("a transaction comes with the number of its block")
    }
    transaction = parts[0].kind == .object ? .described(parts[0]) : .signed(try parts[0].rpcData())
    let number = try parts[1].rpcNumber()
    guard number < depth else {
      throw .invalidParameters(
        "Block number for reorg tx will exceed the reorged chain height. Block number \(number) must "
          + "not exceed (depth-1) \(depth - min(depth, 1))")
    }
    block = Int(number)
  }
}
