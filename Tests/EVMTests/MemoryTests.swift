// Memory: growth, price, limits.

@testable import EVM
import Ledger
import Primitives
import Testing

@Suite struct MemoryTests {
  @Test func `Memory grows by words and costs three a word and a square over 512`() {
    for (offset, words) in [(0, 1), (1, 2), (31, 2), (32, 2), (992, 32), (32 * 1023, 1024)] {
      let outcome = run(code(push(0), push(UInt256(offset as Int)), op(.mstore)))
      #expect(outcome.gasUsed == 9 + Int64(3 * words + words * words / 512))
      let size = run(
        code(push(UInt256(offset as Int)), op(.mload), op(.pop), op(.msize), returnTop)
      ).word
      #expect(same(size, UInt256(words * 32)))
    }
  }

  @Test func `New memory is zero, also where an earlier frame has written`() {
    let writer = Address(0x1111)
    let reader = Address(0x2222)
    let host = TestHost()
    host.add(writer, code: code(push(.max), push(320), op(.mstore)))
    host.add(reader, code: code(push(320), op(.mload), returnTop))
    func call(_ address: Address) -> [UInt8] {
      code(
        push(32), push(0), push(0), push(0), push(0), push(address.word), op(.gas, .call, .pop))
    }
    let program = code(call(writer), call(reader), push(0), op(.mload), returnTop)
    host.add(contract, code: program)
    #expect(run(program, host: host).returns(0))
  }

  @Test func `Copies fill with zeros beyond the source`() {
    let program = code(
      push(.max), push(0), op(.mstore), push(32), push(1), push(0), op(.calldatacopy), push(0),
      op(.mload), returnTop)
    #expect(run(program, input: [1, 2, 3]).returns(0x0203 &<< 240))
    let far = code(
      push(.max), push(0), op(.mstore), push(32), push(.max), push(0), op(.codecopy), push(0),
      op(.mload), returnTop)
    #expect(run(far).returns(0))
  }

  @Test func `MCOPY moves overlapping ranges as if through a copy`() {
    for (to, from) in [(1, 0), (0, 1), (5, 20), (40, 3)] {
      var model = [UInt8](repeating: 0, count: 128)
      let first = UInt256(bigEndian: (1...32).map { UInt8($0) }) ?? 0
      model.replaceSubrange(0..<32, with: first.bigEndianBytes)
      model.replaceSubrange(to..<to + 40, with: Array(model[from..<from + 40]))
      let program = code(
        push(0), push(96), op(.mstore), push(first), push(0), op(.mstore), push(40),
        push(UInt256(from)), push(UInt256(to)), op(.mcopy), push(128), push(0), op(.return))
      #expect(run(program).output == model)
    }
  }

  @Test func `A far offset without size costs nothing, with size all the gas`() {
    for opcode in [Opcode.keccak256, .return, .log0] {
      #expect(run(code(push(0), push(.max), op(opcode))).halt == nil)
      #expect(run(code(push(1), push(.max), op(opcode))).halt == .outOfGas)
      #expect(run(code(push(.max), push(1), op(opcode))).halt == .outOfGas)
      #expect(run(code(push(.max), push(.max), op(opcode))).halt == .outOfGas)
    }
    for exponent in 33...255 {
      let far = UInt256(1) &<< exponent
      for opcode in [Opcode.mload, .mstore, .mstore8] {
        #expect(run(code(push(far), push(far), op(opcode))).halt == .outOfGas)
      }
    }
  }

  @Test func `Memory that is paid for but not allowed ends in a resource error, not out of gas`() {
    // 2^63 gas pay for terabytes.
    for gas: Int64 in [.max, .max - 1, 1_000_000_000_000_000] {
      let outcome = run(
        code(push(1 &<< 30), op(.mload)), gas: gas, memoryLimit: 1 << 20)
      #expect(outcome.halt == .memoryLimit)
    }
    #expect(run(code(push(1 &<< 40), op(.mload)), gas: .max).halt == .memoryLimit)
    #expect(run(code(push(1 &<< 42), op(.mload)), gas: .max).halt == .outOfGas)
    #expect(run(code(push(1 &<< 19), op(.mload)), gas: 1 << 40, memoryLimit: 1 << 20).halt == nil)
  }

  @Test func `All frames share the memory limit, and a callee that breaks it ends its caller`() {
    let host = TestHost()
    let callee = Address(0x1111)
    host.add(callee, code: code(push(600_000), op(.mload)))
    let call = code(push(0), push(0), push(0), push(0), push(0), push(callee.word), op(.gas, .call))
    let greedy = code(push(600_000), op(.mload), call)
    host.add(contract, code: greedy)
    #expect(run(greedy, gas: 1 << 40, host: host, memoryLimit: 1 << 20).halt == .memoryLimit)
    // Each alone fits, one after the other.
    let patient = TestHost()
    patient.add(callee, code: code(push(600_000), op(.mload)))
    #expect(
      run(code(call, call, returnTop), gas: 1 << 40, host: patient, memoryLimit: 1 << 20).returns(1)
    )
  }

  @Test func `Memory of frames that ended counts against the limit as long as it is held`() {
    // Recurses to depth 100, then each frame touches 40 KB on the way back.
    let down = code(
      push(100), op(.gas, .pop), push(0), op(.calldataload), push(100), op(.gt), op(.iszero),
      [0x61, 0, 0], op(.jumpi))
    let call = code(
      push(0), op(.calldataload), push(1), op(.add), push(0), op(.mstore), push(0), push(0),
      push(32), push(0), push(0), op(.address, .gas, .call, .pop))
    let end = code(op(.jumpdest), push(40_000), op(.mload))
    var program = code(down, call, end)
    let target = down.count + call.count
    program[down.count - 3] = UInt8(target >> 8)
    program[down.count - 2] = UInt8(target & 255)
    let host = TestHost()
    host.add(contract, code: program)
    // A frame's memory is freed when its caller needs room: one megabyte is enough for all.
    let evm = EVM(memoryLimit: 1 << 20)
    evm.begin(block: BlockEnvironment(), fork: .latest)
    let input = [UInt8](repeating: 0, count: 32)
    let result = input.withUnsafeBytes { bytes in
      evm.execute(
        TransactionMessage(origin: sender, recipient: contract, gas: 1 << 50, input: bytes),
        host: host)
    }
    #expect(result.halt == nil)
    #expect(evm.machine.pointee.memoryHeld <= 1 << 20)
  }

  @Test func `Precompiled contracts obey the memory limit too`() {
    let host = TestHost()
    let program = { (address: UInt256) in
      code(
        push(0), push(0), push(600_000), push(0), push(address), op(.gas, .staticcall), returnTop)
    }
    for address: UInt256 in [4, 8] {
      let outcome = run(program(address), gas: 1 << 40, host: TestHost(), memoryLimit: 1 << 20)
      #expect(outcome.halt == .memoryLimit)
    }
    // MODEXP with a base longer than the library takes, its price within 2^60 gas.
    let modexp = code(
      push(1 &<< 29), push(0), op(.mstore), push(1), push(64), op(.mstore), push(0), push(0),
      push(96), push(0), push(5), op(.gas, .staticcall), returnTop)
    host.add(contract, code: modexp)
    #expect(run(modexp, gas: 1 << 62, fork: .berlin, host: host).halt == .memoryLimit)
  }

  @Test func `Creation code counts towards the limit`() {
    // CREATE of the first 8 MiB of memory, which are zeros: a STOP.
    let program = code(push(8 << 20 as UInt256), push(0), push(0), op(.create), returnTop)
    func outcome(limit: Int) -> Outcome {
      run(program, gas: 1 << 50, fork: .homestead, memoryLimit: limit)
    }
    #expect(outcome(limit: 12 << 20).halt == .memoryLimit)
    #expect(outcome(limit: 64 << 20).halt == nil)
  }

  @Test func `What MODEXP works in counts towards the limit`() {
    // A modulus of 256 KiB, an exponent of 4 KiB: the library tabulates 512 powers.
    let program = code(
      push(1), push(0), op(.mstore), push(4096), push(32), op(.mstore), push(262_144), push(64),
      op(.mstore), push(0), push(0), push(266_337), push(0), push(5), op(.gas, .staticcall),
      returnTop)
    let outcome = run(program, gas: .max >> 1, fork: .byzantium, memoryLimit: 1 << 24)
    #expect(outcome.halt == .memoryLimit)
  }
}
