// Recorded traces: a transfer under each kind of tracer, and damaged answers.

import Crypto
import JSON
import Ledger
import Primitives
import Testing

@testable import Fixtures

@Suite struct TraceTestRunnerTests {
  private static let key: UInt256 = 0x45a9
  private static let recipient = Address(0xaa)

  private func sender() throws -> Address {
    try #require(Secp256k1.address(ofPrivateKey: Self.key))
  }

  /// A transfer of 5 wei at a price of 1, before London.
  private func file(result: String, options: String = "{}") throws -> String {
    let transaction = try #require(
      Transaction(
        kind: .legacy, chainID: nil, nonce: 0, maxFeePerGas: 1, gasLimit: 30_000,
        to: Self.recipient, value: 5
      ).signed(by: Self.key))
    return """
      {"genesis": {"config": {"chainId": 1, "homesteadBlock": 0, "eip150Block": 0, "eip158Block": 0},
        "alloc": {"\(try sender())": {"balance": "0x100000"}}},
       "context": {"number": "7", "difficulty": "1", "timestamp": "9", "gasLimit": "100000",
         "miner": "0x00000000000000000000000000000000000000cb"},
       "input": "\(Hex.encode(transaction.encoded))", "tracerConfig": \(options),
       "result": \(result)}
      """
  }

  private func call(_ more: String = "") throws -> String {
    """
    {"type": "CALL", "from": "\(try sender())", "to": "\(Self.recipient)", "value": "0x5",
     "gas": "0x7530", "gasUsed": "0x5208", "input": "0x"\(more)}
    """
  }

  private func verdict(
    _ folder: String, _ result: String, options: String = "{}"
  ) throws -> Verdict {
    try FixturesTests.verdict(
      try file(result: result, options: options), as: .traceTest,
      path: "traces/\(folder)/transfer.json")
  }

  @Test func `The folder names the tracer, and the order of keys is free`() throws {
    #expect(try verdict("call_tracer", try call()) == .passed)
    let prestate = #"{"\#(try sender())": {"balance": "0x100000"}}"#
    #expect(try verdict("prestate_tracer", prestate) == .passed)
    let flat = """
      [{"type": "call", "traceAddress": [], "subtraces": 0, "blockNumber": 7, "blockHash": "0x1",
        "action": {"callType": "call", "from": "\(try sender())", "to": "\(Self.recipient)",
          "value": "0x5", "gas": "0x7530", "input": "0x",
          "author": "0x0000000000000000000000000000000000000000"},
        "result": {"gasUsed": "0x5208", "output": "0x"}}]
      """
    #expect(try verdict("call_tracer_flat", flat) == .passed)
  }

  @Test func `Options go to the tracer`() throws {
    let difference = """
      {"pre": {"\(try sender())": {"balance": "0x100000"}},
       "post": {"\(try sender())": {"balance": "0xfadf3", "nonce": 1},
         "\(Self.recipient)": {"balance": "0x5"},
         "0x00000000000000000000000000000000000000cb": {"balance": "0x5208"}}}
      """
    let options = #"{"diffMode": true}"#
    #expect(
      try verdict("prestate_tracer_with_diff_mode", difference, options: options) == .passed)
  }

  @Test func `A difference is a failure that names its place`() throws {
    let wrong = try call().changing("0x5208", to: "0x5209")
    #expect(
      try verdict("call_tracer", wrong)
        == .failed(#"gasUsed: expected "0x5209", got "0x5208""#))
    #expect(try verdict("call_tracer", try call(#", "calls": [{}]"#)).isFailure)
    #expect(try verdict("call_tracer", try call(#", "output": "0x""#)).isFailure)
    #expect(try verdict("call_tracer", "{}", options: #"{"withLog": 1}"#).isFailure)
    #expect(try verdict("call_tracer", try call(), options: #"{"withLogs": true}"#).isFailure)
  }

  @Test func `Numbers that traces do not have are refused`() {
    for number in ["-1", "1.5"] {
      #expect(throws: JSONError.self) {
        try verdict("call_tracer", try call(#", "number": \#(number)"#))
      }
    }
  }

  @Test(arguments: [
    (#""homesteadBlock": "x""#, true), (#""homesteadBlock": {}"#, true),
    (#""homesteadBlock": "0x0""#, false), (#""HomesteadBlock": 0"#, false),
    (#""homesteadBlock": 0, "clique": {"period": 15}"#, false),
    (#""homesteadBlock": 0, "cancunTime": 18446744073709551615"#, false),
  ])
  func `The genesis is read as that of a chain`(_ field: String, _ isRefused: Bool) throws {
    let text = try file(result: try call()).changing(#""homesteadBlock": 0"#, to: field)
    let path = "traces/call_tracer/transfer.json"
    if isRefused {
      #expect(throws: JSONError.self) {
        try FixturesTests.verdict(text, as: .traceTest, path: path)
      }
    } else {
      #expect(try FixturesTests.verdict(text, as: .traceTest, path: path) == .passed)
    }
  }

  @Test func `Answers of the old tracers are compared without their peculiarities`() throws {
    #expect(try verdict("call_tracer_legacy", try call(#", "output": "0x""#)) == .passed)
    let accounts = """
      {"\(try sender())": {"balance": "0x100000", "code": "0x", "storage": {}}}
      """
    #expect(try verdict("prestate_tracer_legacy", accounts) == .passed)
    #expect(try verdict("prestate_tracer", accounts).isFailure)
    let wrong = try call(#", "output": "0x01""#)
    #expect(try verdict("call_tracer_legacy", wrong).isFailure)
  }
}
