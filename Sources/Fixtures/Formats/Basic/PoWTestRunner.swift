// PoWTests: headers with their proof of work, and the sizes and hashes on the way.

internal import Crypto
internal import JSON
internal import Ledger
internal import Primitives

/// Runs `{header, nonce, mixHash, seed, result, header_hash, cache_size, full_size, cache_hash}`.
final class PoWTestRunner: FormatRunner {
  /// Caches are large: the workers of a run share them.
  private static let caches = EthashCaches()

  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    guard selection.includes(nil) else { return }
    for test in try file.document.root.members() {
      let name = test.key.string
      guard selection.includes(name, path: file.path) else { continue }
      report(CaseResult(name: name, verdict: try verdict(test.value)))
    }
  }

  private func verdict(_ test: JSONValue) throws(JSONError) -> Verdict {
    let header: Header
    do {
      header = try Header(decoding: try test.field("header").bytes())
    } catch let error as JSONError {
      throw error
    } catch {
      return .failed("the header cannot be read: \(error)")
    }
    guard let epoch = Ethash.epoch(ofBlock: header.number) else {
      return .failed("block \(header.number) is beyond the epochs that are supported")
    }
    var findings = Findings()
    findings.compare("nonce", try test.field("nonce").hexNumber(), UInt256(header.nonce))
    findings.compare("mix hash", try test.field("mixHash").hash(), header.prevRandao)
    findings.compare("seal hash", try test.field("header_hash").hash(), header.sealHash)
    findings.compare("seed", try test.field("seed").hash(), Ethash.seed(epoch: epoch))
    findings.compare(
      "cache size", try test.field("cache_size").index(), Ethash.cacheSize(epoch: epoch))
    findings.compare(
      "dataset size", try test.field("full_size").index(), Ethash.datasetSize(epoch: epoch))
    let cache = Self.caches.cache(epoch: epoch)
    findings.compare("cache", try test.field("cache_hash").hash(), cache.hash)
    let result = try test.field("result").hash()
    do throws(EthashError) {
      try header.verifySeal(caches: Self.caches)
      findings.note("the work meets the difficulty, which it should not")
    } catch {
      // The suite's headers state more difficulty than their results meet. That is looked at last:
      // the mix hash is right.
      findings.compare(
        "verdict", .difficultyNotMet(result: result, difficulty: header.difficulty), error)
    }
    return findings.verdict
  }
}

extension JSONValue {
  /// A number in hex digits, with or without `0x`.
  func hexNumber() throws(JSONError) -> UInt256 {
    guard let number = UInt256(bigEndian: try bytes()) else { throw unexpected("up to 32 bytes") }
    return number
  }
}
