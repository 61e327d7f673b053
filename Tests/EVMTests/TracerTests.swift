// Watching a run.

import EVM
import Ledger
import Primitives
import Testing

@Suite struct TracerTests {
  private func lines(_ program: [UInt8], gas: Int64 = 100_000, host: TestHost = TestHost())
    -> [String]
  {
    var lines: [String] = []
    run(program, gas: gas, host: host, tracer: StructLogTracer { lines.append($0) })
    return lines
  }

  @Test func `Each instruction is a line of EIP-3155 with its price`() {
    let trace = lines([0x60, 0x02, 0x60, 0x03, 0x01, 0x00])
    #expect(
      trace == [
        #"{"pc":0,"op":96,"gas":"0x186a0","gasCost":"0x3","memSize":0,"stack":[],"depth":1,"refund":0,"opName":"PUSH1"}"#,
        #"{"pc":2,"op":96,"gas":"0x1869d","gasCost":"0x3","memSize":0,"stack":["0x2"],"depth":1,"refund":0,"opName":"PUSH1"}"#,
        #"{"pc":4,"op":1,"gas":"0x1869a","gasCost":"0x3","memSize":0,"stack":["0x2","0x3"],"depth":1,"refund":0,"opName":"ADD"}"#,
        #"{"pc":5,"op":0,"gas":"0x18697","gasCost":"0x0","memSize":0,"stack":["0x5"],"depth":1,"refund":0,"opName":"STOP"}"#,
      ])
  }

  @Test func `A failing instruction carries its error`() {
    #expect(lines([0x01]).last?.contains(#""error":"stackUnderflow""#) == true)
    #expect(lines([0x0c]).last?.contains(#""error":"undefinedInstruction""#) == true)
  }

  @Test func `A call's line stands before its callee's, priced with the gas handed over`() {
    let host = TestHost()
    host.add(Address(0x1111), code: [0x5b, 0x00])
    let call = code(
      push(0), push(0), push(0), push(0), push(0), push(0x1111), push(5_000), op(.call))
    let trace = lines(call, host: host)
    #expect(trace.count == 7 + 1 + 2 + 1)
    #expect(trace[7].contains(#""opName":"CALL""#))
    // 100 warm, 2,500 for the cold account, 5,000 passed on.
    #expect(trace[7].contains(#""gasCost":"0x1db0""#))
    #expect(trace[8].contains(#""depth":2"#))
    #expect(trace[8].contains(#""gas":"0x1388""#))
  }

  @Test func `Watching changes no result`() {
    let program = code(
      push(7), push(1), op(.sstore), push(1), op(.sload), push(3), op(.mul), returnTop)
    let plain = run(program)
    let watched = run(program, tracer: StructLogTracer { _ in })
    #expect(plain.output == watched.output)
    #expect(plain.gasUsed == watched.gasUsed)
    #expect(plain.halt == watched.halt)
  }
}
