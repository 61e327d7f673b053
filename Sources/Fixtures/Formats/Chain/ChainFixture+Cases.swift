// The cases of a file of block tests or engine tests, one after another.

internal import Chain
internal import Execution
internal import JSON

extension ChainFixture {
  /// Reports a verdict on each selected test of `file`: what `steps` finds wrong on the chain's way,
  /// else how its end compares.
  static func forEach(
    in file: FixtureFile, _ selection: CaseSelection, _ execution: BlockExecution,
    report: (CaseResult) -> Void, steps: (ChainFixture) throws(JSONError) -> Verdict?
  ) throws(JSONError) {
    for member in try file.document.root.members() {
      if member.key.hasPrefix("_") { continue }
      let name = member.key.string
      guard selection.includes(name, path: file.path) else { continue }
      let network = try member.value.field("network").string()
      let fork = try FixtureNetwork(network, config: try member.value.optionalField("config"))?.fork
      guard selection.includes(fork) else { continue }
      if let reason = SkipList.reason(path: file.path, name: name) {
        report(CaseResult(name: name, verdict: .skipped(reason)))
        continue
      }
      let verdict = try verdict(on: member.value, name: name, execution, steps)
      report(CaseResult(name: name, verdict: execution.verdict(verdict)))
    }
  }

  private static func verdict(
    on test: JSONValue, name: String, _ execution: BlockExecution,
    _ steps: (ChainFixture) throws(JSONError) -> Verdict?
  ) throws(JSONError) -> Verdict {
    let fixture: ChainFixture
    do throws(Obstacle) {
      fixture = try ChainFixture(test, name: name, executor: execution.executor)
    } catch {
      switch error {
      case .json(let error): throw error
      case .verdict(let verdict): return verdict
      }
    }
    if let verdict = try steps(fixture) { return verdict }
    var findings = Findings()
    try fixture.compareEnd(&findings)
    if case .passed = findings.verdict, let check = execution.stores,
      let problem = check.problem(of: fixture.imported, head: fixture.chain.head.header)
    {
      return .failed(problem)
    }
    return findings.verdict
  }
}
