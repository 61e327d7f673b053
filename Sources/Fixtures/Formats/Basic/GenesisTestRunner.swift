// GenesisTests: genesis fields and the block that they make.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives

/// Runs `{alloc, difficulty, …, result}`: the encoding of the genesis block under Frontier's rules.
final class GenesisTestRunner: FormatRunner {
  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    guard selection.includes(nil) else { return }
    for test in try file.document.root.members() {
      let name = test.key.string
      guard selection.includes(name, path: file.path) else { continue }
      let genesis = try Genesis(test.value, rules: ChainRules(chainID: 1, always: .frontier))
      var findings = Findings()
      findings.compare(
        "genesis block", Hex.encode(try test.value.field("result").bytes()),
        Hex.encode(genesis.block.encoded))
      report(CaseResult(name: name, verdict: findings.verdict))
    }
  }
}
