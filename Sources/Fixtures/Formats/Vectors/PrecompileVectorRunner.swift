// Vectors of precompiled contracts: input, output, price.

internal import EVM
internal import JSON
internal import Ledger
internal import Primitives

/// Runs `[{Name, Input, Expected, Gas}]` and `[{Name, Input, ExpectedError}]`; the name of the file
/// tells the contract and the fork whose price it has.
final class PrecompileVectorRunner: FormatRunner {
  /// Inputs that cost more are refused: no block has so much gas.
  private static let gasLimit: UInt64 = 1 << 32

  private var output = PrecompileOutput()
  private let memoryLimit: Int

  init(memoryLimit: Int) { self.memoryLimit = memoryLimit }

  deinit { output.free() }

  /// Which contract a file is about.
  struct Subject {
    /// What the name of the file contains, in small letters.
    let file: String
    let address: UInt64
    let fork: Fork
    /// Whether the prices of the file are those of the fork.
    var hasPrices = true
  }

  /// The first whose `file` fits.
  static let subjects: [Subject] = [
    Subject(file: "ecrecover", address: 0x01, fork: .frontier),
    Subject(file: "modexp_eip7883", address: 0x05, fork: .osaka),
    Subject(file: "modexp_eip2565", address: 0x05, fork: .berlin),
    Subject(file: "modexp", address: 0x05, fork: .byzantium),
    Subject(file: "bn256add", address: 0x06, fork: .istanbul),
    Subject(file: "bn256scalarmul", address: 0x07, fork: .istanbul),
    Subject(file: "bn256pairing", address: 0x08, fork: .istanbul),
    Subject(file: "blake2f", address: 0x09, fork: .istanbul),
    Subject(file: "pointevaluation", address: 0x0a, fork: .cancun),
    Subject(file: "blsg1add", address: 0x0b, fork: .prague),
    Subject(file: "add_g1", address: 0x0b, fork: .prague),
    Subject(file: "blsg1mul", address: 0x0c, fork: .prague),
    Subject(file: "msm_g1", address: 0x0c, fork: .prague),
    Subject(file: "mul_g1", address: 0x0c, fork: .prague),
    Subject(file: "blsg2add", address: 0x0d, fork: .prague),
    Subject(file: "add_g2", address: 0x0d, fork: .prague),
    Subject(file: "blsg2mul", address: 0x0e, fork: .prague),
    Subject(file: "msm_g2", address: 0x0e, fork: .prague),
    Subject(file: "mul_g2", address: 0x0e, fork: .prague),
    Subject(file: "blspairing", address: 0x0f, fork: .prague),
    Subject(file: "pairing_check", address: 0x0f, fork: .prague),
    Subject(file: "blsmapg1", address: 0x10, fork: .prague),
    Subject(file: "map_fp_to_g1", address: 0x10, fork: .prague),
    Subject(file: "blsmapg2", address: 0x11, fork: .prague),
    Subject(file: "map_fp2_to_g2", address: 0x11, fork: .prague),
    Subject(file: "p256verify", address: 0x100, fork: .osaka),
    // EIP-7951 raised the price after its vectors were written.
    Subject(file: "eip-7951/test-vectors", address: 0x100, fork: .osaka, hasPrices: false),
  ]

  /// The contract that the file at `path` is about.
  static func subject(of path: String) -> Subject? {
    let name = path.split(separator: "/").suffix(2).joined(separator: "/").lowercased()
    return subjects.first { name.contains($0.file) }
  }

  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    guard let subject = Self.subject(of: file.path) else {
      throw file.document.root.unexpected("a file named after a precompiled contract")
    }
    guard selection.includes(subject.fork) || selection.includes(nil) else { return }
    guard let precompile = PrecompileTable.of(subject.fork)[Address(subject.address)] else {
      throw file.document.root.unexpected("a contract of \(subject.fork.name)")
    }
    var number = 0
    for vector in try file.document.root.elements() {
      defer { number += 1 }
      let name = try vector.optionalField("Name")?.string() ?? "vector"
      let numbered = "\(file.stem)[\(number)] \(name)"
      guard selection.includes(numbered, path: file.path) else { continue }
      report(CaseResult(name: numbered, verdict: try verdict(vector, precompile, subject)))
    }
  }

  private func verdict(
    _ vector: JSONValue, _ precompile: Precompile, _ subject: Subject
  ) throws(JSONError) -> Verdict {
    let input = try vector.field("Input").bytes()
    let (gas, memory) = input.withUnsafeBytes { (precompile.gas($0), precompile.memory($0)) }
    let isPayable = gas <= Self.gasLimit
    if isPayable && memory > UInt64(clamping: memoryLimit) { return .undecided }
    let succeeded = isPayable && input.withUnsafeBytes { precompile.run($0, &output) }
    if let error = try vector.optionalField("ExpectedError") {
      return succeeded ? .failed("expected failure (\(try error.string())); it succeeded") : .passed
    }
    guard succeeded else { return .failed("expected success; the input was refused") }
    var findings = Findings()
    findings.compare(
      "output", Hex.encode(try vector.field("Expected").bytes()),
      Hex.encode(Array(output.bytes)))
    if subject.hasPrices, let price = try vector.optionalField("Gas") {
      findings.compare("gas", try price.uint64(), gas)
    }
    return findings.verdict
  }
}
