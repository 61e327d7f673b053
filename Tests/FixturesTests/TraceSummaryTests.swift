// Traces of several transactions: each ends with its summary.

import EVM
import Execution
import JSON
import Ledger
import Primitives
import State
import Testing

@testable import Fixtures

@Suite struct TraceSummaryTests {
  private static let sender = Address(0x5e)
  private static let contract = Address(0xc0de)
  private static let summary =
    #"{"output":"0x","gasUsed":"0x520b","pass":true}"#

  /// How the lines end that two runs of PUSH1 0, STOP have.
  private func checkTwo(_ lines: [String]) {
    #expect(lines.count == 6)
    #expect(lines.indices.filter { lines[$0] == Self.summary } == [2, 5])
    #expect(lines.filter { $0.contains(#""opName":"PUSH1""#) }.count == 2)
  }

  @Test func `A workload has a summary for each transaction`() throws {
    let transaction = """
      "from": "\(Self.sender)", "to": "\(Self.contract)", "data": "0x", "value": 0, "gas": 100000
      """
    let text = """
      {"name": "two", "fork": "CANCUN", "env": {"number": 1, "timestamp": 1000, "gasLimit": 1000000,
        "coinbase": "0x000000000000000000000000000000000000c01b"},
       "pre": {"\(Self.sender)": {"balance": "0xffff"},
         "\(Self.contract)": {"nonce": 1, "code": "0x600000"}},
       "txs": [{\(transaction), "nonce": 0}, {\(transaction), "nonce": 1}]}
      """
    let root = try JSONDocument(parsing: Array(text.utf8), source: "two.json").root
    let workload = try PublishedWorkload(root)
    var lines: [String] = []
    let measurement = workload.measure { lines.append($0) }
    #expect(measurement.succeeded)
    checkTwo(lines)
  }

  @Test func `A block has one for each transaction and no line of what the protocol calls`() throws
  {
    var block = ExecutableBlock(
      environment: BlockEnvironment(number: 100, timestamp: 1_000_000),
      rules: TransactionRules(.osaka),
      transactions: (0..<2).map { nonce in
        Transaction(
          kind: .legacy, chainID: 1, nonce: nonce, maxFeePerGas: 0, gasLimit: 100_000,
          to: Self.contract)
      }, senders: [Self.sender, Self.sender])
    block.parentBeaconBlockRoot = Hash256(1)
    block.parentHash = Hash256(2)
    let code: [UInt8] = [0x60, 0, 0x00]
    let state = MemoryState(
      [Self.contract, SystemCalls.beaconRoots, SystemCalls.blockHashes].map {
        AccountAllocation(address: $0, nonce: 1, code: code)
      })
    var lines: [String] = []
    let executor = SequentialExecutor(
      trace: { lines.append($0) }, memoryLimit: EVM.defaultMemoryLimit)
    _ = try executor.execute(block, on: state)
    checkTwo(lines)
  }
}
