// State tests: one that passes, and the same one damaged so that it must not.

import EVM
import JSON
import Ledger
import Primitives
import Testing

@testable import Fixtures

/// The published test add11: one addition, stored.
private let add11 = """
  {"add11": {
    "env": {"currentBaseFee": "0x0a",
      "currentCoinbase": "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba",
      "currentDifficulty": "0x020000", "currentExcessBlobGas": "0x00",
      "currentGasLimit": "0xff112233445566", "currentNumber": "0x01",
      "currentRandom": "0x0000000000000000000000000000000000000000000000000000000000020000",
      "currentTimestamp": "0x03e8"},
    "post": {"Cancun": [{
      "hash": "0xe8010ce590f401c9d61fef8ab05bea9bcec24281b795e5868809bc4e515aa530",
      "indexes": {"data": 0, "gas": 0, "value": 0},
      "logs": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
      "txbytes": "0xf863800a83061a8094095e7baea6a6c7c4c2dfeb977efac326af552d87830186a0801ba0ff\
  b600e63115a7362e7811894a91d8ba4330e526f22121c994c4692035dfdfd5a06198379fcac8de3dbfac48b165df4b\
  f88e2088f294b61efb9a65fe2281c76e16"}]},
    "pre": {
      "0x095e7baea6a6c7c4c2dfeb977efac326af552d87": {"balance": "0x0de0b6b3a7640000",
        "code": "0x600160010160005500", "nonce": "0x00", "storage": {}},
      "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba": {"balance": "0x00", "code": "0x",
        "nonce": "0x01", "storage": {}},
      "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b": {"balance": "0x0de0b6b3a7640000",
        "code": "0x", "nonce": "0x00", "storage": {}}},
    "transaction": {"data": ["0x"], "gasLimit": ["0x061a80"], "gasPrice": "0x0a",
      "nonce": "0x00",
      "secretKey": "0x45a915e4d060149eb4365960e6a7a45f334393093061116b197e3240065ff2d8",
      "sender": "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b",
      "to": "0x095e7baea6a6c7c4c2dfeb977efac326af552d87", "value": ["0x0186a0"]}}}
  """

/// The same transaction with too little gas, which must be refused; the published invalidTr.
private let refused =
  add11
  .changing(#""gasLimit": ["0x061a80"]"#, to: #""gasLimit": ["0x03e8"]"#)
  .changing(
    #""hash": "0xe8010ce590f401c9d61fef8ab05bea9bcec24281b795e5868809bc4e515aa530""#,
    to: """
      "expectException": "TransactionException.INTRINSIC_GAS_TOO_LOW",
      "hash": "0x4c9c6cf002e6a88a5444662ca9ceb6a116b7b69ced38c470bf6e4a12a6313967"
      """
  )
  .changing("\"txbytes\"", to: "\"_\"")

@Suite struct StateTestRunnerTests {
  @Test func passesWhenEverythingIsAsRecorded() throws {
    let all = try results(add11, as: .stateTest)
    #expect(all == [CaseResult(name: "add11 Cancun[0]", verdict: .passed)])
  }

  @Test func everyCaseStartsFromTheSameState() throws {
    // The same case twice, and under a fork of other rules: each needs the accounts as they were.
    let list = try #require(add11.firstRange(of: #"{"Cancun": ["#))
    let end = try #require(add11.firstRange(of: "}]}"))
    let element = add11[list.upperBound..<end.lowerBound] + "}"
    var many = add11
    many.replaceSubrange(
      list.lowerBound..<end.upperBound,
      with: #"{"Cancun": [\#(element), \#(element)], "Shanghai": [\#(element)]}"#)
    let all = try results(many, as: .stateTest)
    #expect(all.map(\.name) == ["add11 Cancun[0]", "add11 Cancun[1]", "add11 Shanghai[0]"])
    #expect(all.allSatisfy { $0.verdict == .passed })
  }

  @Test(arguments: [
    ("hash\": \"0xe8", "hash\": \"0xe9"),  // another root
    ("logs\": \"0x1d", "logs\": \"0x1e"),  // other logs
    ("0x600160010160005500", "0x600260010160005500"),  // other code
    ("\"value\": [\"0x0186a0\"]", "\"value\": [\"0x0186a1\"]"),  // not the signed transaction
    ("\"sender\": \"0xa94f", "\"sender\": \"0xb94f"),  // not the signer
    ("\"gasLimit\": [\"0x061a80\"]", "\"gasLimit\": [\"0x061a81\"]"),
    ("\"balance\": \"0x00\"", "\"balance\": \"0x01\""),  // another account
    ("\"currentBaseFee\": \"0x0a\"", "\"currentBaseFee\": \"0x09\""),
    ("\"hash\"", "\"expectException\": \"TR_NoFunds\", \"hash\""),  // it is not refused
  ])
  func failsWhenAnythingIsOther(_ old: String, _ new: String) throws {
    #expect(try verdict(add11.changing(old, to: new), as: .stateTest).isFailure)
  }

  @Test func aFailureTellsExpectedAndGot() throws {
    let damaged = add11.changing("hash\": \"0xe8", to: "hash\": \"0xe9")
    guard case .failed(let detail) = try verdict(damaged, as: .stateTest) else {
      Issue.record("it passed")
      return
    }
    #expect(detail.contains("expected state root 0xe9010ce5"))
    #expect(detail.contains("got      state root 0xe8010ce5"))
  }

  @Test func passesWhenRefusedForTheNamedReason() throws {
    #expect(try verdict(refused, as: .stateTest) == .passed)
    let alternatives = refused.changing(
      "INTRINSIC_GAS_TOO_LOW", to: "SENDER_NOT_EOA|TransactionException.INTRINSIC_GAS_TOO_LOW")
    #expect(try verdict(alternatives, as: .stateTest) == .passed)
  }

  @Test(arguments: [
    ("INTRINSIC_GAS_TOO_LOW", "SENDER_NOT_EOA"),  // another reason
    ("INTRINSIC_GAS_TOO_LOW", "NO_SUCH_NAME"),  // an unknown reason
    ("hash\": \"0x4c", "hash\": \"0x4d"),  // another state
    // Not to be refused at all.
    ("\"expectException\": \"TransactionException.INTRINSIC_GAS_TOO_LOW\",", ""),
  ])
  func failsWhenRefusedOtherwise(_ old: String, _ new: String) throws {
    #expect(try verdict(refused.changing(old, to: new), as: .stateTest).isFailure)
  }

  @Test func aQuantityBeyondItsFieldIsARefusalNotAReadingError() throws {
    let huge =
      refused
      .changing("TransactionException.INTRINSIC_GAS_TOO_LOW", to: "TR_RLP_WRONGVALUE")
      .changing("[\"0x0186a0\"]", to: "[\"0x:bigint 0x1\(String(repeating: "0", count: 64))\"]")
    #expect(try verdict(huge, as: .stateTest) == .passed)
    #expect(throws: JSONError.self) {
      try verdict(add11.changing("[\"0x0186a0\"]", to: "[\"0x0186ag\"]"), as: .stateTest)
    }
  }

  @Test func selectsByForkAndName() throws {
    let named = CaseSelection(filter: "add11 Cancun")
    #expect(try results(add11, as: .stateTest, named).count == 1)
    #expect(try results(add11, as: .stateTest, CaseSelection(filter: "sub")).isEmpty)
    #expect(try results(add11, as: .stateTest, CaseSelection(fork: .cancun)).count == 1)
    #expect(try results(add11, as: .stateTest, CaseSelection(fork: .london)).isEmpty)
  }

  @Test func unknownForksAreLeftOut() throws {
    let verdict = try verdict(add11.changing("\"Cancun\"", to: "\"Verkle\""), as: .stateTest)
    #expect(verdict == .leftOut("fork Verkle"))
  }

  @Test func holesAreReadingErrorsThatNameThePlace() {
    #expect {
      _ = try results(add11.changing("\"gas\": 0", to: "\"gas\": 1"), as: .stateTest)
    } throws: { error in
      (error as? JSONError)?.path == "add11.transaction.gasLimit"
    }
    #expect {
      _ = try results(add11.changing("\"currentNumber\"", to: "\"_\""), as: .stateTest)
    } throws: { error in
      (error as? JSONError)?.path == "add11.env.currentNumber"
    }
  }

  @Test func tracesTheCase() throws {
    let document = try JSONDocument(parsing: Array(add11.utf8), source: "add11.json")
    var lines: [String] = []
    let runner = FixtureRunner { lines.append($0) }
    try runner.run(FixtureFile(path: "add11.json", document: document), as: .stateTest) { _ in }
    #expect(lines.count == 7)
    #expect(lines.first?.contains("\"pc\":0,\"op\":96") == true)
    let root = "0xe8010ce590f401c9d61fef8ab05bea9bcec24281b795e5868809bc4e515aa530"
    #expect(
      lines.last == #"{"stateRoot":"\#(root)","output":"0x","gasUsed":"0xa868","pass":true}"#)
  }
}
