// Single instructions: results, prices, and refusals.

import Crypto
import EVM
import Ledger
import Primitives
import Testing

@Suite struct InstructionTests {
  /// Interesting words: limb borders, signs, small numbers.
  static let words: [UInt256] = [
    0, 1, 2, 31, 32, 255, 256, 0xffff_ffff_ffff_ffff, 0x1_0000_0000_0000_0000,
    UInt256(1) &<< 128, (UInt256(1) &<< 255) &- 1, UInt256(1) &<< 255, UInt256.max &- 1, .max,
    0x0123_4567_89ab_cdef_0123_4567_89ab_cdef_0123_4567_89ab_cdef_0123_4567_89ab_cdef,
  ]

  static let binary: [(Opcode, @Sendable (UInt256, UInt256) -> UInt256, Int64)] = [
    (.add, { $0 &+ $1 }, 3), (.mul, { $0 &* $1 }, 5), (.sub, { $0 &- $1 }, 3),
    (.div, { $0.dividedOrZero(by: $1) }, 5), (.sdiv, { $0.signedDividedOrZero(by: $1) }, 5),
    (.mod, { $0.remainderOrZero(dividingBy: $1) }, 5),
    (.smod, { $0.signedRemainderOrZero(dividingBy: $1) }, 5),
    (.signextend, { $1.signExtended(fromByte: $0) }, 5), (.lt, { UInt256($0 < $1) }, 3),
    (.gt, { UInt256($0 > $1) }, 3), (.slt, { UInt256($0.isSignedLess(than: $1)) }, 3),
    (.sgt, { UInt256($1.isSignedLess(than: $0)) }, 3), (.eq, { UInt256($0 == $1) }, 3),
    (.and, { $0 & $1 }, 3), (.or, { $0 | $1 }, 3), (.xor, { $0 ^ $1 }, 3),
    (.byte, { $1.byte($0) }, 3), (.shl, { $1 << $0 }, 3), (.shr, { $1 >> $0 }, 3),
    (.sar, { $1.arithmeticShiftRight(by: $0) }, 3),
  ]

  @Test(arguments: binary.indices)
  func `A binary instruction gives its function's value at its price`(index: Int) {
    let (opcode, function, price) = Self.binary[index]
    let frame = run(code(push(1), push(1), op(.pop), returnTop)).gasUsed - 3 - 2
    for a in Self.words {
      for b in Self.words {
        let outcome = run(code(push(b), push(a), op(opcode), returnTop))
        #expect(outcome.returns(function(a, b)), "\(opcode) \(a) \(b)")
        #expect(outcome.gasUsed == frame + 3 + price)
      }
    }
  }

  @Test func `EXP costs by the bytes of its exponent, ten before EIP-160 and fifty after`() {
    for (fork, price) in [(Fork.frontier, Int64(10)), (.spuriousDragon, 50)] {
      let none = run(code(push(0), push(3), op(.exp)), fork: fork).gasUsed
      for bytes in [1, 2, 17, 32] {
        let exponent = UInt256(1) &<< (8 * bytes - 8)
        let outcome = run(code(push(exponent), push(3), op(.exp)), fork: fork)
        #expect(outcome.gasUsed - none == Int64(bytes) * price)
      }
    }
  }

  @Test func `ADDMOD and MULMOD work on the full sum and product`() {
    let n = UInt256.max &- 188
    #expect(run(code(push(n), push(.max), push(.max), op(.addmod), returnTop)).returns(376))
    #expect(run(code(push(n), push(.max), push(.max), op(.mulmod), returnTop)).returns(188 * 188))
    #expect(run(code(push(0), push(5), push(6), op(.mulmod), returnTop)).returns(0))
  }

  @Test func `An instruction is unknown before its fork and known from it`() {
    for byte in UInt8.min...UInt8.max {
      guard let opcode = Opcode(rawValue: byte) else { continue }
      let traits = OpcodeTraits.of(opcode)
      let program = code(Array(repeating: 0x5a, count: traits.pops), [byte])
      for fork in Fork.allCases {
        let host = TestHost()
        host.add(contract, code: program, balance: 1)
        let outcome = run(program, fork: fork, host: host)
        let isKnown = traits.introduced.map { $0 <= fork } ?? false
        #expect((outcome.halt == .undefinedInstruction) == !isKnown, "\(opcode) in \(fork)")
      }
    }
  }

  @Test func `Every instruction refuses a stack that is one word short`() {
    for byte in UInt8.min...UInt8.max {
      guard let opcode = Opcode(rawValue: byte), opcode.isDefined else { continue }
      let pops = OpcodeTraits.of(opcode).pops
      guard pops > 0 else { continue }
      let program = code(Array(repeating: 0x5a, count: pops - 1), [byte])
      #expect(run(program).halt == .stackUnderflow, "\(opcode)")
    }
  }

  @Test func `Every instruction that grows the stack refuses a full one`() {
    let full = Array(repeating: Opcode.gas.rawValue, count: 1024)
    #expect(run(full).halt == nil)
    for byte in UInt8.min...UInt8.max {
      guard let opcode = Opcode(rawValue: byte), opcode.isDefined else { continue }
      let traits = OpcodeTraits.of(opcode)
      guard traits.pushes > traits.pops else { continue }
      #expect(run(code(full, [byte])).halt == .stackOverflow, "\(opcode)")
    }
  }

  @Test func `Every PUSH reads its operand, and zeros beyond the end of the code`() {
    for count in 1...32 {
      let operand = (1...UInt8(count)).map { $0 &* 7 }
      let program = code([0x5f + UInt8(count)], operand, returnTop)
      #expect(same(UInt256(bigEndian: operand), run(program).word ?? 1))
      // Cut off after one byte of operand: the run stops, it reads nothing wild.
      #expect(run([0x5f + UInt8(count), 0xff]).halt == nil)
    }
  }

  @Test func `DUP and SWAP reach their depth`() {
    let stack = (1...17).flatMap { push(UInt256($0 as Int)) }
    for depth in 1...16 {
      let dup = run(code(stack, [0x7f + UInt8(depth)], returnTop))
      #expect(dup.returns(UInt256(18 - depth)))
      let swap = run(code(stack, [0x8f + UInt8(depth)], returnTop))
      #expect(swap.returns(UInt256(17 - depth)))
    }
  }

  @Test func `Jumps land on JUMPDEST only, never inside an operand`() {
    #expect(run(code([0x60, 4, 0x56, 0xfe, 0x5b])).halt == nil)
    #expect(run(code([0x60, 3, 0x56, 0x5b])).halt == nil)
    #expect(run(code([0x60, 1, 0x56])).halt == .invalidJump)
    #expect(run(code([0x60, 4, 0x56, 0x60, 0x5b])).halt == .invalidJump)
    #expect(run(code(push(UInt256.max), op(.jump))).halt == .invalidJump)
    #expect(run(code(push(1 &<< 64), op(.jump), op(.jumpdest))).halt == .invalidJump)
    #expect(run(code([0x5f, 0x60, 99, 0x57])).halt == nil)
  }

  @Test func `The environment is what the message and the block say`() {
    let block = BlockEnvironment(
      coinbase: Address(0xc01b), number: 300, timestamp: 77, gasLimit: 9, baseFee: 5,
      prevRandao: 1234, blobBaseFee: 3, chainID: 42)
    let host = TestHost()
    host.add(sender, balance: 100)
    func value(_ program: [UInt8], input: [UInt8] = []) -> UInt256? {
      let host = TestHost()
      host.add(sender, balance: 100)
      let program = code(program, returnTop)
      host.add(contract, code: program, balance: 20)
      return run(program, input: input, value: 3, host: host, block: block).word
    }
    #expect(same(value(op(.address)), contract.word))
    #expect(same(value(op(.origin)), sender.word))
    #expect(same(value(op(.caller)), sender.word))
    #expect(same(value(op(.callvalue)), 3))
    #expect(same(value(op(.selfbalance)), 23))
    #expect(same(value(code(push(sender.word), op(.balance))), 97))
    #expect(same(value(op(.gasprice)), 7))
    #expect(same(value(op(.coinbase)), 0xc01b))
    #expect(same(value(op(.number)), 300))
    #expect(same(value(op(.timestamp)), 77))
    #expect(same(value(op(.gaslimit)), 9))
    #expect(same(value(op(.basefee)), 5))
    #expect(same(value(op(.prevrandao)), 1234))
    #expect(same(value(op(.blobbasefee)), 3))
    #expect(same(value(op(.chainid)), 42))
    #expect(same(value(code(push(0), op(.blobhash))), 0xb10b))
    #expect(same(value(code(push(1), op(.blobhash))), 0))
    #expect(same(value(op(.calldatasize), input: [1, 2, 3]), 3))
    #expect(same(value(code(push(1), op(.calldataload)), input: [1, 2, 3]), 0x0203 &<< 240))
    #expect(same(value(code(push(.max), op(.calldataload)), input: [1, 2, 3]), 0))
    for (number, isKnown) in [(299, true), (44, true), (43, false), (300, false)] {
      let hash = value(code(push(UInt256(number as Int)), op(.blockhash)))
      #expect(same(hash, (isKnown ? UInt256(number as Int) &+ 1_000_000 : 0)))
    }
    #expect(value(code(push(contract.word), op(.extcodesize))) != 0)
    #expect(same(value(code(push(0xdead), op(.extcodehash))), 0))
  }

  @Test func `KECCAK256 hashes memory and pays by the word`() {
    let program = code(push(0xab), push(0), op(.mstore8), push(1), push(0), op(.keccak256))
    #expect(run(code(program, returnTop)).returns(Keccak256.hash([0xab]).word))
    let small = run(code(push(32), push(0), op(.keccak256))).gasUsed
    let large = run(code(push(64), push(0), op(.keccak256))).gasUsed
    #expect(large - small == 6 + 3)
  }

  @Test func `Logs carry topics in order and are forbidden in static calls`() {
    let host = TestHost()
    let program =
      code(push(0xaa), push(0), op(.mstore8))
      + (0..<4).reversed().flatMap { push(UInt256($0 as Int)) } + code(push(1), push(0), op(.log4))
    #expect(run(program, host: host).halt == nil)
    #expect(
      host.world.logs == [
        Log(address: contract, topics: (0..<4).map { Hash256(UInt256($0 as Int)) }, data: [0xaa])
      ])
  }
}
