// The execution client as a consensus client meets it: over HTTP, with tokens.

import Crypto
import Foundation
import Ledger
import Primitives
import Testing

@testable import Node

@Suite(.serialized) struct EngineTests {
  /// A transfer by the first funded account, signed.
  private func transfer(nonce: UInt64 = 0) throws -> String {
    let account = TestNode.accounts[0]
    let transaction = Transaction(
      kind: .dynamicFee, chainID: 31_337, nonce: nonce,
      maxPriorityFeePerGas: UInt256(2_000_000_000 as UInt64),
      maxFeePerGas: UInt256(10_000_000_000 as UInt64), gasLimit: 21_000, to: Address(0x77),
      value: UInt256(5 as UInt64))
    return Hex.encode(try #require(transaction.signed(by: account.privateKey)).encoded)
  }

  @Test(arguments: [Fork.paris, .shanghai, .cancun, .prague, .osaka])
  func aPayloadThatOneNodeBuildsIsTakenByAnother(_ fork: Fork) async throws {
    let (maker, taker) = (try TestEngine(fork: fork), try TestEngine(fork: fork))
    _ = try await maker.ask("eth_sendRawTransaction", [try transfer()])
    let payload = try await maker.build(on: maker.genesisHash, time: 1012)
    #expect((payload.object["transactions"] as? [String])?.count == 1)
    // 21,000 gas at a tip of 2 gwei.
    if fork > .paris { #expect(payload.value == "0x2632e314a000") }

    let given = try await taker.give(payload)
    #expect(given.status == "VALID" && given.latest == payload.hash, "\(given)")
    #expect(try await taker.block("latest") == taker.genesisHash)
    #expect(try await taker.status(payload.hash) == "VALID")
    #expect(try await taker.block("latest") == payload.hash)
    // The maker knows its own block, and the pool is empty when it is the head.
    #expect(try await maker.give(payload).status == "VALID")
    #expect(try await maker.status(payload.hash) == "VALID")
    let next = try await maker.build(on: payload.hash, time: 1024)
    #expect((next.object["transactions"] as? [String])?.isEmpty == true)
    #expect(try await taker.give(next).status == "VALID")
  }

  @Test func transactionsThatComeLaterAreInThePayloadThatIsTaken() async throws {
    let engine = try TestEngine()
    let attributes = engine.attributes(time: 1012)
    let answer = try await engine.choose(engine.genesisHash, attributes: attributes)
    let id = try #require((answer["result"] as? TestEngine.Object)?["payloadId"] as? String)
    func count() async throws -> Int? {
      let result = try await engine.ask("engine_getPayloadV5", [id])["result"]
      let payload = (result as? TestEngine.Object)?["executionPayload"] as? TestEngine.Object
      return (payload?["transactions"] as? [String])?.count
    }
    #expect(try await count() == 0)
    _ = try await engine.ask("eth_sendRawTransaction", [try transfer()])
    #expect(try await count() == 1)
  }

  @Test func whoWaitsIsAnsweredByTheHeadThatBringsTheReceipt() async throws {
    let engine = try TestEngine()
    let request =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_sendRawTransactionSync\",\"params\":[\"\(try transfer())\",60000]}"
    // A call that waits would keep a thread from the consensus client.
    #expect(
      try await engine.post(Array(request.utf8), token: TestEngine.token).text.contains("-32601"))
    let port = try engine.node.port
    // It only asks, and keeps nothing of its own.
    nonisolated(unsafe) let shared = engine
    let answer = Task { try await shared.post(Array(request.utf8), token: nil, port: port).text }
    var pending: String?
    while pending != "0x1" {
      let status = try await engine.ask("txpool_status")["result"] as? TestEngine.Object
      pending = status?["pending"] as? String
    }
    let payload = try await engine.build(on: engine.genesisHash, time: 1012)
    #expect(try await engine.give(payload).status == "VALID")
    #expect(try await engine.status(payload.hash) == "VALID")
    #expect(try await answer.value.contains("\"blockHash\":\"\(payload.hash)\""))
  }

  @Test func figuresTellOfTheChainAndThePool() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine())
    _ = try await maker.ask("eth_sendRawTransaction", [try transfer()])
    _ = try await engine.ask("eth_sendRawTransaction", [try transfer(nonce: 1)])
    let first = try await maker.build(on: maker.genesisHash, time: 1012)
    let other = try await maker.build(on: maker.genesisHash, time: 1013, payee: 2)
    for payload in [first, other] { _ = try await engine.give(payload) }
    #expect(try await engine.metrics()["chain_inserts"] == 0)
    // To another branch and back: each block comes into the chain once.
    for head in [first, other, first] { #expect(try await engine.status(head.hash) == "VALID") }
    let figures = try await engine.metrics()
    #expect(figures["chain_head_block"] == 1 && figures["chain_head_timestamp"] == 1012)
    #expect(figures["chain_head_gas_used"] == 21_000)
    #expect(figures["chain_inserts"] == 2 && figures["chain_latency_seconds_count"] == 2)
    #expect(figures["txpool_pending"] == 1 && figures["txpool_queued"] == 0)
    let stage = "chain_stage_seconds{stage=\"execute\"}"
    #expect(try #require(figures[stage]) > 0)
    #expect(figures["store_database_block"] == 0)
    // What others built is decoded, and its senders are recovered.
    for stage in ["decode", "recover"] {
      #expect(try #require(figures["chain_stage_seconds{stage=\"\(stage)\"}"]) > 0)
    }
    #expect(figures["chain_reorg_executes"] == 2)
    #expect(figures["chain_reorg_add"] == 2 && figures["chain_reorg_drop"] == 2)
    #expect(figures["chain_head_safe"] == nil && figures["chain_head_finalized"] == nil)
    // Both ports count.
    #expect(figures["rpc_requests{method=\"engine_newPayloadV4\"}"] == 2)
    #expect(figures["rpc_requests{method=\"engine_forkchoiceUpdatedV3\"}"] == 3)
    #expect(figures["rpc_duration_seconds_count{method=\"engine_newPayloadV4\"}"] == 2)
    #expect(figures["rpc_requests{method=\"eth_sendRawTransaction\"}"] == 1)
    #expect(
      try await engine.status(first.hash, safe: first.hash, finalized: engine.genesisHash)
        == "VALID")
    let named = try await engine.metrics()
    #expect(named["chain_head_safe"] == 1 && named["chain_head_finalized"] == 0)
  }

  @Test func thereAreNoAccounts() async throws {
    let engine = try TestEngine()
    #expect((try await engine.ask("eth_accounts")["result"] as? [String])?.isEmpty == true)
    let body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_accounts\"}"
    let answer = try await engine.post(Array(body.utf8), token: nil, port: try engine.node.port)
    #expect(answer.text.contains("\"result\":[]"))
  }

  @Test func theHeadGoesToAnyBranchAndBack() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine())
    let a1 = try await maker.build(on: maker.genesisHash, time: 1012, payee: 1)
    let b1 = try await maker.build(on: maker.genesisHash, time: 1013, payee: 2)
    _ = try await maker.give(b1)
    let b2 = try await maker.build(on: b1.hash, time: 1024, payee: 3)
    for payload in [a1, b1, b2] {
      let given = try await engine.give(payload)
      #expect(given.status == "VALID", "\(given)")
    }
    let gwei = "0x3b9aca00"
    for _ in 0..<2 {
      #expect(try await engine.status(a1.hash) == "VALID")
      #expect(try await engine.block("latest") == a1.hash)
      #expect(try await engine.balance(1) == gwei)
      #expect(try await engine.balance(3) == "0x0")
      #expect(try await engine.status(b2.hash) == "VALID")
      #expect(try await engine.block("latest") == b2.hash)
      #expect(try await engine.block("0x1") == b1.hash)
      #expect(try await engine.balance(1) == "0x0")
      #expect(try await engine.balance(3) == gwei)
      #expect(try await engine.status(b1.hash) == "VALID")
      #expect(try await engine.block("latest") == b1.hash)
      #expect(try await engine.status(engine.genesisHash) == "VALID")
      #expect(try await engine.block("latest") == engine.genesisHash)
    }
    // A branch may begin where the head is not.
    #expect(try await engine.status(b2.hash) == "VALID")
    let a2 = try await maker.build(on: a1.hash, time: 1030, payee: 4)
    #expect(try await engine.give(a2).status == "VALID")
    #expect(try await engine.status(a2.hash) == "VALID")
    #expect(try await engine.balance(4) == gwei)
  }

  @Test func branchesFarBehindTheHeadAreForgottenFromTheirBeginning() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine(branchDepth: 4))
    let b1 = try await maker.build(on: maker.genesisHash, time: 1013, payee: 2)
    let b2 = try await maker.build(on: b1.hash, time: 1025, payee: 2)
    _ = try await maker.status(maker.genesisHash)
    var line: [TestEngine.Payload] = []
    for number in 1...8 {
      let parent = line.last?.hash ?? maker.genesisHash
      line.append(try await maker.build(on: parent, time: UInt64(1000 + 12 * number)))
    }
    for payload in [b1, b2] + line { #expect(try await engine.give(payload).status == "VALID") }
    #expect(try await engine.status(line[7].hash) == "VALID")
    for payload in [b1, b2] { #expect(try await engine.status(payload.hash) == "SYNCING") }
    #expect(try await engine.give(b1).status == "ACCEPTED")
    #expect(try await engine.give(b2).status == "SYNCING")
    // The chain itself goes back no further, and what it leaves is remembered.
    let deeper = TestEngine.state(line[2].hash)
    #expect(try await engine.errorCode("engine_forkchoiceUpdatedV3", [deeper]) == -38006)
    #expect(try await engine.block("latest") == line[7].hash)
    #expect(try await engine.status(line[3].hash) == "VALID")
    #expect(try await engine.block("latest") == line[3].hash)
    #expect(try await engine.status(line[7].hash) == "VALID")
    #expect(try await engine.block("latest") == line[7].hash)
  }

  @Test func whatABranchLosesWaitsAgain() async throws {
    let engine = try TestEngine()
    let empty = try await engine.build(on: engine.genesisHash, time: 1013, payee: 2)
    _ = try await engine.ask("eth_sendRawTransaction", [try transfer()])
    let full = try await engine.build(on: engine.genesisHash, time: 1012)
    #expect((full.object["transactions"] as? [String])?.count == 1)
    #expect(try await engine.status(full.hash) == "VALID")
    #expect(try await engine.balance(0x77) == "0x5")
    // On the other branch it was never sent, so it may stand in the next block there.
    #expect(try await engine.status(empty.hash) == "VALID")
    #expect(try await engine.balance(0x77) == "0x0")
    let next = try await engine.build(on: empty.hash, time: 1024)
    #expect((next.object["transactions"] as? [String])?.count == 1)
    #expect(try await engine.status(next.hash) == "VALID")
    #expect(try await engine.balance(0x77) == "0x5")
  }

  @Test func safeAndFinalAreWhatTheConsensusClientSays() async throws {
    let engine = try TestEngine()
    let early = try await engine.ask("eth_getBlockByNumber", ["finalized", false])
    #expect(
      (early["error"] as? TestEngine.Object)?["message"] as? String == "finalized block not found")
    let one = try await engine.build(on: engine.genesisHash, time: 1012)
    let two = try await engine.build(on: one.hash, time: 1024)
    let aside = try await engine.build(on: one.hash, time: 1025, payee: 2)
    let head = try await engine.status(two.hash, safe: one.hash, finalized: engine.genesisHash)
    #expect(head == "VALID")
    #expect(try await engine.block("safe") == one.hash)
    #expect(try await engine.block("finalized") == engine.genesisHash)
    #expect(try await engine.block("latest") == two.hash)
    // Neither may lie beside the chain of the head, or be unknown.
    for hash in [aside.hash, "0x" + String(repeating: "11", count: 32)] {
      for state in [
        TestEngine.state(two.hash, safe: hash), TestEngine.state(two.hash, finalized: hash),
      ] {
        #expect(try await engine.errorCode("engine_forkchoiceUpdatedV3", [state]) == -38002)
      }
    }
    #expect(try await engine.block("safe") == one.hash)
  }

  @Test func whatFollowsAnUnknownBlockWaits() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine())
    let one = try await maker.build(on: maker.genesisHash, time: 1012)
    let two = try await maker.build(on: one.hash, time: 1024)
    let given = try await engine.give(two)
    #expect(given.status == "SYNCING" && given.latest == nil)
    #expect(try await engine.ask("eth_syncing")["result"] as? Bool == false)
    #expect(try await engine.status(two.hash) == "SYNCING")
    let page = try await engine.health()
    #expect(page.status == 503 && page.facts["syncing"] as? Bool == true)
    #expect(page.facts["ok"] as? Bool == false)
    let behind = try #require(try await engine.ask("eth_syncing")["result"] as? TestEngine.Object)
    #expect(
      behind as? [String: String]
        == ["startingBlock": "0x0", "currentBlock": "0x0", "highestBlock": "0x2"])
    #expect(try await engine.give(one).status == "VALID")
    #expect(try await engine.give(two).status == "VALID")
    #expect(try await engine.status(two.hash) == "VALID")
    #expect(try await engine.ask("eth_syncing")["result"] as? Bool == false)
    let after = try await engine.health()
    #expect(after.status == 200 && after.facts["syncing"] as? Bool == false)
  }

  @Test func whatBreaksARuleIsRefusedWithAllThatFollows() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine())
    let one = try await maker.build(on: maker.genesisHash, time: 1012)
    var wrong = try await maker.build(on: one.hash, time: 1024)
    #expect(try await engine.give(one).status == "VALID")
    // A hash that is not that of the block says nothing of the branch.
    wrong.object["stateRoot"] = TestEngine.zero
    let mismatch = try await engine.give(wrong)
    #expect(mismatch.status == "INVALID" && mismatch.latest == nil)
    wrong.object["blockHash"] = try TestEngine.hash(in: mismatch.problem)
    let refused = try await engine.give(wrong)
    #expect(refused.status == "INVALID" && refused.latest == one.hash, "\(refused)")
    #expect(refused.problem?.contains("state root") == true)
    #expect(try await engine.status(wrong.hash) == "INVALID")
    var child = try await maker.build(on: one.hash, time: 1036)
    child.object["parentHash"] = wrong.hash
    child.object["blockHash"] = try TestEngine.hash(in: try await engine.give(child).problem)
    let follower = try await engine.give(child)
    #expect(follower.status == "INVALID" && follower.latest == one.hash)
    // The chain goes on where it was.
    let right = try await maker.build(on: one.hash, time: 1048)
    #expect(try await engine.give(right).status == "VALID")
    #expect(try await engine.status(right.hash) == "VALID")
  }

  @Test func whatWaitsOutlivesTheNode() async throws {
    let (engine, other) = (try TestEngine(), try TestEngine())
    for nonce in 0..<2 as Range<UInt64> {
      _ = try await engine.ask("eth_sendRawTransaction", [try transfer(nonce: nonce)])
    }
    try engine.restart()
    #expect(try engine.node.restored == (2, 0, 0))
    let payload = try await engine.build(on: engine.genesisHash, time: 1012)
    #expect((payload.object["transactions"] as? [String])?.count == 2)
    #expect(try await engine.give(payload).status == "VALID")
    #expect(try await engine.status(payload.hash) == "VALID")
    try engine.restart()
    #expect(try engine.node.restored == (0, 0, 0))
    // What stood in a block that the chain leaves waits again, also over a restart.
    let empty = try await other.build(on: other.genesisHash, time: 1013)
    #expect(try await engine.give(empty).status == "VALID")
    #expect(try await engine.status(empty.hash) == "VALID")
    try engine.restart()
    #expect(try engine.node.restored == (2, 0, 0))
    // Nobody but a chain of one's own takes a sender that is only stated.
    let stolen = Transaction(
      kind: .legacy, chainID: 31_337, nonce: 0, maxFeePerGas: UInt256(9_000_000_000 as UInt64),
      gasLimit: 21_000, to: Address(0x77)
    ).stating(sender: TestNode.accounts[1].address).encoded
    var bytes = JournalRecord.framing.head
    try JournalRecord.framing.append(stolen, hash: Keccak256.hash(stolen), to: &bytes)
    try Data(bytes).write(to: URL(fileURLWithPath: engine.folder + "/transactions.journal"))
    try engine.restart()
    #expect(try engine.node.restored == (0, 1, 0))
  }

  @Test func aWithdrawalThatLacksSomethingMakesAnotherBlock() async throws {
    let engine = try TestEngine()
    var payload = try await engine.build(on: engine.genesisHash, time: 1012)
    payload.object["withdrawals"] = [["index": "0x0"]]
    #expect(try await engine.give(payload).status == "INVALID")
    payload.object["withdrawals"] = [7]
    #expect(
      try await engine.errorCode("engine_newPayloadV4", engine.parameters(payload)) == -32602)
  }

  @Test func theChainIsThereAfterARestart() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine())
    let one = try await maker.build(on: maker.genesisHash, time: 1012)
    let two = try await maker.build(on: one.hash, time: 1024)
    #expect(try await engine.give(one).status == "VALID")
    #expect(try await engine.status(one.hash) == "VALID")
    #expect(try await engine.give(two).status == "VALID")
    try engine.restart()
    #expect(try await engine.block("latest") == one.hash)
    // What was said to hold needs not be told again.
    #expect(try await engine.status(two.hash) == "VALID")
    try engine.restart()
    #expect(try await engine.block("latest") == two.hash)
  }

  /// The files of a process that is killed are those that another may read while it runs.
  @Test func aKillBetweenPayloadAndForkchoiceLeavesTheHead() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine())
    let one = try await maker.build(on: maker.genesisHash, time: 1012)
    let two = try await maker.build(on: one.hash, time: 1024)
    #expect(try await engine.give(one).status == "VALID")
    #expect(try await engine.status(one.hash) == "VALID")
    #expect(try await engine.give(two).status == "VALID")
    let after = try TestEngine(from: engine)
    #expect(try await after.block("latest") == one.hash)
    #expect(try await after.status(two.hash) == "VALID")
    #expect(try await after.block("latest") == two.hash)
  }
}
