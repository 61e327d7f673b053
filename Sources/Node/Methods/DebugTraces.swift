// debug_trace… methods.

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
        let tracer = try Self.tracer(parameters.optional(1))
        guard let place = try chain.place(of: hash)?.place else {
          throw .failed("transaction not found")
        }
        try trace(place.block, only: place.index, by: tracer, to: &writer)
      },
      "debug_traceBlockByNumber": { (parameters, writer) throws(RPCError) in
        let selector = try parameters.required(0) { (value) throws(RPCError) in
          try BlockSelector(value)
        }
        let tracer = try Self.tracer(parameters.optional(1))
        try trace(try chain.existingBlock(selector), by: tracer, to: &writer)
      },
      "debug_traceBlockByHash": { (parameters, writer) throws(RPCError) in
        let hash = try parameters.hash(0)
        let tracer = try Self.tracer(parameters.optional(1))
        try trace(try chain.existingBlock(.hash(hash)), by: tracer, to: &writer)
      },
      "debug_traceCall": { (parameters, writer) throws(RPCError) in
        let arguments = try parameters.required(0) { (value) throws(RPCError) in
          try CallArguments(value)
        }
        let scene = try runner.scene(try parameters.block(1))
        let tracer = try Self.tracer(parameters.optional(2))
        try runner.trace(arguments, in: scene, by: tracer).write(into: &writer)
      },
    ]
  }

  /// The tracer that a trace configuration names.
  private static func tracer(_ value: JSONValue?) throws(RPCError) -> TracerConfiguration {
    do throws(TracerConfigurationError) {
      guard let value else { return try TracerConfiguration(name: nil) }
      let name = try? value.optionalField("tracer")?.string()
      let options = name == nil ? value : try? value.optionalField("tracerConfig")
      return try TracerConfiguration(name: name, options: options)
    } catch {
      throw .invalidParameters("\(error)")
    }
  }

  /// Traces the transactions of a block; the trace of one alone, or all with their hashes.
  private func trace(
    _ block: ChainReader.Found, only wanted: Int? = nil, by tracer: TracerConfiguration,
    to writer: inout JSONWriter
  ) throws(RPCError) {
    let state = try chain.state(before: block)
    let decoded = try chain.decoded(block)
    let (transactions, senders) = (decoded.transactions, try decoded.senders())
    var executable = ExecutableBlock(
      Block(header: block.header, transactions: transactions), senders: senders,
      rules: chain.rules, fork: try chain.fork(of: block.header))
    let executor = TransactionExecutor()
    executable.rules.allowsSenderCode = transactions.contains { $0.statedSender != nil }
    executor.begin(executable.environment, rules: executable.rules, on: state)
    do throws(BlockExecutionError) {
      try executor.openBlock(executable)
    } catch {
      throw .failed("\(error)")
    }
    if let wanted {
      for index in 0..<wanted {
        do throws(ExecutionError) {
          _ = try executor.execute(transactions[index], from: senders[index])
        } catch {
          throw .failed("\(error)")
        }
      }
      let result = try Self.trace(transactions[wanted], senders[wanted], by: tracer, executor)
      return result.write(
        into: &writer, place: Self.place(of: transactions[wanted], wanted, in: block))
    }
    try writer.array { (list) throws(RPCError) in
      for (index, transaction) in transactions.enumerated() {
        let result = try Self.trace(transaction, senders[index], by: tracer, executor)
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
    _ transaction: Transaction, _ sender: Address, by tracer: TracerConfiguration,
    _ executor: TransactionExecutor
  ) throws(RPCError) -> TraceResult {
    do throws(TraceError) {
      return try executor.trace(transaction, from: sender, by: tracer).result
    } catch {
      throw .failed("\(error)")
    }
  }
}
