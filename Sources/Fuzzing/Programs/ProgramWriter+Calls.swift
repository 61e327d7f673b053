// Calls and creations of generated programs.

internal import EVM
internal import Ledger
internal import Primitives
internal import Samples

extension ProgramWriter {
  mutating func writeCall(_ generator: inout SeededGenerator) {
    let opcode: Opcode
    switch generator.below(8) {
    case 0...3: opcode = .call
    case 4: opcode = .callcode
    case 5, 6: opcode = has(.homestead, &generator) ? .delegatecall : .call
    default: opcode = has(.byzantium, &generator) ? .staticcall : .call
    }
    pushSize(&generator)
    pushOffset(&generator)
    pushSize(&generator)
    pushOffset(&generator)
    if opcode == .call || opcode == .callcode { pushValue(&generator) }
    pushAddress(&generator)
    pushGas(&generator)
    op(opcode)
    keep(&generator)
  }

  private mutating func pushValue(_ generator: inout SeededGenerator) {
    switch generator.below(10) {
    case 0: push(generator.word())
    case 1:
      op(.address)
      op(.balance)
    case 2...4: push(generator.within(1...3))
    default: push(0)
    }
  }

  private mutating func pushGas(_ generator: inout SeededGenerator) {
    switch generator.below(8) {
    case 0: push(generator.pick([0, 1, 100, 700, 2_299, 2_300, 2_301, 9_000, 21_000]))
    case 1: push(generator.word())
    case 2, 3: push(generator.within(1_000...60_000))
    default: op(.gas)
    }
  }

  /// Calls a precompiled contract with input made for it.
  mutating func writePrecompile(_ generator: inout SeededGenerator) {
    // Pairings are slow in the reference; they have vectors of their own.
    let address: UInt64 = generator.pick(weighted: [
      (4, 0x01), (3, 0x02), (3, 0x03), (4, 0x04), (6, 0x05), (2, 0x06), (1, 0x07), (3, 0x09),
      (1, 0x0b), (1, 0x100),
    ])
    let input = PrecompileInput.make(for: address, &generator)
    store(Array(input.prefix(400)), at: 0)
    let isStatic = generator.oneIn(2) && has(.byzantium, &generator)
    push(generator.pick([0, 20, 32, 33, 64, 100]))
    push(generator.pick([0, 0, 32, 512]))
    push(generator.oneIn(6) ? generator.below(300) : input.count)
    push(0)
    if !isStatic { pushValue(&generator) }
    push(Address(address))
    if generator.oneIn(3) { pushGas(&generator) } else { op(.gas) }
    op(isStatic ? .staticcall : .call)
    keep(&generator)
    if generator.oneIn(2) {
      push(0)
      op(.mload)
      keep(&generator)
    }
  }

  /// Creates a contract, and mostly calls what was created.
  mutating func writeCreation(_ generator: inout SeededGenerator) {
    let isRepeated = !lastInitCode.isEmpty && generator.oneIn(2)
    let initcode =
      isRepeated ? lastInitCode : InitCode.make(&generator, fork: fork, cast: cast)
    lastInitCode = initcode
    store(initcode, at: 0)
    let salted = generator.oneIn(2) && has(.constantinople, &generator)
    if salted { push(isRepeated ? 0 : generator.below(2)) }
    if generator.oneIn(12) { pushSize(&generator) } else { push(initcode.count) }
    push(0)
    pushValue(&generator)
    op(salted ? .create2 : .create)
    guard generator.oneIn(2) else { return keep(&generator) }
    // The new contract's address is below the operands of the call.
    for _ in 0..<5 { push(0) }
    raw([0x85])
    pushGas(&generator)
    op(.call)
    keep(&generator)
    keep(&generator)
  }
}

/// Code that creates contracts.
enum InitCode {
  /// Init code of one of the kinds that the rules tell apart.
  static func make(_ generator: inout SeededGenerator, fork: Fork, cast: Cast) -> [UInt8] {
    switch generator.below(14) {
    case 0: return []
    case 1: return returning(generator.bytes(upTo: 40))
    case 2: return returning([0xef] + generator.bytes(upTo: 24))
    case 3: return returning([0xef, 0x01, 0x00] + generator.pick(cast.everyone).bytes)
    // 24,576 bytes, or one more.
    case 4: return [0x61, 0x60, generator.byte() & 1, 0x60, 0x00, 0xf3]
    case 5: return [0x60, 0x20, 0x60, 0x00, 0xfd]
    case 6: return [0xfe]
    case 7: return [0x33, 0xff]  // SELFDESTRUCT to the caller
    case 8: return [0x60, 0x01, 0x60, 0x00, 0x55, 0x00]  // stores and leaves no code
    case 9:
      return ProgramWriter.program(
        &generator, fork: fork, cast: cast, statements: generator.below(3))
    case 10: return returning([0x33, 0xff])
    default:
      return returning(
        ProgramWriter.program(&generator, fork: fork, cast: cast, statements: generator.below(3)))
    }
  }

  /// Code that stores a slot and returns `code`.
  static func returning(_ code: [UInt8]) -> [UInt8] {
    let count = UInt8(truncatingIfNeeded: code.count)
    let high = UInt8(truncatingIfNeeded: code.count >> 8)
    // PUSH2 size, DUP1, PUSH1 start, PUSH1 0, CODECOPY, PUSH1 0, RETURN
    return [0x61, high, count, 0x80, 0x60, 12, 0x60, 0, 0x39, 0x60, 0, 0xf3] + code
  }
}

extension ProgramWriter {
  /// Code that calls every contract in turn and keeps what each of them says.
  static func caller(_ generator: inout SeededGenerator, fork: Fork, cast: Cast) -> [UInt8] {
    var writer = ProgramWriter(fork: fork, cast: cast)
    for address in cast.contracts.dropFirst() + [cast.contracts[0]] {
      for _ in 0..<4 { writer.push(0) }
      let opcode: Opcode = generator.pick([
        .call, .callcode, fork >= .homestead ? .delegatecall : .call,
        fork >= .byzantium ? .staticcall : .call,
      ])
      if opcode == .call || opcode == .callcode { writer.push(generator.below(2)) }
      writer.push(address)
      if generator.oneIn(2) {
        writer.push(generator.within(5_000...80_000))
      } else {
        writer.op(.gas)
      }
      writer.op(opcode)
      writer.push(generator.below(Cast.hotSlots))
      writer.op(.sstore)
      if generator.oneIn(3) { writer.writeStatement(&generator) }
    }
    writer.writeEnd(&generator)
    return writer.code
  }
}
