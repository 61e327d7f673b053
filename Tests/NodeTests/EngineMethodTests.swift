// What methods tell of whole blocks, and of the state page by page.

import JSON
import Node
import Primitives
import Testing

@Suite(.serialized) struct EngineMethodTests {
  private var from: String { TestNode.accounts[0].address.hex }

  @Test func blocksTellWhatTheyAccessedAndWhatTheirTransactionsNeedOfEachOther() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    // A contract that keeps the last caller: CALLER, PUSH0, SSTORE.
    let hash = try await node.result(
      "eth_sendTransaction", "[{\"from\":\"\(from)\",\"data\":\"0x62335f555f526003601df3\"}]"
    ).string()
    _ = try await node.result("evm_mine")
    let contract = try await node.receipt(hash).field("contractAddress").string()
    for account in TestNode.accounts {
      _ = try await node.result(
        "eth_sendTransaction",
        "[{\"from\":\"\(account.address.hex)\",\"to\":\"\(contract)\",\"gas\":\"0x10000\"}]")
    }
    _ = try await node.result("evm_mine")

    let list = try await node.result("eth_getBlockAccessList", "[\"latest\"]")
    let accesses = Array(try list.elements())
    let own = try accesses.first { try $0.field("address").string() == contract }
    let changes = Array(try #require(own).field("storageChanges").elements())
    #expect(changes.count == 1)
    let steps = try #require(changes.first).field("changes").elements().map {
      try $0.field("index").string()
    }
    #expect(steps == ["0x1", "0x2", "0x3"])
    let marked = try await node.result("needletail_blockAccessList", "[\"latest\"]")
    #expect(try marked.field("source").string() == "engine")
    #expect(
      try await node.result("debug_getRawBlockAccessList", "[\"latest\"]").bytes().count > 100)

    let report = try await node.result("needletail_blockConflicts", "[\"latest\"]")
    #expect(try report.field("execution").field("transactions").wholeNumber == 3)
    #expect(try report.field("conflicts").field("blocks").elements().map(\.self).count == 1)
    #expect(
      try await node.result("needletail_engineStatistics").field("head").field("number").string()
        == "0x2")
    #expect(
      try await node.ask("eth_getBlockAccessList", "[\"0x0\"]").field("error").field("message")
        .string() == "genesis is not executed")
    try node.node.stop()
  }

  @Test func storageAndAccountsAreListedPageByPage() async throws {
    let node = try TestNode()
    // Slots 1 to 3 get the words 4 to 6: PUSH1 4, PUSH1 1, SSTORE, …
    let hash = try await node.result(
      "eth_sendTransaction",
      "[{\"from\":\"\(from)\",\"data\":\"0x600460015560056002556006600355\"}]"
    ).string()
    let receipt = try await node.receipt(hash)
    let contract = try receipt.field("contractAddress").string()
    let later = try await node.result(
      "eth_sendTransaction", "[{\"from\":\"\(from)\",\"to\":\"\(from)\"}]"
    ).string()
    _ = try await node.receipt(later)
    var start = "0x00"
    var words: Set<UInt256> = []
    for page in 0..<3 {
      let slots = try await node.result(
        "debug_storageRangeAt", "[\"latest\",0,\"\(contract)\",\"\(start)\",1]")
      let members = Array(try slots.field("storage").members())
      #expect(members.count == 1)
      words.insert(try #require(members.first).value.field("value").uint256())
      if page < 2 {
        start = try slots.field("nextKey").string()
      } else {
        #expect(try slots.optionalField("nextKey") == nil)
      }
    }
    #expect(words == [4, 5, 6].map { UInt256($0 as UInt64) }.reduce(into: []) { $0.insert($1) })
    // Before the transaction that wrote them there are none, after it there are.
    for (index, count) in [(0, 0), (1, 3)] {
      let slots = try await node.result(
        "debug_storageRangeAt", "[\"0x1\",\(index),\"\(contract)\",\"0x\",10]")
      #expect(try slots.field("storage").members().map(\.key.string).count == count)
    }
    let all = try await node.result("debug_accountRange", "[\"latest\",\"0x\",256,true,true,false]")
    let names = try all.field("accounts").members().map { try $0.value.field("key").string() }
    #expect(names == names.sorted() && names.count > 5)
    let first = try await node.result("debug_accountRange", "[\"latest\",\"0x\",2]")
    #expect(try first.field("next").string() == names[2])
    try node.node.stop()
  }
}
