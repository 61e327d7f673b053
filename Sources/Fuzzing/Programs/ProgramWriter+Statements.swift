// The statements of generated programs.

internal import EVM
internal import Ledger
internal import Primitives
internal import Samples

extension ProgramWriter {
  /// Writes one statement; the stack may be a word higher after it.
  mutating func writeStatement(_ generator: inout SeededGenerator) {
    switch generator.below(100) {
    case 0..<16: writeArithmetic(&generator)
    case 16..<32: writeStorage(&generator)
    case 32..<40: writeMemory(&generator)
    case 40..<48: writeQuestion(&generator)
    case 48..<66: writeCall(&generator)
    case 66..<72: writeCreation(&generator)
    case 72..<80: writePrecompile(&generator)
    case 80..<84: writeLog(&generator)
    case 84..<91: writeJump(&generator)
    case 91..<94: writeStackWork(&generator)
    case 94..<96: writeReturnData(&generator)
    case 96: writeLoop(&generator)
    case 97: writeBranchToEnd(&generator)
    case 98: writeCreation(&generator)
    default: raw(generator.bytes(upTo: 2))
    }
  }

  private mutating func writeArithmetic(_ generator: inout SeededGenerator) {
    let binary: [(Opcode, Fork)] = [
      (.add, .frontier), (.mul, .frontier), (.sub, .frontier), (.div, .frontier),
      (.sdiv, .frontier), (.mod, .frontier), (.smod, .frontier), (.exp, .frontier),
      (.signextend, .frontier), (.lt, .frontier), (.gt, .frontier), (.slt, .frontier),
      (.sgt, .frontier), (.eq, .frontier), (.and, .frontier), (.or, .frontier),
      (.xor, .frontier), (.byte, .frontier), (.shl, .constantinople), (.shr, .constantinople),
      (.sar, .constantinople),
    ]
    switch generator.below(8) {
    case 0:
      for _ in 0..<3 { pushOperand(&generator) }
      op(generator.pick([.addmod, .mulmod]))
    case 1:
      pushOperand(&generator)
      op(has(.osaka, &generator) ? generator.pick([.not, .iszero, .clz]) : .iszero)
    default:
      let (opcode, first) = generator.pick(binary)
      guard has(first, &generator) else { return }
      pushOperand(&generator)
      pushOperand(&generator)
      op(opcode)
    }
    keep(&generator)
  }

  private mutating func writeStorage(_ generator: inout SeededGenerator) {
    let slot =
      generator.oneIn(12) ? generator.word() : UInt256(UInt64(generator.below(Cast.hotSlots)))
    if generator.oneIn(3) { return writeCounter(slot, &generator) }
    let isTransient = generator.oneIn(4) && has(.cancun, &generator)
    if generator.oneIn(3) {
      push(slot)
      op(isTransient ? .tload : .sload)
      keep(&generator)
      return
    }
    // Few values, so that slots are set, cleared and restored.
    if generator.oneIn(6) { pushOperand(&generator) } else { push(generator.below(3)) }
    push(slot)
    op(isTransient ? .tstore : .sstore)
  }

  /// Adds to a slot or subtracts from it, perhaps after a look at the range.
  private mutating func writeCounter(_ slot: UInt256, _ generator: inout SeededGenerator) {
    push(generator.below(3))
    push(slot)
    op(.sload)
    if generator.oneIn(3) {
      op(.dup1)
      push(generator.below(5))
      op(generator.pick([.lt, .gt, .eq]))
      keep(&generator)
    }
    op(generator.pick([.add, .sub]))
    if generator.oneIn(4) {
      push(slot)
      op(.sload)
      op(.dup2)
      op(generator.pick([.lt, .gt]))
      keep(&generator)
    }
    push(slot)
    op(.sstore)
  }

  private mutating func writeMemory(_ generator: inout SeededGenerator) {
    switch generator.below(7) {
    case 0, 1:
      pushOperand(&generator)
      pushOffset(&generator)
      op(generator.pick([.mstore, .mstore, .mstore8]))
    case 2:
      pushOffset(&generator)
      op(.mload)
      keep(&generator)
    case 3:
      pushSize(&generator)
      pushOffset(&generator)
      op(.keccak256)
      keep(&generator)
    case 4:
      guard has(.cancun, &generator) else { return }
      pushSize(&generator)
      pushOffset(&generator)
      pushOffset(&generator)
      op(.mcopy)
    case 5:
      pushSize(&generator)
      pushOffset(&generator)
      pushOffset(&generator)
      op(generator.pick([.calldatacopy, .codecopy]))
    default:
      pushSize(&generator)
      pushOffset(&generator)
      pushOffset(&generator)
      pushAddress(&generator)
      op(.extcodecopy)
    }
  }

  /// Instructions that ask about accounts, the block and the transaction.
  private mutating func writeQuestion(_ generator: inout SeededGenerator) {
    switch generator.below(6) {
    case 0, 1:
      pushAddress(&generator)
      let hasHash = has(.constantinople, &generator)
      op(generator.pick([.balance, .extcodesize, hasHash ? .extcodehash : .balance]))
    case 2:
      push(generator.pick([0, 1, 2, 255, 256, 257, 258]))
      op(.number)
      op(.sub)
      op(.blockhash)
    case 3:
      guard has(.cancun, &generator) else { return }
      if generator.oneIn(2) {
        op(.blobbasefee)
      } else {
        push(generator.oneIn(4) ? generator.word() : UInt256(UInt64(generator.below(4))))
        op(.blobhash)
      }
    case 4:
      guard has(.istanbul, &generator) else { return }
      op(generator.pick([.selfbalance, .chainid, fork >= .london ? .basefee : .chainid]))
    default: op(generator.pick([.gasprice, .prevrandao, .gas, .msize, .gaslimit, .pc]))
    }
    keep(&generator)
  }

  private mutating func writeLog(_ generator: inout SeededGenerator) {
    let topics = generator.below(5)
    for _ in 0..<topics { pushOperand(&generator) }
    pushSize(&generator)
    pushOffset(&generator)
    raw([0xa0 + UInt8(topics)])
  }

  private mutating func writeStackWork(_ generator: inout SeededGenerator) {
    let depth = generator.within(1...16)
    for _ in 0..<(generator.oneIn(8) ? depth - 1 : depth + 1) { push(generator.below(300)) }
    raw([(generator.oneIn(2) ? 0x7f : 0x8f) + UInt8(depth)])
    keep(&generator)
  }

  /// RETURNDATACOPY at and around the end of what the last call gave.
  private mutating func writeReturnData(_ generator: inout SeededGenerator) {
    guard has(.byzantium, &generator) else { return }
    if generator.oneIn(3) {
      op(.returndatasize)
      keep(&generator)
      return
    }
    op(.returndatasize)
    if generator.oneIn(6) {
      push(1)
      op(.add)
    }
    push(generator.oneIn(8) ? generator.edgeWord() : UInt256(UInt64(generator.oneIn(5) ? 1 : 0)))
    pushOffset(&generator)
    op(.returndatacopy)
  }

  // MARK: Flow

  /// A jump over a few bytes, to their end or among them.
  private mutating func writeJump(_ generator: inout SeededGenerator) {
    let isConditional = generator.oneIn(2)
    if isConditional { pushOperand(&generator) }
    let skipped = generator.oneIn(5) ? generator.bytes(upTo: 5) : [0x60, 0x5b]
    let start = code.count + 4
    let target =
      generator.oneIn(30)
      ? generator.within(0...start + skipped.count + 4) : start + skipped.count
    raw([0x61, UInt8(truncatingIfNeeded: target >> 8), UInt8(truncatingIfNeeded: target)])
    op(isConditional ? .jumpi : .jump)
    raw(skipped)
    // What was skipped may end with a PUSH that would swallow the destination.
    op(.jumpdest)
  }

  /// A body that runs a few times.
  private mutating func writeLoop(_ generator: inout SeededGenerator) {
    push(generator.within(1...6))
    let start = code.count
    op(.jumpdest)
    writeStorage(&generator)
    // The counter may no longer be on top when the body left something there; then the loop runs
    // until the gas is gone.
    push(1)
    raw([0x90])
    op(.sub)
    raw([0x80, 0x61, UInt8(truncatingIfNeeded: start >> 8), UInt8(truncatingIfNeeded: start)])
    op(.jumpi)
    op(.pop)
  }

  private mutating func writeBranchToEnd(_ generator: inout SeededGenerator) {
    // Go on only if there is that much gas left.
    push(generator.within(500...60_000))
    op(.gas)
    op(.gt)
    let target = code.count + 9
    raw([0x61, UInt8(truncatingIfNeeded: target >> 8), UInt8(truncatingIfNeeded: target)])
    op(.jumpi)
    push(32)
    push(0)
    op(generator.pick([.revert, .return]))
    op(.jumpdest)
  }

  /// How the program ends.
  mutating func writeEnd(_ generator: inout SeededGenerator) {
    switch generator.below(16) {
    case 0: break
    case 1: op(.stop)
    case 2...6:
      pushSize(&generator)
      pushOffset(&generator)
      op(.return)
    case 7...9:
      guard has(.byzantium, &generator) else { return }
      pushSize(&generator)
      pushOffset(&generator)
      op(.revert)
    case 10...12:
      pushAddress(&generator)
      op(.selfdestruct)
    case 13: op(.invalid)
    default:
      push(32 * generator.below(4))
      push(0)
      op(.return)
    }
  }
}
