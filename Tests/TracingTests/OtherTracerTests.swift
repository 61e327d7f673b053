// Flat calls, selectors, struct logs; choosing a tracer, and limits.

import EVM
import Execution
import JSON
import Ledger
import Primitives
import State
import Testing
import Tracing

@Suite struct FlatCallTracerTests {
  @Test func `Entries tell the way to them and how many children they have`() throws {
    let scene = Scene(
      code(call(Scene.second), call(.staticcall, Address(4)), call(Scene.second)),
      second: code(call(.delegatecall, Scene.sender)))
    let list = try scene.flatCalls()
    #expect(list.map(\.traceAddress) == [[], [0], [0, 0], [1], [1, 0]])
    #expect(list.map(\.subtraces) == [2, 1, 0, 1, 0])
    let all = try scene.flatCalls { $0.includePrecompiles = true }
    #expect(all.map(\.traceAddress) == [[], [0], [0, 0], [1], [2], [2, 0]])
  }

  @Test func `Errors can be told in Parity's words, and leave no result`() throws {
    let scene = Scene([Opcode.invalid.rawValue])
    #expect(try scene.flatCalls().map(\.error) == ["invalid opcode: INVALID"])
    let converted = try scene.flatCalls { $0.convertParityErrors = true }
    #expect(converted.map(\.error) == ["Bad instruction"])
    #expect(converted.allSatisfy { $0.result == nil })
    let reverted = try Scene(revert(with: "no")).flatCalls { $0.convertParityErrors = true }
    #expect(reverted.first?.error == "Reverted")
    #expect(reverted.first?.result != nil)
  }

  @Test func `An entry has the shape of Parity's`() throws {
    let scene = Scene(code(push(Scene.sender.word), op(.selfdestruct)))
    let place = TracePlace(
      blockHash: .zero, blockNumber: 5, transactionHash: .zero, transactionIndex: 3)
    let text = try scene.trace(by: .flatCall(FlatCallTracerOptions())).result.json(place: place)
    let (zero, first, sender) = (Hash256.zero.hex, Scene.first.hex, Scene.sender.hex)
    let parts: [String] = [
      #"{"action":{"address":"\#(first)","balance":"0x64","refundAddress":"\#(sender)"}"#,
      #""blockHash":"\#(zero)","blockNumber":5,"subtraces":0,"traceAddress":[0]"#,
      #""transactionHash":"\#(zero)","transactionPosition":3,"type":"suicide"}]"#,
    ]
    #expect(text.hasSuffix(parts.joined(separator: ",")))
  }
}

@Suite struct FourByteTracerTests {
  @Test func `Calls are counted by selector and size of arguments`() throws {
    var scene = Scene(
      code(
        store([0xde, 0xad, 0xbe, 0xef]), call(Scene.second, inputSize: 4),
        call(.staticcall, Scene.second, inputSize: 4), call(Scene.second, inputSize: 3),
        call(Address(4), inputSize: 32)))
    scene.transaction.data = [1, 2, 3, 4, 5]
    let json = try scene.trace(by: .fourByte).result.json()
    #expect(json == #"{"0x01020304-1":1,"0xdeadbeef-0":2}"#)
  }
}

@Suite struct StructLogTests {
  @Test func `Each instruction has its price and the frame before it`() throws {
    let scene = Scene([0x60, 2, 0x60, 3, 0x01, 0x00])
    let json = try scene.trace(by: .structLogs(StructLogOptions())).result.json()
    let entries: [String] = [
      #"{"pc":0,"op":"PUSH1","gas":179000,"gasCost":3,"depth":1,"stack":[]}"#,
      #"{"pc":2,"op":"PUSH1","gas":178997,"gasCost":3,"depth":1,"stack":["0x2"]}"#,
      #"{"pc":4,"op":"ADD","gas":178994,"gasCost":3,"depth":1,"stack":["0x2","0x3"]}"#,
      #"{"pc":5,"op":"STOP","gas":178991,"gasCost":0,"depth":1,"stack":["0x5"]}"#,
    ]
    let logs = entries.joined(separator: ",")
    let expected = #"{"gas":21009,"failed":false,"returnValue":"0x","structLogs":[\#(logs)]}"#
    #expect(json == expected)
  }

  @Test func `No size of output is too large to be traced`() throws {
    for shift: Int in [20, 31, 32, 36, 37, 38, 39, 40, 63, 64, 255] {
      for size in [UInt256.one &<< shift, (UInt256.one &<< shift) &- UInt256.one] {
        let trace = try Scene(code(push(size), push(0), op(.return))).structLogs()
        #expect(trace.failed && trace.logs.last?.error == "out of gas")
      }
    }
  }

  @Test func `Options leave out and add, and the limit ends the record`() throws {
    let scene = Scene(code(store([1]), call(Scene.second), op(.pop)), second: store([2]))
    let bare = try scene.structLogs { $0.disableStack = true }
    #expect(bare.logs.allSatisfy { $0.stack == nil && $0.memory == nil && $0.returnData == nil })
    let full = try scene.structLogs {
      $0.enableMemory = true
      $0.enableReturnData = true
    }
    #expect(full.logs.count == bare.logs.count)
    let last = try #require(full.logs.last)
    #expect(last.memory?.first == 1)
    #expect(last.returnData?.isEmpty == true)
    let two = try scene.structLogs { $0.limit = 2 }
    #expect(two.logs == Array(try scene.structLogs().logs.prefix(2)))
  }

  @Test func `Storage grows with what the contract accesses`() throws {
    var scene = Scene(
      code(push(7), push(1), op(.sstore), push(1), op(.sload), push(2), op(.sload)))
    scene.accounts[1].storage[2] = 9
    let storage = try scene.structLogs().logs.compactMap(\.storage)
    let expected: [[UInt256: UInt256]] = [[1: 7], [1: 7], [1: 7, 2: 9]]
    #expect(storage == expected)
    let without = try scene.structLogs { $0.disableStorage = true }
    #expect(without.logs.allSatisfy { $0.storage == nil })
  }

  @Test func `A call's price has what it passes on, a creation's has not`() throws {
    let logs = try Scene(code(call(Scene.second, gas: 5_000), create([0x00])), second: [0x00])
      .structLogs().logs
    #expect(logs.first { $0.op == "CALL" }?.gasCost == 2_600 + 5_000)
    // Word of init code 2, no code.
    #expect(logs.first { $0.op == "CREATE" }?.gasCost == 32_002)
    #expect(logs.contains { $0.depth == 2 })
  }

  @Test func `Want of gas marks the entry, other failures end the frame`() throws {
    var scene = Scene([0x5b, 0x5f, 0x56])
    scene.transaction.gasLimit = 21_010
    let starved = try scene.structLogs()
    #expect(starved.failed && starved.returnValue.isEmpty)
    #expect(starved.logs.last?.error == "out of gas")
    #expect(starved.logs.last?.gasCost == 8)
    let jump = try Scene([0x5f, 0x56]).structLogs()
    #expect(jump.failed && jump.logs.last?.error == nil)
    #expect(jump.logs.last?.gasCost == 8)
    #expect(try Scene([0x01]).structLogs().logs.last?.error == "stack underflow (0 <=> 2)")
  }

  @Test func `RETURN in creation code pays for memory, not for the code`() throws {
    let logs = try Scene(create([0x60, 0x40, 0x5f, 0xf3])).structLogs().logs
    #expect(logs.first { $0.op == "RETURN" }?.gasCost == 6)
  }
}

@Suite struct TracerConfigurationTests {
  private func options(_ text: String) throws -> JSONValue {
    try JSONDocument(parsing: Array(text.utf8), source: "options").root
  }

  @Test func `Tracers are chosen by geth's names and options`() throws {
    var call = CallTracerOptions()
    call.withLog = true
    #expect(
      try TracerConfiguration(name: "callTracer", options: try options(#"{"withLog":true}"#))
        == .call(call))
    var logs = StructLogOptions()
    logs.limit = 5
    #expect(
      try TracerConfiguration(name: nil, options: try options(#"{"limit":5}"#))
        == .structLogs(logs))
    #expect(try TracerConfiguration(name: "4byteTracer") == .fourByte)
    #expect(try TracerConfiguration(name: "noopTracer") == .noop)
  }

  @Test func `A tracer of nothing answers an empty object`() throws {
    let trace = try Scene([0x5f, 0x5f, 0xfd]).trace(by: .noop)
    #expect(trace.result.json() == "{}")
    #expect(trace.outcome.halt == .revert)
  }

  // The options of muxTracer are names of tracers.
  @Test(arguments: TracerConfiguration.names.filter { $0 != "muxTracer" })
  func `Options that a tracer does not have are ignored where geth's manners are wanted`(
    _ name: String
  ) throws {
    let unknown = try options(#"{"onlyTop":true}"#)
    #expect(
      try TracerConfiguration(name: name, options: unknown, ignoringUnknown: true)
        == TracerConfiguration(name: name))
  }

  @Test func `Unknown tracers and ill-typed options are refused by name`() throws {
    #expect(throws: TracerConfigurationError.unknownTracer("jsTracer")) {
      _ = try TracerConfiguration(name: "jsTracer")
    }
    let wrong = try options(#"{"diffMode":"yes"}"#)
    let error = #expect(throws: TracerConfigurationError.self) {
      _ = try TracerConfiguration(name: "prestateTracer", options: wrong)
    }
    #expect(error?.description.contains("diffMode: expected true or false") == true)
  }

  @Test(arguments: TracerConfiguration.names.filter { $0 != "muxTracer" })
  func `Options that a tracer does not have are refused with those that it has`(
    _ name: String
  ) throws {
    let wrong = try options(#"{"onlyTop":true}"#)
    let error = #expect(throws: TracerConfigurationError.self) {
      _ = try TracerConfiguration(name: name, options: wrong)
    }
    let known = try TracerConfiguration(name: name).optionNames
    #expect(
      error
        == .unknownOption(source: "options", path: "onlyTop", tracer: name, known: known))
    let text = try #require(error).description
    #expect(text.hasPrefix("options: onlyTop: \(name) has no such option; it has "))
    #expect(known.allSatisfy(text.contains))
    // Each name that is said to be known is.
    for option in known {
      let value = option == "limit" ? "1" : "true"
      let changed = try TracerConfiguration(
        name: name, options: try options("{\"\(option)\": \(value)}"))
      #expect(try changed != TracerConfiguration(name: name))
    }
  }

  @Test func `Options that exclude each other are refused`() throws {
    let both = try options(#"{"diffMode":true,"includeEmpty":true}"#)
    let error = #expect(throws: TracerConfigurationError.self) {
      try TracerConfiguration(name: "prestateTracer", options: both)
    }
    #expect(error?.description.contains("includeEmpty: expected false") == true)
    let one = try options(#"{"diffMode":true,"includeEmpty":false}"#)
    _ = try TracerConfiguration(name: "prestateTracer", options: one)
  }

  @Test(arguments: ["tracer", "tracerConfig"])
  func `A tracer is not named among the options of another`(_ name: String) throws {
    let wrong = try options("{\"\(name)\": {}}")
    #expect(throws: TracerConfigurationError.self) {
      try TracerConfiguration(name: nil, options: wrong)
    }
  }

  @Test func `What geth takes without heeding it is taken`() throws {
    let flat = try TracerConfiguration(
      name: "flatCallTracer", options: try options(#"{"onlyTopCall":true}"#))
    #expect(flat == .flatCall(FlatCallTracerOptions()))
    let logs = try TracerConfiguration(name: nil, options: try options(#"{"timeout":"5s"}"#))
    #expect(logs == .structLogs(StructLogOptions()))
    #expect(throws: TracerConfigurationError.self) {
      try TracerConfiguration(name: "4byteTracer", options: try options("[]"))
    }
  }
}

@Suite struct TraceLimitTests {
  private static let everything: [TracerConfiguration] = [
    .call(CallTracerOptions()), .flatCall(FlatCallTracerOptions()),
    .prestate(PrestateTracerOptions()), .structLogs(StructLogOptions()),
  ]

  @Test(arguments: everything)
  func `A trace that is too large is refused, any other changes nothing`(
    tracer: TracerConfiguration
  ) throws {
    let scene = Scene(
      code(call(Scene.second), push(1), push(1), op(.sstore)),
      second: code(push(1), push(0), op(.log0)))
    let plain = scene.executor()
    let outcome = try plain.execute(scene.transaction, from: Scene.sender)
    for limit in [0, 100, 300, 500, 900] {
      let executor = scene.executor()
      do throws(TraceError) {
        let trace = try executor.trace(
          scene.transaction, from: Scene.sender, by: tracer, limit: limit)
        #expect(trace.outcome == outcome)
        #expect(executor.gasUsed == outcome.gasUsed)
        #expect(executor.state.diff() == plain.state.diff())
      } catch {
        #expect(error == .tooLarge(tracer: tracer, limit: limit))
      }
    }
    let error = #expect(throws: TraceError.self) { try scene.trace(by: tracer, limit: 100) }
    #expect(error == .tooLarge(tracer: tracer, limit: 100))
    #expect(error?.description.hasPrefix("the trace of \(tracer.name) holds more than") == true)
  }

  @Test func `Only what is not done yet is said to make a trace smaller`() {
    func advice(_ tracer: TracerConfiguration) -> String {
      let text = TraceError.tooLarge(tracer: tracer, limit: 1).description
      return text.replacing(/^[^;]*/, with: "")
    }
    var call = CallTracerOptions()
    #expect(advice(.call(call)) == "; onlyTopCall would make it smaller")
    call.withLog = true
    #expect(advice(.call(call)) == "; onlyTopCall or leaving out withLog would make it smaller")
    call.onlyTopCall = true
    #expect(advice(.call(call)) == "; leaving out withLog would make it smaller")
    call.withLog = false
    #expect(advice(.call(call)).isEmpty && advice(.fourByte).isEmpty)
    var prestate = PrestateTracerOptions()
    prestate.disableCode = true
    #expect(advice(.prestate(prestate)) == "; disableStorage would make it smaller")
    var logs = StructLogOptions()
    logs.enableMemory = true
    logs.disableStack = true
    #expect(
      advice(.structLogs(logs))
        == "; limit or disableStorage or leaving out enableMemory would make it smaller")
  }

  @Test func `A trace that is too large ends an endless run`() {
    var scene = Scene([0x5b, 0x60, 0, 0x56])
    scene.transaction.gasLimit = 20_000_000
    let executor = scene.executor()
    let tracer = TracerConfiguration.structLogs(StructLogOptions())
    #expect(throws: TraceError.tooLarge(tracer: tracer, limit: 1 << 16)) {
      try executor.trace(scene.transaction, from: Scene.sender, by: tracer, limit: 1 << 16)
    }
    // It did not come to its end, which would count its gas.
    #expect(executor.gasUsed == 0)
  }

  @Test func `A refused transaction has no trace`() {
    var scene = Scene([])
    scene.transaction.nonce = 5
    #expect(throws: TraceError.execution(.invalid(.nonceTooHigh(expected: 0)))) {
      try scene.trace(by: .fourByte)
    }
  }

  @Test func `One call traces a transaction on a view`() throws {
    let scene = Scene([0x00])
    let trace = try TransactionTrace(
      of: scene.transaction, from: Scene.sender, in: scene.environment, rules: scene.rules,
      on: MemoryState(scene.accounts), by: .fourByte)
    #expect(trace.outcome.gasUsed == 21_000 && trace.output.isEmpty)
    #expect(trace.result == .selectors([:]))
  }
}
