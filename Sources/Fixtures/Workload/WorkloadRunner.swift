// Workloads as cases: gas and output against expected.json.

internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import State

/// Runs workloads. A program's figures must be those of `expected.json`; in a mix, which has none,
/// every transaction must be valid and succeed.
final class WorkloadRunner: FormatRunner {
  private let executor: TransactionExecutor

  init(trace: ((String) -> Void)?, memoryLimit: Int) {
    executor = TransactionExecutor(memoryLimit: memoryLimit)
    executor.emitTrace(trace)
  }

  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    let workload = try PublishedWorkload(file.document.root)
    guard selection.includes(workload.block.rules.fork),
      selection.includes(workload.name, path: file.path)
    else { return }
    let expected = try file.companion?.root.optionalField(workload.name)
    report(CaseResult(name: workload.name, verdict: try verdict(workload, expected)))
  }

  private func verdict(_ workload: PublishedWorkload, _ expected: JSONValue?) throws(JSONError)
    -> Verdict
  {
    let block = workload.block
    executor.begin(block.environment, rules: block.rules, on: workload.state())
    var findings = Findings()
    for index in block.transactions.indices {
      let outcome: TransactionOutcome
      do throws(ExecutionError) {
        outcome = try executor.execute(block.transactions[index], from: block.senders[index])
      } catch {
        if error == .memoryLimit { return .undecided }
        let reason = error.message(about: block.transactions[index])
        findings.note("transaction \(index) was not executed: \(reason)")
        break
      }
      if let expected {
        try compare(outcome, expected, &findings)
      } else if let halt = outcome.halt {
        findings.note("transaction \(index) failed: \(halt)")
      }
    }
    return findings.verdict
  }

  private func compare(
    _ outcome: TransactionOutcome, _ expected: JSONValue, _ findings: inout Findings
  ) throws(JSONError) {
    findings.compare("gas used", try expected.field("tx_gas_used").uint64(), outcome.gasUsed)
    findings.compare(
      "success", try expected.field("success").boolean ?? false, outcome.succeeded)
    findings.compare(
      "output", Hex.encode(try expected.field("output").bytes()),
      Hex.encode(Array(executor.output)))
  }
}
