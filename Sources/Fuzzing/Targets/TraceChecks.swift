// What must hold of traces by themselves and beside the state.

internal import Crypto
internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import State
internal import Tracing

/// Checks one trace.
struct TraceChecks {
  let run: TracedRun
  let trace: TransactionTrace
  /// What the transaction changes.
  let diff: StateDiff
  /// For executing the transaction again.
  let machine: TransactionExecutor

  /// What is wrong with the trace of `tracer`.
  func check(_ tracer: TracerConfiguration) -> String? {
    switch (tracer, trace.result) {
    case (.call(let options), .call(let frame)): check(frame, options)
    case (.flatCall(let options), .flatCalls(let calls)): check(calls, options)
    case (.prestate(let options), .prestate(let accounts)): check(accounts, options)
    case (.prestate(let options), .difference(let difference)): check(difference, options)
    case (.fourByte, .selectors(let uses)): check(uses)
    case (.noop, .nothing): nil
    case (.structLogs(let options), .structLogs(let logs)): check(logs, options)
    default: "the answer of another tracer"
    }
  }

  private var fork: Fork { run.rules.fork }

  // MARK: The tree of calls

  private func check(_ root: CallFrame, _ options: CallTracerOptions) -> String? {
    guard root.gas == run.transaction.gasLimit, root.gasUsed == trace.outcome.gasUsed else {
      return "gas \(root.gasUsed) of \(root.gas) in the outermost frame"
    }
    guard (root.error == nil) == trace.outcome.succeeded else {
      return "the outermost frame ends by \(root.error ?? "success")"
    }
    guard root.from == run.stateCase.sender, root.kind.isCreation == (run.transaction.to == nil)
    else { return "the outermost frame is a \(root.kind) from \(root.from)" }
    if root.kind.isCreation, root.error == nil, root.to != trace.outcome.createdAddress {
      return "the outermost frame creates \(root.to as Any)"
    }
    if !root.kind.isCreation, root.output != trace.output { return "output \(root.output)" }
    if options.onlyTopCall { return root.calls.isEmpty ? nil : "frames below the outermost" }
    return problem(in: root, isUndone: false) ?? problem(inLogsOf: root, options)
  }

  private func problem(in frame: CallFrame, isUndone: Bool) -> String? {
    let isUndone = isUndone || frame.error != nil
    if frame.gasUsed > frame.gas { return "a frame uses \(frame.gasUsed) of \(frame.gas) gas" }
    if isUndone, !frame.logs.isEmpty { return "events of a frame that failed" }
    if frame.to == nil, !frame.kind.isCreation { return "a \(frame.kind) without a recipient" }
    if (frame.value == nil) != (frame.kind == .staticCall) { return "a \(frame.kind) of a value" }
    var used: UInt64 = 0
    for call in frame.calls {
      // What a frame gives comes out of its own gas, but for the stipend of a call with value.
      if call.gas > frame.gas + 2_300 { return "a frame gives more than it has" }
      if let problem = problem(in: call, isUndone: isUndone) { return problem }
      used += call.gasUsed
    }
    return used <= frame.gas ? nil : "frames below use \(used) of \(frame.gas) gas"
  }

  private func problem(inLogsOf root: CallFrame, _ options: CallTracerOptions) -> String? {
    var logs: [CallLog] = []
    for frame in frames(root) { logs += frame.logs }
    if !options.withLog { return logs.isEmpty ? nil : "events that were not asked for" }
    logs.sort { $0.index < $1.index }
    guard logs.map(\.index) == Array(0..<logs.count),
      logs.map({ Log(address: $0.address, topics: $0.topics, data: $0.data) })
        == trace.outcome.logs
    else { return "events \(logs), of the transaction \(trace.outcome.logs)" }
    return nil
  }

  /// The frame and those below, each before those that it makes.
  func frames(_ root: CallFrame) -> [CallFrame] { [root] + root.calls.flatMap(frames) }

  /// The tree of calls of the same run.
  func tree() -> CallFrame? {
    run.begin(machine)
    guard
      case .call(let root)? = try? machine.trace(
        run.transaction, from: run.stateCase.sender, by: .call(CallTracerOptions())
      ).result
    else { return nil }
    return root
  }

  // MARK: The list of calls

  private func check(_ calls: [FlatCall], _ options: FlatCallTracerOptions) -> String? {
    // The n-th of the subtraces of an entry is what the last index of an address says.
    var children: [[Int]: Int] = [:]
    for call in calls {
      guard let index = call.traceAddress.last else { continue }
      let parent = Array(call.traceAddress.dropLast())
      guard index == children[parent, default: 0] else { return "\(call.traceAddress) is too soon" }
      children[parent, default: 0] += 1
    }
    for call in calls where call.subtraces != children[call.traceAddress, default: 0] {
      return "\(call.traceAddress) has \(call.subtraces) subtraces"
    }
    guard let root = tree() else { return "no tree of the same calls" }
    var expected = frames(root)
    if !options.includePrecompiles {
      let precompiles = PrecompileTable.of(fork)
      expected.removeAll { frame in
        guard frame.kind == .call || frame.kind == .staticCall, let to = frame.to else {
          return false
        }
        return precompiles[to] != nil
      }
      // One that is called by the transaction itself stays.
      if expected.first != root { expected.insert(root, at: 0) }
    }
    guard expected.count == calls.count else {
      return "\(calls.count) calls, \(expected.count) in the tree"
    }
    for (frame, call) in zip(expected, calls) where !tellsTheSame(frame, call) {
      return "\(call), in the tree \(frame)"
    }
    return nil
  }

  private func tellsTheSame(_ frame: CallFrame, _ call: FlatCall) -> Bool {
    guard (frame.error == nil) == (call.error == nil) else { return false }
    if case .call(let gasUsed, let output) = call.result {
      guard gasUsed == frame.gasUsed, output == frame.output else { return false }
    }
    switch call.action {
    case .call(let kind, let from, let to, let gas, let input, let value):
      return kind == frame.kind && from == frame.from && to == frame.to && gas == frame.gas
        && input == frame.input && value == frame.value
    case .create(let kind, let from, let gas, let initcode, let value):
      return kind == frame.kind && from == frame.from && gas == frame.gas
        && initcode == frame.input && value == frame.value
    case .selfDestruct(let address, let balance, let beneficiary):
      return address == frame.from && beneficiary == frame.to && balance == frame.value
    }
  }

  // MARK: Selectors

  private func check(_ uses: [FunctionUse: Int]) -> String? {
    guard let root = tree() else { return "no tree of the same calls" }
    let precompiles = PrecompileTable.of(fork)
    var expected: [FunctionUse: Int] = [:]
    for frame in frames(root) where !frame.kind.isCreation && frame.kind != .selfDestruct {
      guard let to = frame.to, precompiles[to] == nil, frame.input.count >= 4 else { continue }
      let selector = frame.input.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      let use = FunctionUse(selector: selector, argumentBytes: frame.input.count - 4)
      expected[use, default: 0] += 1
    }
    return uses == expected ? nil : "counts \(uses), by the tree of calls \(expected)"
  }

  // MARK: Instructions

  private func check(_ logs: StructLogs, _ options: StructLogOptions) -> String? {
    guard logs.gas == trace.outcome.gasUsed, logs.failed != trace.outcome.succeeded else {
      return "gas \(logs.gas), failed: \(logs.failed)"
    }
    if let first = logs.logs.first, first.depth != 1 || first.pc != 0 {
      return "begins at depth \(first.depth), pc \(first.pc)"
    }
    if options.limit > 0, logs.logs.count > options.limit { return "\(logs.logs.count) entries" }
    for log in logs.logs {
      if log.gas > run.transaction.gasLimit { return "\(log.gas) gas at pc \(log.pc)" }
      if (log.stack == nil) != options.disableStack { return "stack at pc \(log.pc)" }
      if (log.memory != nil) != options.enableMemory { return "memory at pc \(log.pc)" }
      if let stack = log.stack, stack.count > 1024 { return "\(stack.count) words on the stack" }
    }
    for (log, next) in zip(logs.logs, logs.logs.dropFirst()) {
      if next.depth > log.depth + 1 { return "depth \(next.depth) after \(log.depth)" }
      guard log.op == "SLOAD", next.depth == log.depth, next.pc == log.pc + 1,
        let slot = log.stack?.last, let word = next.stack?.last, let storage = log.storage
      else { continue }
      if storage[slot] != word { return "SLOAD of \(slot) at pc \(log.pc) gives \(word)" }
    }
    return nil
  }
}
