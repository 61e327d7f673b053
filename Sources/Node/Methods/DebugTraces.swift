// debug_trace… methods.

internal import Crypto
internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Storage
internal import Tracing

/// Methods that execute transactions of the past once more, under a tracer.
struct DebugTraces {
  let runner: CallRunner

  private var chain: ChainReader { runner.chain }

  var methods: [String: RPCMethod] {
    [
      "debug_traceTransaction": { (parameters, writer) throws(RPCError) in
        let hash = try parameters.hash(0)
        let request = try TraceRequest(parameters.optional(1))
        guard let place = try chain.place(of: hash)?.place else {
          throw .failed("transaction not found")
        }
        try trace(place.block, only: place.index, by: request, to: &writer)
      },
      "debug_traceBlockByNumber": { (parameters, writer) throws(RPCError) in
        let selector = try parameters.required(0) { (value) throws(RPCError) in
          try BlockSelector(value)
        }
        let request = try TraceRequest(parameters.optional(1))
        try trace(try chain.existingBlock(selector), by: request, to: &writer)
      },
      "debug_traceBlockByHash": { (parameters, writer) throws(RPCError) in
        let hash = try parameters.hash(0)
        let request = try TraceRequest(parameters.optional(1))
        try trace(try chain.existingBlock(.hash(hash)), by: request, to: &writer)
      },
      "debug_traceBlock": { (parameters, writer) throws(RPCError) in
        let encoding = try parameters.data(0)
        let request = try TraceRequest(parameters.optional(1))
        let decoded: Block
        do throws(Block.DecodingError) {
          decoded = try Block(decoding: encoding)
        } catch {
          throw .invalidParameters("could not decode block: \(error)")
        }
        try trace(beside: decoded, by: request, to: &writer)
      },
      "debug_traceCall": { (parameters, writer) throws(RPCError) in
        let arguments = try parameters.required(0) { (value) throws(RPCError) in
          try CallArguments(value)
        }
        let selector = try parameters.required(1) { (value) throws(RPCError) in
          try BlockSelector(value)
        }
        if selector == .pending { throw .failed("tracing on top of pending is not supported") }
        let request = try TraceRequest(parameters.optional(2))
        let block = try chain.existingBlock(selector)
        let base: (any StateView)? =
          if let index = request.transactionIndex {
            try chain.state(before: index, of: block)
          } else { nil }
        let scene = try runner.scene(
          block, on: base, state: request.state, block: request.block, timeout: request.timeout)
        try runner.trace(arguments, in: scene, by: request.tracer).write(into: &writer)
      },
    ]
  }

  /// Traces the transactions of a block; the trace of one alone, or all with their hashes.
  private func trace(
    _ block: ChainReader.Found, only wanted: Int? = nil, by request: TraceRequest,
    to writer: inout JSONWriter
  ) throws(RPCError) {
    let decoded = try chain.decoded(block)
    try trace(
      block, decoded.transactions, try decoded.senders(), fork: try chain.fork(of: block.header),
      on: try chain.state(before: block), only: wanted, by: request, to: &writer)
  }

  /// Traces a block that need not be in the chain, behind one that is.
  private func trace(
    beside block: Block, by request: TraceRequest, to writer: inout JSONWriter
  ) throws(RPCError) {
    let header = block.header
    let found = ChainReader.Found(number: header.number, hash: header.hash, header: header)
    guard let parent = try chain.block(.hash(header.parentHash)), parent.number + 1 == header.number
    else { throw .failed("parent \(header.parentHash) not found") }
    var senders: [Address] = []
    let fork = try chain.fork(behind: parent, timestamp: header.timestamp)
    for (index, transaction) in block.transactions.enumerated() {
      do throws(SignatureError) {
        senders.append(try chain.sender(of: transaction, fork: fork))
      } catch {
        throw .failed("invalid sender of transaction \(index): \(error)")
      }
    }
    try trace(
      found, block.transactions, senders, fork: fork, on: try chain.state(at: .hash(parent.hash)),
      by: request, to: &writer)
  }

  private func trace(
    _ block: ChainReader.Found, _ transactions: [Transaction], _ senders: [Address],
    fork: Fork, on state: any StateView, only wanted: Int? = nil, by request: TraceRequest,
    to writer: inout JSONWriter
  ) throws(RPCError) {
    let executable = ExecutableBlock(
      Block(header: block.header, transactions: transactions), senders: senders,
      rules: chain.rules, fork: fork)
    // Those before it take what they took when the block was made: only what is traced has a deadline.
    let executor = try ChainReader.executor(of: executable, before: wanted ?? 0, on: state)
    if let wanted {
      let result = try Self.trace(transactions[wanted], senders[wanted], by: request, executor)
      return result.write(
        into: &writer, place: Self.place(of: transactions[wanted], wanted, in: block))
    }
    try writer.array { (list) throws(RPCError) in
      for (index, transaction) in transactions.enumerated() {
        let result = try Self.trace(transaction, senders[index], by: request, executor)
        let place = Self.place(of: transaction, index, in: block)
        list.object { object in
          object.member("txHash", place.transactionHash)
          object.key("result")
          result.write(into: &object, place: place)
        }
      }
    }
  }

  private static func place(
    of transaction: Transaction, _ index: Int, in block: ChainReader.Found
  ) -> TracePlace {
    TracePlace(
      blockHash: block.hash, blockNumber: block.number, transactionHash: transaction.hash,
      transactionIndex: index)
  }

  private static func trace(
    _ transaction: Transaction, _ sender: Address, by request: TraceRequest,
    _ executor: TransactionExecutor
  ) throws(RPCError) -> TraceResult {
    executor.machine.deadline = CallDeadline(request.timeout).instant
    do throws(TraceError) {
      return try executor.trace(transaction, from: sender, by: request.tracer).result
    } catch .execution(.stopped) {
      throw .traceTimeout
    } catch {
      throw .failed("\(error)")
    }
  }
}

extension RPCError {
  /// A trace took longer than it may.
  static var traceTimeout: RPCError { .failed("execution timeout") }
}
