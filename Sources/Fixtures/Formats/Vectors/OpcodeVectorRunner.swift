// Vectors of single instructions: two operands and the word that must come out.

internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import State

/// Runs `[{X, Y, Expected}]`, the instruction named by the file: each vector as a tiny program.
final class OpcodeVectorRunner: FormatRunner {
  private let machine = EVM()

  private static let opcodes: [String: UInt8] = [
    "add": 0x01, "mul": 0x02, "sub": 0x03, "div": 0x04, "sdiv": 0x05, "mod": 0x06, "smod": 0x07,
    "exp": 0x0a, "signext": 0x0b, "lt": 0x10, "gt": 0x11, "slt": 0x12, "sgt": 0x13, "eq": 0x14,
    "and": 0x16, "or": 0x17, "xor": 0x18, "byte": 0x1a, "shl": 0x1b, "shr": 0x1c, "sar": 0x1d,
  ]

  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    guard selection.includes(nil) else { return }
    let mnemonic = file.stem.replacing("testcases_", with: "")
    guard let opcode = Self.opcodes[mnemonic] else {
      throw file.document.root.unexpected("a file named testcases_ and an instruction")
    }
    var number = 0
    for vector in try file.document.root.elements() {
      defer { number += 1 }
      let name = "\(mnemonic)[\(number)]"
      guard selection.includes(name, path: file.path) else { continue }
      let result = run(
        opcode, below: try vector.field("X").hash(), top: try vector.field("Y").hash())
      var findings = Findings()
      findings.compare("result", "\(try vector.field("Expected").hash())", result)
      report(CaseResult(name: name, verdict: findings.verdict))
    }
  }

  /// PUSH32 below, PUSH32 top, the instruction, and its result returned.
  private func run(_ opcode: UInt8, below: Hash256, top: Hash256) -> String {
    let program: [UInt8] =
      [0x7f] + below.bytes + [0x7f] + top.bytes
      + [opcode, 0x60, 0x00, 0x52, 0x60, 0x20, 0x60, 0x00, 0xf3]
    let contract = Address(0xc0de)
    let state = TransactionState(
      view: MemoryState([AccountAllocation(address: contract, code: program)]),
      rules: AccountRules(.latest))
    machine.begin(block: BlockEnvironment(), fork: .latest)
    state.beginTransaction()
    let result = machine.execute(
      TransactionMessage(
        origin: Address(1), recipient: contract, gas: 1_000_000,
        input: UnsafeRawBufferPointer(start: nil, count: 0)),
      host: state)
    if let halt = result.halt { return "\(halt)" }
    return Hash256(bytes: Array(result.output)).map { "\($0)" } ?? "\(result.output.count) bytes"
  }
}
