// VM tests, the oldest format: code without a transaction around it.

internal import Chain
internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import State

/// Runs VMTests: Frontier rules, a message without transaction; without `post` it must fail.
final class VMTestRunner: FormatRunner {
  private let machine: EVM
  private let memoryLimit: Int
  private let trace: ((String) -> Void)?

  init(trace: ((String) -> Void)?, memoryLimit: Int) {
    self.memoryLimit = memoryLimit
    self.trace = trace
    machine = EVM(memoryLimit: memoryLimit)
    if let trace { machine.tracer = StructLogTracer(emit: trace) }
  }

  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    guard selection.includes(.frontier) else { return }
    for member in try file.document.root.members() {
      let name = member.key.string
      guard selection.includes(name, path: file.path) else { continue }
      let verdict: Verdict
      if let reason = SkipList.reason(path: file.path, name: name) {
        verdict = .skipped(reason)
      } else {
        verdict = try self.verdict(member.value)
      }
      report(CaseResult(name: name, verdict: verdict))
    }
  }

  private func verdict(_ test: JSONValue) throws(JSONError) -> Verdict {
    let environment = try BlockEnvironment(
      stateTest: try test.field("env"), rules: TransactionRules(.frontier))
    let exec = try test.field("exec")
    let before = MemoryState(try test.field("pre").allocations())
    let state = TransactionState(
      view: FixtureView(before), rules: AccountRules(.frontier), memoryLimit: memoryLimit)
    machine.begin(block: environment, fork: .frontier)
    state.beginTransaction()
    let input = try exec.field("data").bytes()
    var message = TransactionMessage(
      origin: try exec.field("origin").address(),
      gasPrice: try exec.field("gasPrice").uint256(),
      recipient: try exec.field("address").address(), value: try exec.field("value").uint256(),
      gas: Int64(clamping: try exec.field("gas").uint256().clampedToUInt64),
      input: UnsafeRawBufferPointer(start: nil, count: 0))
    let (result, output) = input.withUnsafeBytes { bytes in
      message.input = bytes
      let result = machine.execute(message, host: VMTestHost(state))
      return (result, Array(result.output))
    }
    let logs = Log.hash(of: state.collectLogs())
    state.endTransaction()
    if result.halt == .memoryLimit { return .undecided }
    trace?(
      TraceSummary(
        output: output, gasUsed: UInt64(clamping: message.gas - result.gasLeft),
        passed: result.halt == nil
      ).line)
    guard let post = try test.optionalField("post") else {
      return result.halt == nil
        ? .failed("expected an exceptional halt; the run succeeded") : .passed
    }
    if let halt = result.halt { return .failed("expected success; halted by \(halt)") }
    before.apply(state.diff())
    var findings = Findings()
    findings.compare("gas left", try test.field("gas").uint64(), UInt64(clamping: result.gasLeft))
    findings.compare("output", Hex.encode(try test.field("out").bytes()), Hex.encode(output))
    findings.compare("logs", try test.field("logs").hash(), logs)
    findings.compare("state root", MemoryState(try post.allocations()).root(), before.root())
    return findings.verdict
  }
}
