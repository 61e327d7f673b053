// SSTORE's prices and refunds, by the tables in the EIPs.

import EVM
import Ledger
import Primitives
import Testing

@Suite struct StorageGasTests {
  /// Runs SSTOREs of `values` to slot 0, which holds `original`.
  private func store(_ values: [UInt8], over original: UInt256, fork: Fork) -> Outcome {
    let host = TestHost()
    let program = values.flatMap { (value: UInt8) -> [UInt8] in [0x60, value, 0x60, 0, 0x55] }
    host.add(contract, code: program)
    host.set(contract, 0, original)
    return run(program, fork: fork, host: host)
  }

  /// Written values, gas used and refund: the test cases of EIP-2200.
  static let istanbul: [(original: UInt256, values: [UInt8], gas: Int64, refund: Int64)] = [
    (0, [0, 0], 1612, 0), (0, [0, 1], 20812, 0), (0, [1, 0], 20812, 19200), (0, [1, 2], 20812, 0),
    (0, [1, 1], 20812, 0), (1, [0, 0], 5812, 15000), (1, [0, 1], 5812, 4200), (1, [0, 2], 5812, 0),
    (1, [2, 0], 5812, 15000), (1, [2, 3], 5812, 0), (1, [2, 1], 5812, 4200), (1, [2, 2], 5812, 0),
    (1, [1, 0], 5812, 15000), (1, [1, 2], 5812, 0), (1, [1, 1], 1612, 0),
    (0, [1, 0, 1], 40818, 19200), (1, [0, 1, 0], 10818, 19200),
  ]

  @Test(arguments: istanbul.indices)
  func `Istanbul charges as the table of EIP-2200 says`(index: Int) {
    let row = Self.istanbul[index]
    let outcome = store(row.values, over: row.original, fork: .istanbul)
    #expect(outcome.gasUsed == row.gas)
    #expect(outcome.refund == row.refund)
  }

  /// The test cases of EIP-3529: EIP-2929 prices, smaller refunds.
  static let london: [(original: UInt256, values: [UInt8], gas: Int64, refund: Int64)] = [
    (0, [0, 0], 2312, 0), (0, [0, 1], 22212, 0), (0, [1, 0], 22212, 19900), (0, [1, 2], 22212, 0),
    (0, [1, 1], 22212, 0), (1, [0, 0], 5112, 4800), (1, [0, 1], 5112, 2800), (1, [0, 2], 5112, 0),
    (1, [2, 0], 5112, 4800), (1, [2, 3], 5112, 0), (1, [2, 1], 5112, 2800), (1, [2, 2], 5112, 0),
    (1, [1, 0], 5112, 4800), (1, [1, 2], 5112, 0), (1, [1, 1], 2312, 0),
    (0, [1, 0, 1], 42218, 19900), (1, [0, 1, 0], 8018, 7600),
  ]

  @Test(arguments: london.indices)
  func `London charges as EIP-3529 says`(index: Int) {
    let row = Self.london[index]
    let outcome = store(row.values, over: row.original, fork: .london)
    #expect(outcome.gasUsed == row.gas)
    #expect(outcome.refund == row.refund)
  }

  @Test func `Before net metering only the present value counts, and Petersburg returns to it`() {
    for fork in [Fork.frontier, .byzantium, .petersburg] {
      #expect(store([1, 0], over: 0, fork: fork).gasUsed == 25012)
      #expect(store([1, 0], over: 0, fork: fork).refund == 15000)
      #expect(store([1, 1], over: 1, fork: fork).gasUsed == 10012)
    }
    #expect(store([1, 0], over: 0, fork: .constantinople).gasUsed == 20212)
    #expect(store([1, 0], over: 0, fork: .constantinople).refund == 19800)
  }

  @Test func `SSTORE fails at the stipend from Istanbul on, but not before`() {
    let program: [UInt8] = [0x60, 0, 0x60, 0, 0x55]
    #expect(run(program, gas: 2306, fork: .istanbul).halt == .outOfGas)
    #expect(run(program, gas: 2307, fork: .istanbul).halt == nil)
    #expect(run(program, gas: 206, fork: .constantinople).halt == nil)
  }

  @Test func `SLOAD follows the forks' prices`() {
    let prices: [(Fork, Int64)] = [
      (.frontier, 50), (.tangerineWhistle, 200), (.istanbul, 800), (.berlin, 2100),
    ]
    for (fork, price) in prices {
      #expect(run([0x60, 0, 0x54], fork: fork).gasUsed == 3 + price)
    }
    #expect(run([0x60, 0, 0x54, 0x60, 0, 0x54], fork: .berlin).gasUsed == 6 + 2200)
  }

  @Test func `Transient storage is separate and costs a hundred`() {
    let program = code(push(7), push(1), op(.tstore), push(1), op(.tload))
    #expect(run(code(program, returnTop), fork: .cancun).returns(7))
    #expect(run(program, fork: .cancun).gasUsed == 9 + 200)
    #expect(run(code(push(1), op(.sload), returnTop)).returns(0))
  }
}
