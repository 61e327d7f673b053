// Block tests: blocks as RLP, to be imported one after another.

internal import Chain
internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives

/// Runs BlockchainTests and the block tests of the Execution Spec Tests.
final class BlockTestRunner: FormatRunner {
  private let executor: SequentialExecutor

  init(trace: ((String) -> Void)?, memoryLimit: Int) {
    executor = SequentialExecutor(memoryLimit: memoryLimit)
    if let trace { executor.transactions.machine.tracer = StructLogTracer(emit: trace) }
  }

  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    try ChainFixture.forEach(in: file, selection, report: report) {
      (name, test) throws(JSONError) in
      try verdict(on: test, name: name)
    }
  }

  private func verdict(on test: JSONValue, name: String) throws(JSONError) -> Verdict {
    let fixture: ChainFixture
    do throws(ChainFixture.Obstacle) {
      fixture = try ChainFixture(test, name: name, executor: executor)
    } catch {
      switch error {
      case .json(let error): throw error
      case .verdict(let verdict): return verdict
      }
    }
    var number = 0
    for block in try test.field("blocks").elements() {
      let exception = try exception(of: block, network: fixture.networkName)
      let encoding = try block.field("rlp").bytes()
      var refusal: BlockImportError?
      var hash: Hash256?
      do throws(BlockImportError) {
        hash = try fixture.chain.importBlock(encoded: encoding)
      } catch {
        refusal = error
      }
      if let verdict = fixture.judge(refusal, expecting: exception) {
        return verdict.prefixed("block \(number): ")
      }
      if let hash {
        let expected = try block.field("blockHeader").field("hash").hash()
        guard hash == expected else {
          return .failed("block \(number): expected hash \(expected), got \(hash)")
        }
      }
      number += 1
    }
    var findings = Findings()
    try fixture.compareEnd(&findings)
    return findings.verdict
  }

  /// The refusal that a block is to meet: by name, or by lack of a header next to the encoding.
  private func exception(
    of block: JSONValue, network: String
  ) throws(JSONError) -> ChainFixture.Exception {
    for name in ["expectException", "expectExceptionALL", "expectException\(network)"] {
      guard let value = try block.optionalField(name) else { continue }
      return ChainFixture.Exception(isExpected: true, name: try value.string())
    }
    return ChainFixture.Exception(isExpected: !(try block.has("blockHeader")))
  }
}

extension Verdict {
  /// The verdict with `prefix` before the reason of a failure.
  func prefixed(_ prefix: String) -> Verdict {
    if case .failed(let reason) = self { return .failed(prefix + reason) }
    return self
  }
}

extension ChainFixture {
  /// Reports the verdict that `verdict` finds on each selected test of `file`.
  static func forEach(
    in file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void,
    verdict: (_ name: String, _ test: JSONValue) throws(JSONError) -> Verdict
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
      } else {
        report(CaseResult(name: name, verdict: try verdict(name, member.value)))
      }
    }
  }
}
