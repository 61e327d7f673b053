// Block tests: blocks as RLP, to be imported one after another.

internal import Chain
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives

/// Runs BlockchainTests and the block tests of the Execution Spec Tests.
final class BlockTestRunner: FormatRunner {
  private let execution: BlockExecution

  init(_ execution: BlockExecution) { self.execution = execution }

  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    try ChainFixture.forEach(in: file, selection, execution, report: report) {
      (fixture) throws(JSONError) in try importBlocks(fixture)
    }
  }

  /// Imports the blocks; answers the verdict on the first that is not as expected.
  private func importBlocks(_ fixture: ChainFixture) throws(JSONError) -> Verdict? {
    var number = 0
    for block in try fixture.test.field("blocks").elements() {
      let exception = try exception(of: block, network: fixture.networkName)
      let encoding = try block.field("rlp").bytes()
      var refusal: BlockImportError?
      var hash: Hash256?
      do throws(BlockImportError) {
        hash = try fixture.chain.importBlock(encoded: encoding)
      } catch {
        refusal = error
      }
      fixture.note(encoding, isRefused: refusal != nil)
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
    return nil
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
