// Recorded traces: a transaction over a state, and what geth's tracers answered.

internal import Chain
internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Tracing

/// Runs `{genesis, context, input, tracerConfig, result}`. The folder names the tracer.
final class TraceTestRunner: FormatRunner {
  private let executor: TransactionExecutor

  init(memoryLimit: Int) { executor = TransactionExecutor(memoryLimit: memoryLimit) }

  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    let root = file.document.root
    let folder = file.path.split(separator: "/").dropLast().last.map(String.init) ?? ""
    let name = folder.isEmpty ? file.stem : "\(folder)/\(file.stem)"
    let block = try RecordedTraceBlock(root)
    guard selection.includes(block.rules.fork), selection.includes(name, path: file.path) else {
      return
    }
    report(CaseResult(name: name, verdict: try verdict(root, folder, block)))
  }

  private func verdict(
    _ root: JSONValue, _ folder: String, _ block: RecordedTraceBlock
  ) throws(JSONError) -> Verdict {
    let options = try root.optionalField("tracerConfig")
    let tracer: TracerConfiguration
    do throws(TracerConfigurationError) {
      tracer = try TracerConfiguration(name: Self.tracer(of: folder), options: options)
    } catch {
      return .failed("\(error)")
    }
    let transaction: Transaction
    let sender: Address
    do {
      transaction = try Transaction(decoding: try root.field("input").bytes())
      sender = try transaction.recoverSender()
    } catch let error as JSONError {
      throw error
    } catch {
      return .failed("the transaction: \(error)")
    }
    executor.begin(
      block.environment, rules: block.rules,
      on: MemoryState(try root.field("genesis").field("alloc").allocations()))
    let trace: TransactionTrace
    do throws(TraceError) {
      trace = try executor.trace(transaction, from: sender, by: tracer)
    } catch {
      return error == .execution(.memoryLimit) ? .undecided : .failed("no trace: \(error)")
    }
    let flavour = TraceFlavour(folder: folder)
    let expected = try root.field("result")
    let document = try JSONDocument(
      parsing: Array(trace.result.json().utf8), source: "the trace",
      limits: JSONDocument.Limits(depth: 4096))
    if let difference = try difference(expected, document.root, flavour) {
      return .failed(difference)
    }
    let request = TraceOverRPC(
      rules: block.chain, allocations: try root.field("genesis").field("alloc").allocations(),
      block: block)
    let answer: JSONValue
    do {
      answer = try request.answer(transaction, tracer: Self.tracer(of: folder), options: options)
        .root
    } catch let error as JSONError {
      throw error
    } catch {
      return .failed("over JSON-RPC: \(error)")
    }
    guard let results = try answer.optionalField("result")?.elements(),
      let found = try results.first(where: { _ in true })?.optionalField("result")
    else { return .failed("over JSON-RPC: \(try JSONTree(answer).text.prefix(300))") }
    return try difference(expected, found, flavour).map { .failed("over JSON-RPC: \($0)") }
      ?? .passed
  }

  private static func tracer(of folder: String) -> String {
    if folder.hasPrefix("prestate") { return "prestateTracer" }
    return folder.hasSuffix("_flat") ? "flatCallTracer" : "callTracer"
  }

  private func difference(
    _ expected: JSONValue, _ found: JSONValue, _ flavour: TraceFlavour
  ) throws(JSONError) -> String? {
    var (left, right) = (try JSONTree(expected), try JSONTree(found))
    flavour.normalise(expected: &left, found: &right)
    return JSONTree.difference(expected: left, found: right)
  }
}

/// The block around a recorded trace.
struct RecordedTraceBlock {
  let environment: BlockEnvironment
  let rules: TransactionRules
  /// The rules of its chain.
  let chain: ChainRules
  /// What its header says of blobs.
  let excessBlobGas: UInt64

  init(_ root: JSONValue) throws(JSONError) {
    let context = try root.field("context")
    let genesis = try root.field("genesis")
    chain = try ChainRules(config: try genesis.field("config"))
    var block = BlockEnvironment(
      coinbase: try context.field("miner").address(), number: try context.field("number").uint64(),
      timestamp: try context.field("timestamp").uint64(),
      gasLimit: try context.field("gasLimit").uint64(), chainID: chain.chainID)
    let fork = chain.fork(block: block.number, timestamp: block.timestamp)
    rules = TransactionRules(
      fork, blobs: chain.blobParameters(block: block.number, timestamp: block.timestamp))
    // The genesis of these files is the parent.
    block.prevRandao =
      fork >= .paris
      ? try genesis.optionalField("mixHash")?.uint256() ?? .zero
      : try context.field("difficulty").uint256()
    block.baseFee = try context.optionalField("baseFeePerGas")?.uint256() ?? .zero
    if let blobs = rules.blobs, let excess = try genesis.optionalField("excessBlobGas") {
      excessBlobGas = BlobGas.excess(
        parentExcess: try excess.uint64(),
        parentUsed: try genesis.optionalField("blobGasUsed")?.uint64() ?? 0,
        parentBaseFee: try genesis.optionalField("baseFeePerGas")?.uint256() ?? .zero,
        parameters: blobs, fork: fork)
      block.blobBaseFee = BlobGas.baseFee(excess: excessBlobGas, parameters: blobs)
    } else if rules.blobs != nil {
      excessBlobGas = 0
      block.blobBaseFee = UInt256(BlobGas.minimumBaseFee)
    } else {
      excessBlobGas = 0
    }
    environment = block
  }
}
