// Programs that do something: instructions with operands that fit them.

internal import EVM
internal import Ledger
internal import Primitives
internal import Samples

/// Writes one random program: mostly instructions whose operands are plausible, their results kept
/// where the state shows them, and some that go wrong.
struct ProgramWriter {
  /// The first fork under which the program will run: later instructions are rare.
  let fork: Fork
  /// Who else is there.
  let cast: Cast
  /// The code so far.
  private(set) var code: [UInt8] = []
  /// What it created last: the same again may collide.
  var lastInitCode: [UInt8] = []

  /// A program of about `statements` statements.
  static func program(
    _ generator: inout SeededGenerator, fork: Fork, cast: Cast, statements: Int
  ) -> [UInt8] {
    var writer = ProgramWriter(fork: fork, cast: cast)
    for _ in 0..<statements { writer.writeStatement(&generator) }
    writer.writeEnd(&generator)
    return writer.code
  }

  init(fork: Fork, cast: Cast) {
    self.fork = fork
    self.cast = cast
  }

  /// Whether an instruction of `first` is to be written: nearly always only where it exists.
  func has(_ first: Fork, _ generator: inout SeededGenerator) -> Bool {
    fork >= first || generator.oneIn(60)
  }

  // MARK: Bytes

  mutating func op(_ opcode: Opcode) { code.append(opcode.rawValue) }

  mutating func raw(_ bytes: [UInt8]) { code += bytes }

  /// The shortest PUSH of `word`.
  mutating func push(_ word: UInt256) {
    let bytes = word.minimalBigEndianBytes
    let content = bytes.isEmpty && fork < .shanghai ? [0] : bytes
    code.append(UInt8(0x5f + content.count))
    code += content
  }

  mutating func push(_ number: Int) { push(UInt256(UInt64(number))) }

  mutating func push(_ address: Address) {
    code.append(0x73)
    code += address.bytes
  }

  /// Writes `bytes` to memory from `offset` on, in words.
  mutating func store(_ bytes: [UInt8], at offset: Int) {
    for start in stride(from: 0, to: bytes.count, by: 32) {
      let piece = Array(bytes[start..<min(bytes.count, start + 32)])
      code.append(0x7f)
      code += piece + [UInt8](repeating: 0, count: 32 - piece.count)
      push(offset + start)
      op(.mstore)
    }
  }

  /// Keeps the top word where the state shows it: in a slot, in memory, or nowhere.
  mutating func keep(_ generator: inout SeededGenerator) {
    switch generator.below(8) {
    case 0...3:
      push(generator.below(Cast.hotSlots))
      op(.sstore)
    case 4, 5:
      push(32 * generator.below(4))
      op(.mstore)
    case 6: op(.pop)
    default: break
    }
  }

  /// An operand that a program might have: a small number, an edge, or something at hand.
  mutating func pushOperand(_ generator: inout SeededGenerator) {
    switch generator.below(10) {
    case 0, 1: push(generator.below(64))
    case 2: op(generator.pick([.gas, .pc, .msize, .calldatasize, .codesize, .callvalue, .number]))
    case 3: op(generator.pick([.address, .caller, .origin, .coinbase, .timestamp, .gaslimit]))
    case 4:
      push(32 * generator.below(4))
      op(generator.pick([.mload, .calldataload]))
    case 5:
      push(generator.below(Cast.hotSlots))
      op(.sload)
    default: push(generator.word())
    }
  }

  /// A place in memory: nearly always near.
  mutating func pushOffset(_ generator: inout SeededGenerator) {
    switch generator.below(120) {
    case 0: push(generator.edgeWord())
    case 1: push(generator.pick([UInt256(UInt64.max), UInt256(1 as UInt64) &<< 32, .max]))
    case 2...4: push(generator.within(1_000...40_000))
    default: push(generator.below(generator.oneIn(4) ? 300 : 64))
    }
  }

  /// A length: nearly always short.
  mutating func pushSize(_ generator: inout SeededGenerator) {
    if generator.oneIn(5) { push(0) } else { pushOffset(&generator) }
  }

  mutating func pushAddress(_ generator: inout SeededGenerator) {
    switch generator.below(12) {
    case 0: op(generator.pick([.address, .caller, .origin, .coinbase]))
    case 1: push(generator.word())
    default: push(generator.pick(cast.everyone))
    }
  }
}
