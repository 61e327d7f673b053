// The loop: one switch over all 256 bytes.

import Ledger
import Primitives

extension Frame {
  /// Runs until STOP, RETURN or SELFDESTRUCT; everything else that ends a frame is thrown.
  ///
  /// The code's padding ends with STOP, so that the loop needs no test for the end of the code.
  mutating func run<Watch: Watching>(_: Watch.Type) throws(Halt) {
    while true {
      if Watch.isOn { traceStep() }
      // Every byte is a case of `Opcode`: the cast makes the switch one table without a range check.
      let opcode = unsafeBitCast(pc.pointee, to: Opcode.self)
      pc += 1
      switch opcode {
      case .stop: return
      case .add: try add()
      case .mul: try mul()
      case .sub: try sub()
      case .div: try div()
      case .sdiv: try sdiv()
      case .mod: try mod()
      case .smod: try smod()
      case .addmod: try addmod()
      case .mulmod: try mulmod()
      case .exp: try exp()
      case .signextend: try signextend()
      case .lt: try lt()
      case .gt: try gt()
      case .slt: try slt()
      case .sgt: try sgt()
      case .eq: try eq()
      case .iszero: try iszero()
      case .and: try and()
      case .or: try or()
      case .xor: try xor()
      case .not: try not()
      case .byte: try byte()
      case .shl: try shl()
      case .shr: try shr()
      case .sar: try sar()
      case .clz: try clz()
      case .keccak256: try keccak256()
      case .address: try pushBase(message.recipient.word)
      case .balance: try balance()
      case .origin: try pushBase(machine.pointee.origin.word)
      case .caller: try pushBase(message.caller.word)
      case .callvalue: try pushBase(message.value)
      case .calldataload: try calldataload()
      case .calldatasize: try pushBase(UInt256(message.input.count))
      case .calldatacopy: try calldatacopy()
      case .codesize: try pushBase(UInt256(code.count))
      case .codecopy: try codecopy()
      case .gasprice: try pushBase(machine.pointee.gasPrice)
      case .extcodesize: try extcodesize()
      case .extcodecopy: try extcodecopy()
      case .returndatasize: try push(UInt256(returnData.count), for: .returndatasize)
      case .returndatacopy: try returndatacopy()
      case .extcodehash: try extcodehash()
      case .blockhash: try blockhash()
      case .coinbase: try pushBase(machine.pointee.block.coinbase.word)
      case .timestamp: try pushBase(UInt256(machine.pointee.block.timestamp))
      case .number: try pushBase(UInt256(machine.pointee.block.number))
      case .prevrandao: try pushBase(machine.pointee.block.prevRandao)
      case .gaslimit: try pushBase(UInt256(machine.pointee.block.gasLimit))
      case .chainid: try push(UInt256(machine.pointee.block.chainID), for: .chainid)
      case .selfbalance: try selfbalance()
      case .basefee: try push(machine.pointee.block.baseFee, for: .basefee)
      case .blobhash: try blobhash()
      case .blobbasefee: try push(machine.pointee.block.blobBaseFee, for: .blobbasefee)
      case .pop: try popWord()
      case .mload: try mload()
      case .mstore: try mstore()
      case .mstore8: try mstore8()
      case .sload: try sload()
      case .sstore: try sstore()
      case .jump: try jump()
      case .jumpi: try jumpi()
      case .pc: try pushBase(UInt256(position))
      case .msize: try pushBase(UInt256(memorySize))
      case .gas: try gasLeft()
      case .jumpdest: try charge(GasTier.jumpdest)
      case .tload: try tload()
      case .tstore: try tstore()
      case .mcopy: try mcopy()
      case .push0: try push(.zero, for: .push0)
      case .push1: try push(bytes: 1)
      case .push2: try push(bytes: 2)
      case .push3: try push(bytes: 3)
      case .push4: try push(bytes: 4)
      case .push5: try push(bytes: 5)
      case .push6: try push(bytes: 6)
      case .push7: try push(bytes: 7)
      case .push8: try push(bytes: 8)
      case .push9: try push(bytes: 9)
      case .push10: try push(bytes: 10)
      case .push11: try push(bytes: 11)
      case .push12: try push(bytes: 12)
      case .push13: try push(bytes: 13)
      case .push14: try push(bytes: 14)
      case .push15: try push(bytes: 15)
      case .push16: try push(bytes: 16)
      case .push17: try push(bytes: 17)
      case .push18: try push(bytes: 18)
      case .push19: try push(bytes: 19)
      case .push20: try push(bytes: 20)
      case .push21: try push(bytes: 21)
      case .push22: try push(bytes: 22)
      case .push23: try push(bytes: 23)
      case .push24: try push(bytes: 24)
      case .push25: try push(bytes: 25)
      case .push26: try push(bytes: 26)
      case .push27: try push(bytes: 27)
      case .push28: try push(bytes: 28)
      case .push29: try push(bytes: 29)
      case .push30: try push(bytes: 30)
      case .push31: try push(bytes: 31)
      case .push32: try push(bytes: 32)
      case .dup1: try dup(1)
      case .dup2: try dup(2)
      case .dup3: try dup(3)
      case .dup4: try dup(4)
      case .dup5: try dup(5)
      case .dup6: try dup(6)
      case .dup7: try dup(7)
      case .dup8: try dup(8)
      case .dup9: try dup(9)
      case .dup10: try dup(10)
      case .dup11: try dup(11)
      case .dup12: try dup(12)
      case .dup13: try dup(13)
      case .dup14: try dup(14)
      case .dup15: try dup(15)
      case .dup16: try dup(16)
      case .swap1: try swap(1)
      case .swap2: try swap(2)
      case .swap3: try swap(3)
      case .swap4: try swap(4)
      case .swap5: try swap(5)
      case .swap6: try swap(6)
      case .swap7: try swap(7)
      case .swap8: try swap(8)
      case .swap9: try swap(9)
      case .swap10: try swap(10)
      case .swap11: try swap(11)
      case .swap12: try swap(12)
      case .swap13: try swap(13)
      case .swap14: try swap(14)
      case .swap15: try swap(15)
      case .swap16: try swap(16)
      case .log0: try log(topics: 0)
      case .log1: try log(topics: 1)
      case .log2: try log(topics: 2)
      case .log3: try log(topics: 3)
      case .log4: try log(topics: 4)
      case .create: try create(.create, .create)
      case .call: try call(.call, .call)
      case .callcode: try call(.callCode, .callcode)
      case .`return`: return try finish()
      case .delegatecall: try call(.delegateCall, .delegatecall)
      case .create2: try create(.create2, .create2)
      case .staticcall: try call(.staticCall, .staticcall)
      case .revert: return try revert()
      case .invalid: throw .undefinedInstruction
      case .selfdestruct: return try selfdestruct()
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
        .undefinedf8, .undefinedf9, .undefinedfb, .undefinedfc:
        throw .undefinedInstruction
      }
    }
  }

  /// GAS: what is left after its own price.
  @inline(__always)
  private mutating func gasLeft() throws(Halt) {
    try charge(GasTier.base)
    try push(UInt256(UInt64(gas)))
  }
}
