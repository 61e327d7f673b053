// The loop: one switch over all 256 bytes.

import Ledger
import Primitives

extension Frame {
  /// Runs until STOP, RETURN or SELFDESTRUCT; everything else that ends a frame is thrown.
  mutating func run() throws(Halt) {
    if machine.pointee.tracer != nil { return try _ = run(Traced.self) }
    while true {
      if machine.pointee.isTimed {
        if try runTimed() { return }
      } else if try run(Unwatched.self) {
        return
      }
      if try run(Followed.self) { return }
    }
  }

  /// As `run` below, with an eye on the clock. Apart from it, since every copy of the loop would take native
  /// stack from each message.
  @inline(never)
  private mutating func runTimed() throws(Halt) -> Bool { try run(Timed.self) }

  /// Runs until the end, or until there is something to follow, or no longer; whether it was the end.
  ///
  /// The code's padding ends with STOP, so that the loop needs no test for the end of the code.
  private mutating func run<Watch: Watching>(_: Watch.Type) throws(Halt) -> Bool {
    var registers = self.registers
    var isFollowing = true
    while true {
      if Watch.isTraced { try traceStep(registers) }
      if Watch.isFollowed {
        self.registers = registers
        // The last instruction may have loaded another one.
        if !isFollowing && !follows { return false }
        isFollowing = machine.pointee.counters.reaches(registers) ? followStep() : true
      }
      // Every byte is a case of `Opcode`: the cast makes the switch one table without a range check.
      let opcode = unsafeBitCast(registers.pc.pointee, to: Opcode.self)
      registers.pc += 1
      switch opcode {
      case .stop:
        self.registers = registers
        return true
      case .add: try registers.add()
      case .mul: try registers.mul()
      case .sub: try registers.sub()
      case .signextend: try registers.signextend()
      case .lt: try registers.lt()
      case .gt: try registers.gt()
      case .slt: try registers.slt()
      case .sgt: try registers.sgt()
      case .eq: try registers.eq()
      case .iszero: try registers.iszero()
      case .and: try registers.and()
      case .or: try registers.or()
      case .xor: try registers.xor()
      case .not: try registers.not()
      case .byte: try registers.byte()
      case .shl: try registers.shl(instructionGas)
      case .shr: try registers.shr(instructionGas)
      case .sar: try registers.sar(instructionGas)
      case .clz: try registers.clz(instructionGas)
      case .address: try registers.pushBase(message.recipient.word)
      case .origin: try registers.pushBase(machine.pointee.origin.word)
      case .caller: try registers.pushBase(message.caller.word)
      case .callvalue: try registers.pushBase(message.value)
      case .calldatasize:
        try registers.pushBase(small: UInt64(truncatingIfNeeded: message.input.count))
      case .codesize: try registers.pushBase(small: UInt64(truncatingIfNeeded: code.count))
      case .gasprice: try registers.pushBase(machine.pointee.gasPrice)
      case .returndatasize:
        try registers.charge(.returndatasize, instructionGas)
        try registers.push(small: UInt64(truncatingIfNeeded: returnData.count))
      case .coinbase: try registers.pushBase(machine.pointee.block.coinbase.word)
      case .timestamp: try registers.pushBase(small: machine.pointee.block.timestamp)
      case .number: try registers.pushBase(small: machine.pointee.block.number)
      case .prevrandao: try registers.pushBase(machine.pointee.block.prevRandao)
      case .gaslimit: try registers.pushBase(small: machine.pointee.block.gasLimit)
      case .chainid:
        try registers.charge(.chainid, instructionGas)
        try registers.push(small: machine.pointee.block.chainID)
      case .basefee:
        try registers.charge(.basefee, instructionGas)
        try registers.push(machine.pointee.block.baseFee)
      case .blobbasefee:
        try registers.charge(.blobbasefee, instructionGas)
        try registers.push(machine.pointee.block.blobBaseFee)
      case .pop: try registers.pop()
      case .mload:
        if registers.accessesWord(within: wordOffsets) {
          try registers.mload(memory)
        } else {
          try outline(&registers, opcode, Watch.self)
        }
      case .mstore:
        if registers.accessesWord(within: wordOffsets) {
          try registers.mstore(memory)
        } else {
          try outline(&registers, opcode, Watch.self)
        }
      case .jump:
        try registers.jump(in: code)
        if Watch.isTimed { try machine.pointee.count(work: Machine.jumpWork) }
      case .jumpi:
        try registers.jumpi(in: code)
        if Watch.isTimed { try machine.pointee.count(work: Machine.jumpWork) }
      case .pc:
        try registers.pushBase(small: UInt64(truncatingIfNeeded: registers.pc - code.bytes - 1))
      case .msize: try registers.pushBase(small: UInt64(truncatingIfNeeded: memorySize))
      case .gas: try registers.pushGas()
      case .jumpdest: try registers.charge(GasTier.jumpdest)
      case .push0:
        try registers.charge(.push0, instructionGas)
        try registers.push(small: 0)
      case .push1: try registers.push(bytes: 1)
      case .push2: try registers.push(bytes: 2)
      case .push3: try registers.push(bytes: 3)
      case .push4: try registers.push(bytes: 4)
      case .push5: try registers.push(bytes: 5)
      case .push6: try registers.push(bytes: 6)
      case .push7: try registers.push(bytes: 7)
      case .push8: try registers.push(bytes: 8)
      case .push9: try registers.push(bytes: 9)
      case .push10: try registers.push(bytes: 10)
      case .push11: try registers.push(bytes: 11)
      case .push12: try registers.push(bytes: 12)
      case .push13: try registers.push(bytes: 13)
      case .push14: try registers.push(bytes: 14)
      case .push15: try registers.push(bytes: 15)
      case .push16: try registers.push(bytes: 16)
      case .push17: try registers.push(bytes: 17)
      case .push18: try registers.push(bytes: 18)
      case .push19: try registers.push(bytes: 19)
      case .push20: try registers.push(bytes: 20)
      case .push21: try registers.push(bytes: 21)
      case .push22: try registers.push(bytes: 22)
      case .push23: try registers.push(bytes: 23)
      case .push24: try registers.push(bytes: 24)
      case .push25: try registers.push(bytes: 25)
      case .push26: try registers.push(bytes: 26)
      case .push27: try registers.push(bytes: 27)
      case .push28: try registers.push(bytes: 28)
      case .push29: try registers.push(bytes: 29)
      case .push30: try registers.push(bytes: 30)
      case .push31: try registers.push(bytes: 31)
      case .push32: try registers.push(bytes: 32)
      case .dup1: try registers.dup(1)
      case .dup2: try registers.dup(2)
      case .dup3: try registers.dup(3)
      case .dup4: try registers.dup(4)
      case .dup5: try registers.dup(5)
      case .dup6: try registers.dup(6)
      case .dup7: try registers.dup(7)
      case .dup8: try registers.dup(8)
      case .dup9: try registers.dup(9)
      case .dup10: try registers.dup(10)
      case .dup11: try registers.dup(11)
      case .dup12: try registers.dup(12)
      case .dup13: try registers.dup(13)
      case .dup14: try registers.dup(14)
      case .dup15: try registers.dup(15)
      case .dup16: try registers.dup(16)
      case .swap1: try registers.swap(1)
      case .swap2: try registers.swap(2)
      case .swap3: try registers.swap(3)
      case .swap4: try registers.swap(4)
      case .swap5: try registers.swap(5)
      case .swap6: try registers.swap(6)
      case .swap7: try registers.swap(7)
      case .swap8: try registers.swap(8)
      case .swap9: try registers.swap(9)
      case .swap10: try registers.swap(10)
      case .swap11: try registers.swap(11)
      case .swap12: try registers.swap(12)
      case .swap13: try registers.swap(13)
      case .swap14: try registers.swap(14)
      case .swap15: try registers.swap(15)
      case .swap16: try registers.swap(16)
      case .`return`:
        try outline(&registers, opcode, Watch.self)
        return true
      case .revert:
        try outline(&registers, opcode, Watch.self)
        return true
      case .selfdestruct:
        try outline(&registers, opcode, Watch.self)
        return true
      case .sload:
        try outline(&registers, opcode, Watch.self)
        if !Watch.isFollowed, !Watch.isTraced, follows { return false }
      case .div, .sdiv, .mod, .smod, .addmod, .mulmod, .exp, .keccak256, .balance, .calldataload,
        .calldatacopy, .codecopy, .extcodesize, .extcodecopy, .returndatacopy, .extcodehash,
        .blockhash, .selfbalance, .blobhash, .mstore8, .sstore, .tload, .tstore, .mcopy,
        .log0, .log1, .log2, .log3, .log4, .create, .call, .callcode, .delegatecall, .create2,
        .staticcall:
        try outline(&registers, opcode, Watch.self)
      case .undefined0c, .undefined0d, .undefined0e, .undefined0f, .undefined1f, .undefined21,
        .undefined22, .undefined23, .undefined24, .undefined25, .undefined26, .undefined27,
        .undefined28, .undefined29, .undefined2a, .undefined2b, .undefined2c, .undefined2d,
        .undefined2e, .undefined2f, .undefined4b, .undefined4c, .undefined4d, .undefined4e,
        .undefined4f, .undefineda5, .undefineda6, .undefineda7, .undefineda8, .undefineda9,
        .undefinedaa, .undefinedab, .undefinedac, .undefinedad, .undefinedae, .undefinedaf,
        .undefinedb0, .undefinedb1, .undefinedb2, .undefinedb3, .undefinedb4, .undefinedb5,
        .undefinedb6, .undefinedb7, .undefinedb8, .undefinedb9, .undefinedba, .undefinedbb,
        .undefinedbc, .undefinedbd, .undefinedbe, .undefinedbf, .undefinedc0, .undefinedc1,
        .undefinedc2, .undefinedc3, .undefinedc4, .undefinedc5, .undefinedc6, .undefinedc7,
        .undefinedc8, .undefinedc9, .undefinedca, .undefinedcb, .undefinedcc, .undefinedcd,
        .undefinedce, .undefinedcf, .undefinedd0, .undefinedd1, .undefinedd2, .undefinedd3,
        .undefinedd4, .undefinedd5, .undefinedd6, .undefinedd7, .undefinedd8, .undefinedd9,
        .undefinedda, .undefineddb, .undefineddc, .undefineddd, .undefinedde, .undefineddf,
        .undefinede0, .undefinede1, .undefinede2, .undefinede3, .undefinede4, .undefinede5,
        .undefinede6, .undefinede7, .undefinede8, .undefinede9, .undefinedea, .undefinedeb,
        .undefinedec, .undefineded, .undefinedee, .undefinedef, .undefinedf6, .undefinedf7,
        .undefinedf8, .undefinedf9, .undefinedfb, .undefinedfc, .invalid:
        throw .undefinedInstruction
      }
    }
  }

  /// Runs an instruction on the frame itself, outside the loop. Those whose work grows with what they are
  /// given are among these: what they cost counts as work.
  @inline(__always)
  private mutating func outline<Watch: Watching>(
    _ registers: inout Registers, _ opcode: Opcode, _: Watch.Type
  ) throws(Halt) {
    let gas = registers.gas
    self.registers = registers
    try runOutlined(opcode)
    registers = self.registers
    if Watch.isTimed || Watch.isTraced && machine.pointee.isTimed {
      try machine.pointee.count(work: gas &- registers.gas)
    }
  }

  /// The instructions that call out or are rare.
  @inline(never)
  private mutating func runOutlined(_ opcode: Opcode) throws(Halt) {
    switch opcode {
    case .div: try div()
    case .sdiv: try sdiv()
    case .mod: try mod()
    case .smod: try smod()
    case .addmod: try addmod()
    case .mulmod: try mulmod()
    case .exp: try exp()
    case .keccak256: try keccak256()
    case .balance: try balance()
    case .calldataload: try calldataload()
    case .calldatacopy: try calldatacopy()
    case .codecopy: try codecopy()
    case .extcodesize: try extcodesize()
    case .extcodecopy: try extcodecopy()
    case .returndatacopy: try returndatacopy()
    case .extcodehash: try extcodehash()
    case .blockhash: try blockhash()
    case .selfbalance: try selfbalance()
    case .blobhash: try blobhash()
    case .mstore8: try mstore8()
    case .sload: try sload()
    case .sstore: try sstore()
    case .tload: try tload()
    case .tstore: try tstore()
    case .mcopy: try mcopy()
    case .log0: try log(topics: 0)
    case .log1: try log(topics: 1)
    case .log2: try log(topics: 2)
    case .log3: try log(topics: 3)
    case .log4: try log(topics: 4)
    case .create: try create(.create, .create)
    case .call: try call(.call, .call)
    case .callcode: try call(.callCode, .callcode)
    case .`return`: try finish()
    case .delegatecall: try call(.delegateCall, .delegatecall)
    case .create2: try create(.create2, .create2)
    case .staticcall: try call(.staticCall, .staticcall)
    case .revert: try revert()
    case .selfdestruct: try selfdestruct()
    case .mload: try mload()
    case .mstore: try mstore()
    default: throw .undefinedInstruction
    }
  }
}

extension Registers {
  /// GAS: what is left after its own price.
  @inline(__always)
  fileprivate mutating func pushGas() throws(Halt) {
    try charge(GasTier.base)
    try push(small: UInt64(truncatingIfNeeded: gas))
  }
}
