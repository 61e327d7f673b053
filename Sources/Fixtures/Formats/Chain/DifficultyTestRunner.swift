// DifficultyTests: parents and children, and what the child's difficulty must be.

internal import Chain
internal import JSON
internal import Ledger

/// Runs DifficultyTests: for each fork, cases of parent and current values; and the difficulty tests
/// among BasicTests: cases under no fork, whose file's name tells the network.
final class DifficultyTestRunner: FormatRunner {
  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    for group in try file.document.root.members() {
      if try group.value.has("currentDifficulty") {
        try runBasic(group, file, selection, report)
        continue
      }
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
      parentHasOmmers: try parentHasOmmers(test), fork: fork)
    var findings = Findings()
    findings.compare("difficulty", try test.field("currentDifficulty").uint256(), difficulty)
    return findings.verdict
  }

  /// Whether there were ommers, as 0 or 1, or as the hash of their list; silence means none.
  private func parentHasOmmers(_ test: JSONValue) throws(JSONError) -> Bool {
    guard let uncles = try test.optionalField("parentUncles") else { return false }
    if let hash = uncles.text?.hash { return hash != Header.emptyOmmersHash }
    return try uncles.uint64() != 0
  }

  private func runBasic(
    _ test: JSONMember, _ file: FixtureFile, _ selection: CaseSelection,
    _ report: (CaseResult) -> Void
  ) throws(JSONError) {
    // The timestamps are random: only the number tells the fork.
    let number = try test.value.field("currentBlockNumber").uint64()
    let fork = Self.network(of: file).fork(block: number, timestamp: 0)
    guard selection.includes(fork) else { return }
    let name = test.key.string
    guard selection.includes(name, path: file.path) else { return }
    report(CaseResult(name: name, verdict: try verdict(on: test.value, fork)))
  }

  private static func network(of file: FixtureFile) -> ChainRules {
    if file.stem.hasSuffix("Homestead") { return ChainRules(chainID: 1, always: .homestead) }
    guard file.stem.hasSuffix("Ropsten") else { return .mainnet }
    // The test network of that name, until Constantinople.
    return ChainRules(
      chainID: 3,
      activations: [
        .homestead: .block(0), .byzantium: .block(1_700_000), .constantinople: .block(4_230_000),
      ])
  }
}
