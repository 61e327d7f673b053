// State tests: one transaction over a small state, for many forks.

internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import State

/// Runs GeneralStateTests and the state tests of the Execution Spec Tests.
final class StateTestRunner: FormatRunner {
  private let executor: TransactionExecutor
  private let trace: ((String) -> Void)?

  init(trace: ((String) -> Void)?, memoryLimit: Int) {
    executor = TransactionExecutor(memoryLimit: memoryLimit)
    self.trace = trace
    if let trace { executor.machine.tracer = StructLogTracer(emit: trace) }
  }

  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    for member in try file.document.root.members() {
      let test = StateTest(name: member.key.string, value: member.value, path: file.path)
      for post in try member.value.field("post").members() {
        let forkName = post.key.string
        let fork = Fork(forkName)
        guard selection.includes(fork) else { continue }
        var number = 0
        for element in try post.value.elements() {
          defer { number += 1 }
          let name = "\(test.name) \(forkName)[\(number)]"
          guard selection.includes(name, path: file.path) else { continue }
          let verdict = try verdict(of: test, element, forkName, fork)
          report(CaseResult(name: name, verdict: verdict))
        }
      }
    }
  }

  private func verdict(
    of test: StateTest, _ element: JSONValue, _ forkName: String, _ fork: Fork?
  ) throws(JSONError) -> Verdict {
    if let reason = SkipList.reason(path: test.path, name: test.name) { return .skipped(reason) }
    guard let fork else { return .leftOut("fork \(forkName)") }
    let stateTest = try StateTestCase(of: test, element, forkName, fork)
    return stateTest.verdict(executor, trace: trace)
  }
}
