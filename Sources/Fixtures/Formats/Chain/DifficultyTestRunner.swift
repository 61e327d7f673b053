// DifficultyTests: parents and children, and what the child's difficulty must be.

internal import Chain
internal import JSON
internal import Ledger

/// Runs DifficultyTests: for each fork, cases of parent and current values.
final class DifficultyTestRunner: FormatRunner {
  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    for group in try file.document.root.members() {
      for network in try group.value.members() {
        if network.key.hasPrefix("_") { continue }
        let fork = Fork(network.key.string)
        guard selection.includes(fork) else { continue }
        for test in try network.value.members() {
          let name = "\(test.key.string) \(network.key.string)"
          guard selection.includes(name, path: file.path) else { continue }
          var verdict = Verdict.leftOut("fork \(network.key.string)")
          if let fork { verdict = try self.verdict(on: test.value, fork) }
          report(CaseResult(name: name, verdict: verdict))
        }
      }
    }
  }

  private func verdict(on test: JSONValue, _ fork: Fork) throws(JSONError) -> Verdict {
    let difficulty = Difficulty.of(
      number: try test.field("currentBlockNumber").uint64(),
      timestamp: try test.field("currentTimestamp").uint64(),
      parentDifficulty: try test.field("parentDifficulty").uint256(),
      parentTimestamp: try test.field("parentTimestamp").uint64(),
      parentHasOmmers: try test.field("parentUncles").uint64() != 0, fork: fork)
    var findings = Findings()
    findings.compare("difficulty", try test.field("currentDifficulty").uint256(), difficulty)
    return findings.verdict
  }
}
