// How much gas a call is said to need.

import JSON
import Ledger
import Primitives
import Testing

@Suite struct EstimateTests {
  private let contract = "0xc100000000000000000000000000000000000000"
  private let failing = "c200000000000000000000000000000000000000"

  @Test func asMuchGasAsThereAreNumbersForIsEstimated() throws {
    // Before Osaka a transaction may have any gas.
    let chain = try CallChain(gasLimit: 0, fork: .prague)
    // Five times nothing, PUSH20, GAS, CALL, POP: the callee, INVALID, burns 63 parts in 64.
    let state =
      "{\"\(contract)\":{\"code\":\"0x5f5f5f5f5f73\(failing)5af150\"},\"0x\(failing)\":{\"code\":\"0xfe\"}}"
    for gas in ["0x7ffffffffffffff0", "0x400000000000000", "0x4100000000000000"] {
      let estimate = try chain.result(
        "eth_estimateGas", "[{\"to\":\"\(contract)\",\"gas\":\"\(gas)\"},\"latest\",\(state)]"
      ).uint64()
      #expect(estimate > 1 << 57)
    }
  }

  @Test func moreThanIsAllowedIsRefusedInGethsWords() throws {
    let chain = try CallChain()
    // A byte of call data costs more than 21000.
    for data in ["0x01", "0x"] {
      let parameters =
        "[{\"to\":\"\(contract)\",\"gas\":\"0x5208\",\"data\":\"\(data)\"},\"latest\","
        + "{\"\(contract)\":{\"code\":\"0x5b5f56\"}}]"
      let error = try chain.error("eth_estimateGas", parameters)
      #expect(error.code == -32000)
      #expect(error.message == "gas required exceeds allowance (21000)")
    }
  }

  @Test func whatMoreGasWouldNotMendIsToldAsItIs() throws {
    let chain = try CallChain()
    let poor = "0xC000000000000000000000000000000000000000"
    // A transfer, and a call of code: neither is taken for one that needs more gas.
    for state in ["{}", "{\"\(contract)\":{\"code\":\"0x00\"}}"] {
      let error = try chain.error(
        "eth_estimateGas",
        "[{\"from\":\"\(poor)\",\"to\":\"\(contract)\",\"value\":\"0x5\"},\"latest\",\(state)]")
      #expect(
        error.message
          == "failed with 16777216 gas: insufficient funds for gas * price + value: address \(poor) "
          + "have 0 want 5")
    }
    let priced = try chain.error(
      "eth_estimateGas",
      "[{\"from\":\"\(poor)\",\"to\":\"\(contract)\",\"gasPrice\":\"0x1\"},\"latest\"]")
    #expect(priced.message == "insufficient funds for transfer")
  }
}
