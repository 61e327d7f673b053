// Editing the state between blocks.

import Chain
import JSON
import Ledger
import Primitives
import State
import Storage
import Testing

@testable import Node

@Suite(.serialized) struct StateEditTests {
  private let someone = "0x00000000000000000000000000000000000000aa"
  private var from: String { TestNode.accounts[0].address.hex }

  @Test func editsAreSeenAtOnceAndBlocksBeforeKeepTheirState() async throws {
    let node = try TestNode()
    try await node.result("evm_mine")
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x10\"]")
    try await node.result("anvil_setNonce", "[\"\(someone)\",\"0x7\"]")
    // PUSH0, SLOAD, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN
    try await node.result("anvil_setCode", "[\"\(someone)\",\"0x5f545f5260205ff3\"]")
    let word = "0x" + String(repeating: "0", count: 62) + "2a"
    #expect(
      try await node.result("anvil_setStorageAt", "[\"\(someone)\",\"0x0\",\"\(word)\"]").boolean
        == true)
    for tag in ["latest", "pending", "0x1"] {
      #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"\(tag)\"]") == "0x10")
      #expect(
        try await node.text("eth_getTransactionCount", "[\"\(someone)\",\"\(tag)\"]") == "0x7")
      #expect(
        try await node.text("eth_getStorageAt", "[\"\(someone)\",\"0x0\",\"\(tag)\"]") == word)
      #expect(try await node.text("eth_call", "[{\"to\":\"\(someone)\"},\"\(tag)\"]") == word)
    }
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"0x0\"]") == "0x0")
    let before = try await node.result("eth_getBlockByNumber", "[\"latest\",false]")
      .field("stateRoot").string()

    try await node.result("evm_mine")
    let after = try await node.result("eth_getBlockByNumber", "[\"latest\",false]")
      .field("stateRoot").string()
    #expect(before != after)
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"0x1\"]") == "0x10")
    try node.restart()
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x10")
    #expect(try await node.text("eth_call", "[{\"to\":\"\(someone)\"},\"latest\"]") == word)
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"0x1\"]") == "0x10")
    try node.node.stop()
  }

  @Test func aTransactionIsExecutedAndTracedOnTheEditedState() async throws {
    let node = try TestNode()
    let poor = TestNode.accounts[2].address.hex
    try await node.result("hardhat_setBalance", "[\"\(poor)\",\"0x0\"]")
    let refused = try await node.refusal(
      "eth_sendTransaction", "[{\"from\":\"\(poor)\",\"to\":\"\(someone)\",\"gas\":\"0x5208\"}]")
    #expect(refused.hasPrefix("insufficient funds"))
    // CALLER, BALANCE, PUSH0, SSTORE
    try await node.result("hardhat_setCode", "[\"\(someone)\",\"0x33315f55\"]")
    try await node.result("hardhat_setBalance", "[\"\(poor)\",\"0xde0b6b3a7640000\"]")
    let hash = try await node.send("\"from\":\"\(poor)\",\"to\":\"\(someone)\",\"gas\":\"0x186a0\"")
    #expect(try await node.receipt(hash).field("status").string() == "0x1")
    let stored = try await node.result("eth_getStorageAt", "[\"\(someone)\",\"0x0\",\"latest\"]")
    #expect(try stored.uint256() < UInt256(0xde0_b6b3_a764_0000 as UInt64))
    #expect(try !stored.uint256().isZero)
    let trace = try await node.result(
      "debug_traceTransaction", "[\"\(hash)\",{\"tracer\":\"callTracer\"}]")
    #expect(try trace.optionalField("error") == nil)
    #expect(try trace.field("from").string() == poor)
    try node.node.stop()
  }

  @Test func aBlockIsLookedAtAgainOnTheStateThatItWasMadeOn() async throws {
    let node = try TestNode()
    let contract = "0x00000000000000000000000000000000000000cc"
    let word = { (digits: String) in
      "0x" + String(repeating: "0", count: 64 - digits.count) + digits
    }
    try await node.result("anvil_impersonateAccount", "[\"\(someone)\"]")
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0xde0b6b3a7640000\"]")
    // PUSH1 5, PUSH1 2, SSTORE
    try await node.result("anvil_setCode", "[\"\(contract)\",\"0x6005600255\"]")
    try await node.result(
      "anvil_setStorageAt", "[\"\(contract)\",\"0x1\",\"\(word("2a"))\"]")
    let hash = try await node.send(
      "\"from\":\"\(someone)\",\"to\":\"\(contract)\",\"gas\":\"0x186a0\"")
    #expect(try await node.receipt(hash).field("status").string() == "0x1")
    let list = try await node.result("eth_getBlockAccessList", "[\"latest\"]")
    let accessed = try list.elements().map { try $0.field("address").string() }
    #expect(accessed.contains(contract) && accessed.contains(someone))
    #expect(try await node.text("debug_getRawBlockAccessList", "[\"latest\"]").count > 100)
    _ = try await node.result("needletail_blockAccessList", "[\"latest\"]").field("hash")
    let conflicts = try await node.result("needletail_blockConflicts", "[\"latest\"]")
    #expect(try conflicts.field("execution").field("transactions").uint64() == 1)
    // What the block was made on, and what its transaction wrote.
    let start = word("0")
    for (index, words) in [(0, [word("2a")]), (1, [word("2a"), word("5")])] {
      let range = try await node.result(
        "debug_storageRangeAt", "[\"latest\",\(index),\"\(contract)\",\"\(start)\",10]")
      let found = try range.field("storage").members().map { try $0.value.field("value").string() }
      #expect(Set(found) == Set(words))
    }
    let block = try await node.text("debug_getRawBlock", "[\"latest\"]")
    try await node.result("evm_mine")
    let traces = Array(
      try await node.result("debug_traceBlock", "[\"\(block)\",{\"tracer\":\"callTracer\"}]")
        .elements())
    #expect(try traces.first?.field("result").field("from").string() == someone)
    try node.node.stop()
  }

  @Test func whatIsEditedAwayIsGone() async throws {
    let (node, untouched) = (try TestNode(), try TestNode())
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x1\"]")
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x0\"]")
    try await node.result("anvil_setNonce", "[\"\(from)\",0]")
    // A chain where nothing was ever edited has the same block.
    var hashes: [String] = []
    for node in [node, untouched] {
      try await node.result("evm_mine", "[2000000000]")
      hashes.append(
        try await node.result("eth_getBlockByNumber", "[\"0x1\",false]").field("hash").string())
    }
    #expect(hashes[0] == hashes[1])
    try untouched.node.stop()
    #expect(try await node.text("eth_getCode", "[\"\(someone)\",\"latest\"]") == "0x")
    // Then an account that was there.
    try await node.result("anvil_setBalance", "[\"\(from)\",\"0x0\"]")
    try await node.result("evm_mine")
    #expect(try await node.text("eth_getBalance", "[\"\(from)\",\"latest\"]") == "0x0")
    try node.restart()
    #expect(try await node.text("eth_getBalance", "[\"\(from)\",\"latest\"]") == "0x0")
    try node.node.stop()
  }

  @Test func editsThatNoBlockHasAreThereWhenTheNodeStartsAgain() async throws {
    let node = try TestNode()
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x1\"]")
    #expect(try await node.text("eth_blockNumber", "[]") == "0x0")
    try node.restart()
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x1")
    #expect(try await node.text("eth_blockNumber", "[]") == "0x0")
    try node.node.stop()
  }

  @Test func wrongParametersAreRefused() async throws {
    let node = try TestNode()
    for (method, parameters) in [
      ("anvil_setBalance", "[]"), ("anvil_setBalance", "[\"0x1\",\"0x1\"]"),
      ("anvil_setBalance", "[\"\(someone)\",\"-1\"]"), ("anvil_setBalance", "[\"\(someone)\",{}]"),
      ("anvil_setNonce", "[\"\(someone)\",\"0x10000000000000000\"]"),
      ("anvil_setCode", "[\"\(someone)\",\"0x0\"]"),
      ("anvil_setStorageAt", "[\"\(someone)\",\"0x0\"]"),
      ("anvil_setStorageAt", "[\"\(someone)\",\"zz\",\"0x0\"]"),
      ("evm_revert", "[]"), ("evm_revert", "[{}]"), ("anvil_rollback", "[\"0x1\"]"),
      ("anvil_impersonateAccount", "[7]"), ("anvil_mine", "[\"0xffffffffff\"]"),
      ("anvil_loadState", "[\"0x1f8b00\"]"), ("anvil_loadState", "[\"0x7b7d\"]"),
      ("evm_mine", "[{\"blocks\":\"x\"}]"), ("evm_mine", "[5]"),
      ("anvil_setMinGasPrice", "[\"0x1\"]"), ("evm_setBlockGasLimit", "[\"0x1\"]"),
      ("anvil_reset", "[{\"forking\":{}}]"), ("evm_setNextBlockTimestamp", "[1]"),
    ] {
      _ = try await node.ask(method, parameters).field("error")
    }
    #expect(try await node.text("eth_blockNumber") == "0x0")
    try node.node.stop()
  }

  @Test func readersShareTheEditedStateUntilTheNextEdit() throws {
    let chain = try TestChain()
    let (reader, someone) = (chain.chain, Address(0xaa))
    #expect(try reader.state(at: .latest) is HistoricalState)
    try reader.edit([someone]) { $1.account.balance = UInt256(7 as UInt64) }
    let first = try #require(try reader.state(at: .latest) as? EditedState)
    #expect(try reader.state(at: .latest) as? EditedState === first)
    try reader.edit([someone]) { _, edited in
      #expect(edited.account.balance == UInt256(7 as UInt64))
      edited.storage[.zero] = UInt256(1 as UInt64)
    }
    try reader.edit([someone]) { $1.storage[UInt256(1 as UInt64)] = UInt256(2 as UInt64) }
    let second = try #require(try reader.state(at: .latest) as? EditedState)
    #expect(second !== first)
    // Who reads on reads what was there.
    #expect(try first.storage(someone, .zero).isZero)
    #expect(try second.storage(someone, .zero) == UInt256(1 as UInt64))
    #expect(try second.storage(someone, UInt256(1 as UInt64)) == UInt256(2 as UInt64))
    try chain.producer.mine()
    #expect(try reader.state(at: .latest) is HistoricalState)
    #expect(!reader.edits.areThere(at: chain.store.head.hash))
    #expect(try reader.state(at: .latest).storage(someone, .zero) == UInt256(1 as UInt64))
  }

  @Test func editsOfSeveralAccountsAreMadeTogetherOrNotAtAll() throws {
    let chain = try TestChain()
    #expect(throws: RPCError.self) {
      try chain.chain.edit([Address(1), Address(2)]) { (address, edited) throws(RPCError) in
        if address == Address(2) { throw .failed("no") }
        edited.account.balance = UInt256(1 as UInt64)
      }
    }
    #expect(!chain.chain.edits.areThere(at: chain.store.head.hash))
  }

  @Test func tenThousandEditsOfOneAccountTakeNoTimeOfTheirNumber() throws {
    let reader = try TestChain()
    let time = try ContinuousClock().measure {
      for number in 0..<10_000 as Range<UInt64> {
        try reader.chain.edit([Address(1)]) { $1.storage[UInt256(number)] = UInt256(number + 1) }
        _ = try reader.chain.state(at: .latest).storage(Address(1), UInt256(number))
      }
    }
    // Copied for each, they would take minutes.
    #expect(time < .seconds(5))
  }
}
