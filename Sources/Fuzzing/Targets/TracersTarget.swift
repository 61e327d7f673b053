// Transactions under tracers: nothing changes, and every tracer tells the truth.

internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import Samples
internal import State
internal import Tracing

/// Generated transactions under every tracer, against their execution without one.
final class TracersTarget: FuzzTarget {
  static let name = "tracers"
  static let summary = "transactions under every tracer: nothing changes, and what it says is so"

  /// How many bytes a trace may hold; one that needs more is left out.
  private static let limit = 4 << 20

  private let executor = TransactionExecutor(memoryLimit: 64 << 20)

  init() {}

  func run(_ generator: inout SeededGenerator) -> Finding? {
    let stateCase = StateCase(&generator)
    let fork = generator.pick(stateCase.forks)
    var transaction = stateCase.transaction
    transaction.gasLimit = generator.pick(stateCase.gasLimits)
    let run = TracedRun(
      stateCase: stateCase, transaction: transaction, rules: TransactionRules(fork))
    let plain: Answer
    do throws(ExecutionError) {
      plain = try answer(run)
    } catch {
      // Memory has a limit on purpose.
      return error == .memoryLimit ? nil : Finding("\(fork): \(error)")
    }
    for tracer in Self.tracers(&generator) {
      if let problem = check(tracer, run, plain) {
        return Finding("\(fork), gas limit \(transaction.gasLimit), \(tracer): \(problem)")
      }
    }
    return nil
  }

  /// What becomes of a transaction without a tracer.
  private struct Answer {
    var outcome: TransactionOutcome?
    var refusal: InvalidTransaction?
    var diff: StateDiff
    var output: [UInt8]
  }

  private func answer(_ run: TracedRun) throws(ExecutionError) -> Answer {
    run.begin(executor)
    do throws(ExecutionError) {
      let outcome = try executor.execute(run.transaction, from: run.stateCase.sender)
      return Answer(
        outcome: outcome, diff: executor.state.diff(), output: Array(executor.output))
    } catch {
      guard case .invalid(let refusal) = error else { throw error }
      return Answer(refusal: refusal, diff: executor.state.diff(), output: [])
    }
  }

  /// Every tracer once, with random options.
  private static func tracers(_ generator: inout SeededGenerator) -> [TracerConfiguration] {
    var call = CallTracerOptions()
    call.withLog = !generator.oneIn(4)
    call.onlyTopCall = generator.oneIn(8)
    var flat = FlatCallTracerOptions()
    flat.includePrecompiles = generator.oneIn(2)
    flat.convertParityErrors = generator.oneIn(2)
    var prestate = PrestateTracerOptions()
    prestate.includeEmpty = generator.oneIn(4)
    prestate.disableCode = generator.oneIn(8)
    prestate.disableStorage = generator.oneIn(8)
    var difference = PrestateTracerOptions()
    difference.diffMode = true
    difference.disableCode = generator.oneIn(4)
    difference.disableStorage = generator.oneIn(4)
    var logs = StructLogOptions()
    logs.disableStack = generator.oneIn(4)
    logs.disableStorage = generator.oneIn(4)
    logs.enableMemory = generator.oneIn(4)
    logs.enableReturnData = generator.oneIn(4)
    logs.limit = generator.oneIn(4) ? generator.within(1...40) : 0
    return [
      .call(call), .flatCall(flat), .prestate(prestate), .prestate(difference), .fourByte,
      .structLogs(logs), .noop,
    ]
  }

  private func check(
    _ tracer: TracerConfiguration, _ run: TracedRun, _ plain: Answer
  ) -> String? {
    run.begin(executor)
    let trace: TransactionTrace
    do throws(TraceError) {
      trace = try executor.trace(
        run.transaction, from: run.stateCase.sender, by: tracer, limit: Self.limit)
    } catch {
      switch error {
      case .tooLarge, .execution(.memoryLimit): return nil
      case .execution(.invalid(let refusal)):
        guard refusal == plain.refusal else { return "refused: \(refusal)" }
        return executor.state.diff() == plain.diff ? nil : "refused, but changes the state"
      case .execution(let error): return "\(error)"
      }
    }
    let diff = executor.state.diff()
    guard trace.outcome == plain.outcome else {
      return "without it \(plain.outcome as Any), with it \(trace.outcome)"
    }
    guard diff == plain.diff else { return "changes \(diff), without it \(plain.diff)" }
    guard trace.output == plain.output else { return "returns \(trace.output)" }
    return checkText(trace.result)
      ?? TraceChecks(run: run, trace: trace, diff: diff, machine: executor).check(tracer)
  }

  /// The text is JSON, whatever stands in it. A frame takes two levels.
  private func checkText(_ result: TraceResult) -> String? {
    do throws(JSONError) {
      _ = try JSONDocument(
        parsing: Array(result.json().utf8), source: "trace",
        limits: JSONDocument.Limits(depth: 2 * 1024 + 16))
      return nil
    } catch {
      return "no JSON: \(error)"
    }
  }
}

/// A transaction with all that it is executed in.
struct TracedRun {
  var stateCase: StateCase
  var transaction: Transaction
  var rules: TransactionRules

  /// The state before.
  func before(_ accounts: [AccountAllocation]? = nil) -> MemoryState {
    let state = MemoryState(accounts ?? stateCase.accounts)
    for number in (stateCase.number - min(stateCase.number, 257))..<stateCase.number {
      state.setBlockHash(number, Hash256(UInt256(number + 1)))
    }
    return state
  }

  /// Begins the block on the state before, or on other accounts.
  func begin(_ executor: TransactionExecutor, accounts: [AccountAllocation]? = nil) {
    executor.begin(stateCase.environment(rules), rules: rules, on: before(accounts))
  }

  /// Whether there are accounts that a trace cannot tell from none: empty ones, and those with
  /// nothing but storage or a balance over it, which a creation finds in its way (EIP-7610).
  var hasStrangeAccounts: Bool {
    rules.fork < .spuriousDragon
      || stateCase.accounts.contains { account in
        let isBare = account.nonce == 0 && account.code.isEmpty
        return isBare && (account.balance.isZero || !account.storage.isEmpty)
      }
  }
}
