// Executing a transaction under a tracer.

public import EVM
public import Execution
public import Ledger
public import Primitives
public import State

/// A transaction that was executed under a tracer.
public struct TransactionTrace: Sendable {
  /// What became of it; the same as without a tracer.
  public let outcome: TransactionOutcome
  /// What it returned, or reverted with.
  public let output: [UInt8]
  /// What the tracer saw.
  public let result: TraceResult

  /// How many bytes a trace may hold unless told otherwise. As JSON it is two to three times as long.
  public static let defaultLimit = 256 << 20

  /// Executes `transaction`, which `sender` has signed, as the first of `block` on `view`.
  ///
  /// `rules` are those of the block's fork, `memoryLimit` is what `TransactionExecutor` takes, and
  /// `limit` how many bytes the trace may hold.
  public init(
    of transaction: Transaction, from sender: Address, in block: BlockEnvironment,
    rules: TransactionRules, on view: any StateView, by tracer: TracerConfiguration,
    limit: Int = defaultLimit, memoryLimit: Int = EVM.defaultMemoryLimit
  ) throws(TraceError) {
    let executor = TransactionExecutor(memoryLimit: memoryLimit)
    executor.begin(block, rules: rules, on: view)
    self = try executor.trace(transaction, from: sender, by: tracer, limit: limit)
  }

  fileprivate init(outcome: TransactionOutcome, output: [UInt8], result: TraceResult) {
    self.outcome = outcome
    self.output = output
    self.result = result
  }
}

/// Why there is no trace.
public enum TraceError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The transaction could not be executed.
  case execution(ExecutionError)
  /// The trace is larger than it may be. The transaction was executed all the same.
  case tooLarge(tracer: TracerConfiguration, limit: Int)

  /// Why, for people.
  public var description: String {
    switch self {
    case .execution(let error): error.description
    case .tooLarge(let tracer, let limit):
      "the trace of \(tracer.name) holds more than the \(limit) bytes that it may"
        + Self.wayOut(tracer.frugalOptions)
    }
  }
}

extension TraceError {
  private static func wayOut(_ options: [String]) -> String {
    options.isEmpty ? "" : "; \(options.joined(separator: " or ")) would make it smaller"
  }
}

extension TransactionExecutor {
  /// Executes the next transaction of the block, which `sender` has signed, under a tracer.
  ///
  /// State, gas and outcome are those of `execute`; another tracer of the machine sees nothing of it.
  /// `limit` is how many bytes the trace may hold.
  public func trace(
    _ transaction: Transaction, from sender: Address, by tracer: TracerConfiguration,
    limit: Int = TransactionTrace.defaultLimit
  ) throws(TraceError) -> TransactionTrace {
    let recorder = recorder(tracer, limit: limit)
    let previous = machine.tracer
    machine.tracer = recorder
    defer { machine.tracer = previous }
    recorder.begin(transaction, from: sender)
    let outcome: TransactionOutcome
    do throws(ExecutionError) {
      outcome = try execute(transaction, from: sender)
    } catch {
      throw recorder.budget.isExceeded
        ? .tooLarge(tracer: tracer, limit: limit) : .execution(error)
    }
    if recorder.budget.isExceeded { throw .tooLarge(tracer: tracer, limit: limit) }
    let output = Array(output)
    return TransactionTrace(
      outcome: outcome, output: output, result: recorder.result(outcome, output: output))
  }

  private func recorder(_ tracer: TracerConfiguration, limit: Int) -> any Recorder {
    let budget = RecordingBudget(limit)
    return switch tracer {
    case .call(let options):
      CallRecorder(.tree(options), state: state, budget: budget)
    case .flatCall(let options):
      CallRecorder(
        .list(options, precompiles: PrecompileTable.of(rules.fork)), state: state, budget: budget)
    case .prestate(let options):
      PrestateRecorder(options, block: block, state: state, budget: budget)
    case .fourByte: FourByteRecorder(precompiles: PrecompileTable.of(rules.fork), budget: budget)
    case .structLogs(let options): StructLogRecorder(options, fork: rules.fork, budget: budget)
    case .several(let tracers):
      MuxRecorder(tracers.map { ($0.name, recorder($0.tracer, limit: limit)) }, limit: limit)
    case .noop: NoopRecorder(budget: budget)
    }
  }
}
