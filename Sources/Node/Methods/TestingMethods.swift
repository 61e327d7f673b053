// testing_ methods, for suites that ask for them. A node has them only when it is told so.

internal import Chain
internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Storage

/// Methods that make blocks which the chain never hears of.
struct TestingMethods {
  let runner: CallRunner
  /// The transactions that wait, for requests that leave the choice to the node; nil takes none.
  let pool: TransactionPool?

  private var chain: ChainReader { runner.chain }

  /// The gas limit that blocks go towards, as in geth.
  private static let gasTarget: UInt64 = 60_000_000
  /// As many transactions a request may have.
  private static let transactionLimit = 1 << 16

  var methods: [String: RPCMethod] {
    [
      "testing_buildBlockV1": { (parameters, writer) throws(RPCError) in
        let parentHash = try parameters.hash(0)
        let attributes = try parameters.required(1) { (value) throws(RPCError) in
          try PayloadWish(value)
        }
        let encodings = try parameters.optional(2) { (value) throws(RPCError) in
          try value.rpcList(atMost: Self.transactionLimit) { (item) throws(RPCError) in
            try item.rpcData()
          }
        }
        let extraData = try parameters.optional(3) { (value) throws(RPCError) in
          try value.rpcData()
        }
        guard let parent = try chain.block(.hash(parentHash)),
          parent.hash == chain.store.head.hash
        else { throw .failed("parentHash is not current head") }
        let payload = try build(on: parent, attributes, encodings, extraData ?? [])
        payload.write(to: &writer)
      }
    ]
  }

  private func build(
    on parent: ChainReader.Found, _ wish: PayloadWish, _ encodings: [[UInt8]]?,
    _ extraData: [UInt8]
  ) throws(RPCError) -> TestPayload {
    if wish.timestamp <= parent.header.timestamp {
      throw .invalidParameters(
        "invalid timestamp: \(wish.timestamp) <= \(parent.header.timestamp)")
    }
    if extraData.count > HeaderValidation.maximumExtraData {
      throw .invalidParameters("extra data of more than 32 bytes")
    }
    let fork = try chain.fork(behind: parent, timestamp: wish.timestamp)
    let header = header(on: parent.header, wish, fork, extraData)
    let state = try chain.view(at: .hash(parent.hash))
    let candidates = try candidates(encodings, header, state)
    let executable = ExecutableBlock(
      Block(
        header: header, transactions: candidates.map(\.transaction),
        withdrawals: wish.withdrawals ?? []),
      senders: candidates.map(\.sender), rules: chain.rules, fork: fork)
    let executor = SequentialExecutor(memoryLimit: 256 << 20)
    executor.transactions.machine.deadline = CallDeadline(runner.timeout).instant
    let built: BuiltBlock
    do throws(BlockExecutionError) {
      built = try executor.build(from: executable, on: state, until: nil)
    } catch {
      throw .failed("\(error)")
    }
    if encodings != nil, let skipped = built.skipped.first {
      throw .failed("transaction \(skipped.index): \(skipped.reason)")
    }
    let included = built.included.map { candidates[$0] }
    return try finish(header, fork, wish, included, built.outcome, state)
  }

  /// The header of the block, without what only execution tells.
  private func header(
    on parent: Header, _ wish: PayloadWish, _ fork: Fork, _ extraData: [UInt8]
  ) -> Header {
    var header = Header(
      parentHash: parent.hash, coinbase: wish.feeRecipient, number: parent.number.successor,
      gasLimit: parent.gasLimit(towards: Self.gasTarget), timestamp: wish.timestamp,
      extraData: extraData, prevRandao: wish.prevRandao)
    if fork >= .london { header.baseFeePerGas = BaseFee.next(after: parent) }
    if fork >= .shanghai {
      header.withdrawalsRoot = OrderedTrieRoot.of((wish.withdrawals ?? []).map(\.encoded))
    }
    if fork >= .cancun {
      header.parentBeaconBlockRoot = wish.parentBeaconBlockRoot ?? .zero
      header.blobGasUsed = 0
      if let parameters = chain.rules.blobParameters(
        block: header.number, timestamp: header.timestamp)
      {
        header.excessBlobGas = BlobGas.excess(after: parent, parameters: parameters, fork: fork)
      }
    }
    if fork >= .prague { header.requestsHash = .zero }
    return header
  }

  private func candidates(
    _ encodings: [[UInt8]]?, _ header: Header, _ state: any StateView
  ) throws(RPCError) -> [TestPayload.Entry] {
    guard let encodings else {
      let waiting = pool?.candidates(
        baseFee: header.baseFeePerGas ?? .zero, blobBaseFee: chain.blobBaseFee(of: header) ?? .zero,
        gas: header.gasLimit)
      return (waiting ?? []).map {
        TestPayload.Entry(
          transaction: $0.transaction, sender: $0.sender, encoding: $0.encoding)
      }
    }
    var entries: [TestPayload.Entry] = []
    for (index, encoding) in encodings.enumerated() {
      let transaction: Transaction
      do throws(TransactionDecodingError) {
        transaction = try Transaction(decoding: encoding)
      } catch {
        throw .invalidParameters("transaction \(index): \(error)")
      }
      do throws(SignatureError) {
        entries.append(
          TestPayload.Entry(
            transaction: transaction, sender: try transaction.recoverSender(), encoding: encoding))
      } catch {
        throw .invalidParameters("transaction \(index): \(error)")
      }
    }
    return entries
  }

  private func finish(
    _ draft: Header, _ fork: Fork, _ wish: PayloadWish, _ included: [TestPayload.Entry],
    _ outcome: BlockOutcome, _ state: HistoricalState
  ) throws(RPCError) -> TestPayload {
    var header = draft
    let tries = try chain.reading { () throws(StoreError) in try state.tries() }
    header.stateRoot = try chain.readingState { () throws(StateReadError) in
      try tries.apply(outcome.diff, run: StateTries.alone)
    }
    header.gasUsed = outcome.gasUsed
    header.logsBloom = outcome.bloom
    header.transactionsRoot = OrderedTrieRoot.of(included.map(\.encoding))
    header.receiptsRoot = OrderedTrieRoot.of(outcome.receipts.map(\.encoded))
    if fork >= .cancun { header.blobGasUsed = outcome.blobGasUsed }
    if fork >= .prague { header.requestsHash = Requests.hash(outcome.requests) }
    var value = UInt256.zero
    var before: UInt64 = 0
    for (entry, receipt) in zip(included, outcome.receipts) {
      let tip = entry.transaction.gasPrice(in: header) &- (header.baseFeePerGas ?? .zero)
      value = value &+ tip &* UInt256(receipt.cumulativeGasUsed - before)
      before = receipt.cumulativeGasUsed
    }
    return TestPayload(
      header: header, transactions: included, withdrawals: wish.withdrawals,
      requests: fork >= .prague ? outcome.requests : nil, value: value)
  }
}

/// What a request says of the block that it wants, as the Engine API's payload attributes.
private struct PayloadWish {
  var timestamp: UInt64
  var prevRandao: Hash256
  var feeRecipient: Address
  var withdrawals: [Withdrawal]?
  var parentBeaconBlockRoot: Hash256?

  init(_ object: JSONValue) throws(RPCError) {
    guard object.kind == .object else {
      throw .invalidParameters("\(object.kind.rawValue) where payload attributes should be")
    }
    let time = try object.rpcMember("timestamp") { (value) throws(RPCError) in
      try value.rpcQuantity()
    }
    guard let time else { throw .invalidParameters("payload attributes have a timestamp") }
    timestamp = time
    prevRandao =
      try object.rpcMember("prevRandao") { (value) throws(RPCError) in try value.rpcHash() }
      ?? .zero
    feeRecipient =
      try object.rpcMember("suggestedFeeRecipient") { (value) throws(RPCError) in
        try value.rpcAddress()
      } ?? .zero
    withdrawals = try object.rpcMember("withdrawals") { (value) throws(RPCError) in
      try value.rpcWithdrawals()
    }
    parentBeaconBlockRoot = try object.rpcMember("parentBeaconBlockRoot") {
      (value) throws(RPCError) in try value.rpcHash()
    }
  }
}

/// A block that was made, in the Engine API's form.
private struct TestPayload {
  struct Entry {
    let transaction: Transaction
    let sender: Address
    let encoding: [UInt8]
  }

  let header: Header
  let transactions: [Entry]
  let withdrawals: [Withdrawal]?
  let requests: [[UInt8]]?
  /// What the block's producer earns, in wei.
  let value: UInt256

  func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.key("executionPayload")
      object.object { writePayload(to: &$0) }
      object.member("blockValue", quantity: value)
      object.key("blobsBundle")
      object.object { bundle in
        for name in ["commitments", "proofs", "blobs"] {
          bundle.key(name)
          bundle.array { _ in }
        }
      }
      if let requests {
        object.key("executionRequests")
        object.array { list in for request in requests { list.value(data: request) } }
      }
      object.member("shouldOverrideBuilder", false)
    }
  }

  private func writePayload(to object: inout JSONWriter) {
    header.write(inPayload: header.hash, to: &object)
    object.key("transactions")
    object.array { list in for entry in transactions { list.value(data: entry.encoding) } }
    if let withdrawals { object.objects("withdrawals", of: withdrawals) { $1.write(to: &$0) } }
    if let used = header.blobGasUsed { object.member("blobGasUsed", quantity: used) }
    if let excess = header.excessBlobGas { object.member("excessBlobGas", quantity: excess) }
  }
}
