// VM tests: one that ends normally, one that must halt, and both damaged.

import Testing

@testable import Fixtures

private let account = "0x0f572e5295c57f15886f9b263e2f6d2d6c7b5ec6"
private let code = "0x6001600201600055600160005260206000f3"

/// 1 + 2 is stored; 1 is returned. 20,000 for the slot and 30 for the rest.
private let normal = """
  {"add": {
    "env": {"currentCoinbase": "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba",
      "currentDifficulty": "0x0100", "currentGasLimit": "0x0f4240", "currentNumber": "0x00",
      "currentTimestamp": "0x01"},
    "exec": {"address": "\(account)", "caller": "0xcd1722f2947def4cf144679da39c4c32bdc35681",
      "code": "\(code)", "data": "0x", "gas": "0x0186a0", "gasPrice": "0x0c",
      "origin": "0xcd1722f2947def4cf144679da39c4c32bdc35681", "value": "0x0b"},
    "gas": "0x013862",
    "logs": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
    "out": "0x0000000000000000000000000000000000000000000000000000000000000001",
    "post": {"\(account)": {"balance": "0x0de0b6b3a7640000", "code": "\(code)", "nonce": "0x00",
      "storage": {"0x00": "0x03"}}},
    "pre": {"\(account)": {"balance": "0x0de0b6b3a7640000", "code": "\(code)", "nonce": "0x00",
      "storage": {}}}}}
  """

@Suite struct VMTestRunnerTests {
  @Test func passesWhenGasOutputLogsAndStateAreAsRecorded() throws {
    #expect(try verdict(normal, as: .vmTest) == .passed)
  }

  @Test(arguments: [
    ("\"gas\": \"0x013862\"", "\"gas\": \"0x013861\""),
    ("\"out\": \"0x00", "\"out\": \"0x01"),
    ("\"logs\": \"0x1d", "\"logs\": \"0x1c"),
    ("\"0x00\": \"0x03\"", "\"0x00\": \"0x04\""),
    ("\"0x00\": \"0x03\"", "\"0x01\": \"0x03\""),
    ("\"post\": {", "\"post\": {\"0xcd1722f2947def4cf144679da39c4c32bdc35681\": {},"),
    ("\"gas\": \"0x0186a0\"", "\"gas\": \"0x0100\""),  // runs out of gas
  ])
  func failsWhenAnythingIsOther(_ old: String, _ new: String) throws {
    #expect(try verdict(normal.changing(old, to: new), as: .vmTest).isFailure)
  }

  @Test func withoutPostItMustHalt() throws {
    let success = normal.changing("\"post\"", to: "\"_post\"")
    #expect(try verdict(success, as: .vmTest).isFailure)
    let halt = success.changing(code, to: "0x01")
    #expect(try verdict(halt, as: .vmTest) == .passed)
  }
}
