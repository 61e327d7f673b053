// The tree of calls.

import EVM
import Execution
import Ledger
import Primitives
import State
import Testing
import Tracing

@Suite struct CallTracerTests {
  @Test func `The outermost frame has the transaction's gas, before and after`() throws {
    let scene = Scene(code(push(7), push(0), op(.mstore), push(32), push(0), op(.return)))
    let frame = try scene.calls()
    #expect(frame.kind == .call)
    #expect(frame.from == Scene.sender)
    #expect(frame.to == Scene.first)
    #expect(frame.gas == 200_000)
    let gasUsed = try scene.trace(by: .fourByte).outcome.gasUsed
    #expect(frame.gasUsed == gasUsed)
    #expect(frame.output == UInt256(7).bigEndianBytes)
    #expect(frame.error == nil && frame.calls.isEmpty)
  }

  @Test func `Calls of all kinds name who calls, whose code runs, and the value`() throws {
    var scene = Scene(
      code(
        call(.call, Scene.second, value: 5), call(.callcode, Scene.second, value: 6),
        call(.delegatecall, Scene.second), call(.staticcall, Scene.second)),
      second: [Opcode.stop.rawValue])
    scene.transaction.value = 9
    let calls = try scene.calls().calls
    #expect(calls.map(\.kind) == [.call, .callCode, .delegateCall, .staticCall])
    #expect(calls.allSatisfy { $0.from == Scene.first && $0.to == Scene.second })
    let values: [UInt256?] = [5, 6, 9, nil]
    #expect(calls.map(\.value) == values)
    // The stipend is added to what was asked for.
    #expect(calls.map(\.gas) == [52_300, 52_300, 50_000, 50_000])
    #expect(calls.allSatisfy { $0.gasUsed == 0 })
  }

  @Test func `A revert keeps its output and tells its reason`() throws {
    let scene = Scene(call(Scene.second), second: revert(with: "not today"))
    let inner = try #require(try scene.calls().calls.first)
    #expect(inner.error == "execution reverted")
    #expect(inner.revertReason == "not today")
    #expect(inner.output.count == 100)
    #expect(inner.gasUsed < 50_000)
  }

  @Test func `A panic is told in words, and an output of another shape is not`() throws {
    let selector: UInt256 = 0x4e48_7b71
    func panic(_ number: UInt256) -> Scene {
      Scene(
        code(
          push(selector &<< 224), push(0), op(.mstore), push(number), push(4), op(.mstore),
          push(36), push(0), op(.revert)))
    }
    #expect(try panic(0x11).calls().revertReason == "arithmetic underflow or overflow")
    #expect(try panic(0x99).calls().revertReason == "unknown panic code: 0x99")
    let short = Scene(
      code(push(selector &<< 224), push(0), op(.mstore), push(35), push(0), op(.revert)))
    #expect(try short.calls().revertReason == nil)
  }

  @Test(
    arguments: [
      ([Opcode.invalid.rawValue], "invalid opcode: INVALID"),
      ([0x0c], "invalid opcode: opcode 0xc not defined"),
      ([0x5f, 0x56], "invalid jump destination"),
      ([0x5f, 0x01], "stack underflow (1 <=> 2)"),
      ([0x5b, 0x5f, 0x5f, 0x50, 0x56], "out of gas"),
      ([0x5b, 0x5a, 0x5f, 0x56], "stack limit reached 1024 (1023)"),
      ([0x60, 1, 0x60, 1, 0x60, 1, 0x3e], "return data out of bounds"),
    ] as [([UInt8], String)])
  func `Failures are told in geth's words`(program: [UInt8], text: String) throws {
    let frame = try Scene(program).calls()
    #expect(frame.error == text)
    #expect(frame.gasUsed == frame.gas)
    #expect(frame.output.isEmpty)
  }

  @Test func `A write in a static call is told`() throws {
    let scene = Scene(
      call(.staticcall, Scene.second), second: code(push(1), push(0), op(.sstore)))
    #expect(try scene.calls().calls.first?.error == "write protection")
  }

  @Test func `An opcode that the fork does not know yet keeps its name`() throws {
    #expect(try Scene([0x5f], fork: .paris).calls().error == "invalid opcode: PUSH0")
  }

  @Test func `What cannot be paid or is too deep is a frame that uses nothing`() throws {
    let poor = try #require(try Scene(call(Scene.second, value: 1_000)).calls().calls.first)
    #expect(poor.error == "insufficient balance for transfer")
    #expect(poor.gas == 52_300 && poor.gasUsed == 0)
    let creation = try #require(try Scene(create([0], value: 1_000)).calls().calls.first)
    #expect(creation.error == "insufficient balance for transfer")
    #expect(creation.kind == .create && creation.to == nil && creation.gasUsed == 0)
    #expect(creation.input.count == 1)
    // Each calls itself with nearly all of its gas; before EIP-150 that goes 1024 deep.
    var deep = Scene(
      [0x60, 0, 0x60, 0, 0x60, 0, 0x60, 0, 0x60, 0, 0x30, 0x60, 100, 0x5a, 0x03, 0xf1],
      fork: .homestead)
    deep.transaction.gasLimit = 1_000_000
    var frame = try deep.calls()
    var depth = 0
    while let inner = frame.calls.first {
      frame = inner
      depth += 1
    }
    #expect(frame.error == "max call depth exceeded")
    #expect(depth == 1025 && frame.gasUsed == 0)
  }

  @Test func `A creation that fails has no address`() throws {
    // Code of 32 zero bytes costs 6,400, more than is left.
    let initcode: [UInt8] = [0x60, 0x20, 0x5f, 0xf3]
    let ok = try #require(try Scene(create(initcode)).calls().calls.first)
    #expect(ok.error == nil && ok.to == Address.created(by: Scene.first, nonce: 1))
    #expect(ok.output == [UInt8](repeating: 0, count: 32))
    #expect(ok.gasUsed > 6_400)
    var scene = Scene(create(initcode))
    scene.transaction.gasLimit = 59_000
    let unpaid = try #require(try scene.calls().calls.first)
    #expect(unpaid.error == "contract creation code storage out of gas")
    #expect(unpaid.to == nil && unpaid.gasUsed == unpaid.gas)
    let prefix = try #require(
      try Scene(create([0x60, 0xef, 0x5f, 0x53, 0x60, 1, 0x5f, 0xf3])).calls().calls.first)
    #expect(prefix.error == "invalid code: must not begin with 0xef")
  }

  @Test func `CREATE2 at a used address collides`() throws {
    let twice = code(
      store([0x00]), push(3), push(1), push(0), push(0), op(.create2), push(3), push(1), push(0),
      push(0), op(.create2))
    let calls = try Scene(twice).calls().calls
    #expect(calls.map(\.kind) == [.create2, .create2])
    let errors: [String?] = [nil, "contract address collision"]
    #expect(calls.map(\.error) == errors)
    #expect(calls.last.map { $0.gasUsed == $0.gas } == true)
  }

  @Test func `The end of a contract is a frame of its own, unless it failed`() throws {
    let end = code(push(Scene.sender.word), op(.selfdestruct))
    let frame = try Scene(end).calls()
    let last = try #require(frame.calls.first)
    #expect(last.kind == .selfDestruct)
    #expect(last.from == Scene.first && last.to == Scene.sender)
    #expect(last.value.map { $0 == UInt256(100) } == true)
    #expect(last.gas == 0 && last.gasUsed == 0)
    let inStatic = Scene(call(.staticcall, Scene.second), second: end)
    #expect(try inStatic.calls().calls.first?.calls.isEmpty == true)
  }

  @Test func `Precompiled contracts are calls like others`() throws {
    let scene = Scene(
      code(
        store([1, 2, 3]), call(.staticcall, Address(4), inputSize: 3), call(Address(1), gas: 2_999))
    )
    let calls = try scene.calls().calls
    let outputs: [[UInt8]] = [[1, 2, 3], []]
    let errors: [String?] = [nil, "out of gas"]
    #expect(calls.map(\.output) == outputs)
    #expect(calls.map(\.gasUsed) == [18, 2_999])
    #expect(calls.map(\.error) == errors)
  }

  @Test func `Logs stand between the calls, and failures take theirs back`() throws {
    let log = code(store([0xab]), push(77), push(1), push(0), op(.log1))
    let scene = Scene(
      code(log, call(Scene.second), log, call(Address(4)), log),
      second: code(log, op(.invalid)))
    let frame = try scene.calls(withLog: true)
    #expect(frame.logs.map(\.position) == [0, 1, 2])
    #expect(frame.logs.map(\.index) == [0, 1, 2])
    #expect(frame.logs.allSatisfy { $0.data == [0xab] })
    #expect(frame.logs.allSatisfy { $0.topics == [Hash256(77)] && $0.address == Scene.first })
    #expect(frame.calls.first?.logs.isEmpty == true)
    #expect(try scene.calls().logs.isEmpty)
    let top = try scene.calls(onlyTopCall: true, withLog: true)
    #expect(top.calls.isEmpty && top.logs.map(\.index) == [0, 1, 2])
  }

  @Test func `The events of a transaction that failed are gone`() throws {
    let log = code(push(1), push(0), op(.log0))
    let scene = Scene(code(call(Scene.second), op(.invalid)), second: log)
    let frame = try scene.calls(withLog: true)
    #expect(frame.calls.first?.error == nil)
    #expect(frame.calls.first?.logs.isEmpty == true)
  }
}
