// Calls between contracts, and their gas.

import EVM
import Ledger
import Primitives
import Testing

@Suite struct CallTests {
  let callee = Address(0xca11ee)

  /// A call with all gas, 32 bytes of output to memory 0; leaves the status on the stack.
  private func call(
    _ opcode: Opcode, to address: Address, gas: [UInt8] = op(.gas), value: UInt256 = 0
  ) -> [UInt8] {
    let hasValue = opcode == .call || opcode == .callcode
    return code(
      push(32), push(0), push(0), push(0), hasValue ? push(value) : [], push(address.word), gas,
      op(opcode))
  }

  private func host(_ program: [UInt8], balance: UInt256 = 0) -> TestHost {
    let host = TestHost()
    host.add(callee, code: program)
    host.add(contract, balance: balance)
    return host
  }

  private func result(_ program: [UInt8], _ host: TestHost, gas: Int64 = 1_000_000) -> UInt256? {
    let program = code(program, returnTop)
    let balance = host.balance(of: contract)
    host.add(contract, code: program, balance: balance)
    return run(program, gas: gas, host: host).word
  }

  @Test func `Each kind of call sees its own caller, address and storage`() {
    let expected: [(Opcode, Address, Address)] = [
      (.call, callee, contract), (.staticcall, callee, contract), (.callcode, contract, contract),
      (.delegatecall, contract, sender),
    ]
    for (opcode, address, caller) in expected {
      let where_ = host(code(op(.address), returnTop))
      #expect(
        same(
          result(code(call(opcode, to: callee), op(.pop), push(0), op(.mload)), where_),
          address.word))
      let who = host(code(op(.caller), returnTop))
      #expect(
        same(
          result(code(call(opcode, to: callee), op(.pop), push(0), op(.mload)), who), caller.word))
    }
    let writer = host(code(push(5), push(1), op(.sstore)))
    _ = result(call(.delegatecall, to: callee), writer)
    #expect(writer.world.accounts[contract]?.storage[1] == 5)
    #expect(writer.world.accounts[callee]?.storage[1] == nil)
  }

  @Test func `Whatever a failed callee did is undone and its gas is gone`() {
    let host = host(code(push(5), push(1), op(.sstore), op(.invalid)))
    let program = code(call(.call, to: callee, gas: push(50_000)), returnTop)
    host.add(contract, code: program)
    let outcome = run(program, host: host)
    #expect(outcome.returns(0))
    #expect(outcome.gasUsed > 50_000)
    #expect(host.world.accounts[callee]?.storage.isEmpty == true)
  }

  @Test func `REVERT undoes, but gives back gas and data`() {
    let host = host(
      code(
        push(5), push(1), op(.sstore), push(0xbad), push(0), op(.mstore), push(32), push(0),
        op(.revert)))
    let program = code(call(.call, to: callee, gas: push(500_000)), push(0), op(.mload), returnTop)
    host.add(contract, code: program)
    let outcome = run(program, host: host)
    #expect(outcome.returns(0xbad))
    #expect(outcome.gasUsed < 50_000)
    #expect(host.world.accounts[callee]?.storage.isEmpty == true)
  }

  @Test func `A static call forbids every change, at any depth`() {
    let changes: [[UInt8]] = [
      code(push(1), push(1), op(.sstore)), code(push(1), push(1), op(.tstore)),
      code(push(0), push(0), op(.log0)), code(push(0), push(0), push(0), op(.create)),
      code(push(0), push(0), push(0), push(0), op(.create2)), code(push(0), op(.selfdestruct)),
      call(.call, to: Address(9), value: 1),
    ]
    for change in changes {
      #expect(same(result(call(.staticcall, to: callee), host(change, balance: 5)), 0))
      let inner = Address(0x1234)
      let nested = host(code(call(.delegatecall, to: inner), returnTop))
      nested.add(inner, code: change)
      let program = code(call(.staticcall, to: callee), op(.pop), push(0), op(.mload))
      #expect(same(result(program, nested), 0))
    }
    #expect(same(result(call(.staticcall, to: callee), host(call(.call, to: Address(9)))), 1))
  }

  @Test func `All but a 64th of the gas goes along since EIP-150; before, asking for more fails`() {
    let seen = code(op(.gas), returnTop)
    func gasSeen(_ fork: Fork, asking gas: [UInt8]) -> Outcome {
      let host = host(seen)
      let program = code(
        call(.call, to: callee, gas: gas), op(.pop), push(0), op(.mload), returnTop)
      host.add(contract, code: program)
      return run(program, gas: 100_000, fork: fork, host: host)
    }
    // Seven pushes, two words of memory, the price of the call, GAS.
    let left: UInt64 = 100_000 - 7 * 3 - 3 - 700
    #expect(gasSeen(.tangerineWhistle, asking: push(.max)).returns(UInt256(left - left / 64 - 2)))
    #expect(gasSeen(.homestead, asking: push(.max)).halt == .outOfGas)
    #expect(gasSeen(.homestead, asking: push(5_000)).returns(4_998))
  }

  @Test func `A call with value costs 9000 and hands over a stipend of 2300`() {
    let host = host(code(op(.gas), returnTop), balance: 10)
    let program = code(
      call(.call, to: callee, gas: push(0), value: 1), op(.pop), push(0), op(.mload))
    #expect(same(result(program, host), 2_298))
    #expect(host.balance(of: callee) == 1)
  }

  @Test func `A call beyond the balance or the depth fails without taking its gas`() {
    let poor = host([0x00])
    #expect(same(result(call(.call, to: callee, value: 1), poor), 0))
    // A contract that calls itself and returns its depth: the deepest cannot call.
    let recursion = code(
      push(32), push(0), push(0), push(0), push(0), op(.address, .gas, .call),
      push(0), op(.mload), op(.add), push(1), op(.add), returnTop)
    let host = TestHost()
    host.add(contract, code: recursion)
    #expect(run(recursion, gas: 1 << 60, fork: .frontier, host: host).halt != nil)
    let outcome = run(recursion, gas: 1 << 60, host: host)
    // Success adds one and the depth below; the innermost call fails and adds nothing.
    #expect(outcome.halt == nil)
    #expect((outcome.word ?? 0) > 1024)
  }

  @Test func `Return data lives until the next call and must not be overrun`() {
    let host = host(code(push(0xfeed), push(0), op(.mstore), push(32), push(0), op(.return)))
    let copy = code(push(32), push(0), push(64), op(.returndatacopy), push(64), op(.mload))
    #expect(same(result(code(call(.call, to: callee), op(.pop), copy), host), 0xfeed))
    #expect(same(result(code(call(.call, to: callee), op(.returndatasize)), host), 32))
    let beyond = code(
      call(.call, to: callee), push(33), push(0), push(0), op(.returndatacopy))
    host.add(contract, code: beyond)
    #expect(run(beyond, host: host).halt == .returnDataOutOfBounds)
    let empty = code(
      call(.call, to: callee), call(.call, to: Address(0xeeee)), op(.returndatasize))
    #expect(same(result(empty, host), 0))
  }

  @Test func `Calls to a delegated account run the delegate's code on its own storage`() {
    let delegate = Address(0xde1e)
    let host = host(code([0xef, 0x01, 0x00], delegate.bytes))
    host.add(delegate, code: code(push(5), push(1), op(.sstore), op(.address), returnTop))
    #expect(
      same(result(code(call(.call, to: callee), op(.pop), push(0), op(.mload)), host), callee.word))
    #expect(host.world.accounts[callee]?.storage[1] == 5)
    // A delegate of a delegate is not followed: its code is no instruction.
    host.add(delegate, code: code([0xef, 0x01, 0x00], Address(0x77).bytes))
    #expect(same(result(call(.call, to: callee), host), 0))
  }

  @Test func `SELFDESTRUCT moves the balance, and its refund ends with London`() {
    for (fork, refund) in [(Fork.byzantium, Int64(24_000)), (.london, 0)] {
      let host = TestHost()
      let program = code(push(callee.word), op(.selfdestruct))
      host.add(contract, code: program, balance: 9)
      let outcome = run(program, fork: fork, host: host)
      #expect(outcome.refund == refund)
      #expect(host.balance(of: callee) == 9)
      #expect(host.world.destroyed == [contract])
    }
  }
}
