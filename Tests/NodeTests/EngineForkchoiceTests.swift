// Heads that a consensus client names, one after another and at once.

import Foundation
import Ledger
import Primitives
import Testing

@Suite(.serialized) struct EngineForkchoiceTests {
  @Test func headsThatAreNamedAtOnceEndInOneState() async throws {
    let engine = try TestEngine()
    var heads: [String] = []
    for payee in 1...6 as ClosedRange<UInt8> {
      let time = 1000 + UInt64(payee)
      heads.append(try await engine.build(on: engine.genesisHash, time: time, payee: payee).hash)
    }
    let filter = try #require(try await engine.ask("eth_newBlockFilter")["result"] as? String)
    // It only asks, and keeps nothing of its own.
    nonisolated(unsafe) let shared = engine
    for _ in 0..<60 {
      try await withThrowingTaskGroup(of: String.self) { group in
        for head in heads {
          group.addTask { try await shared.status(head, safe: head, finalized: head) }
        }
        for try await status in group { #expect(status == "VALID") }
      }
      let latest = try await engine.block("latest")
      #expect(try await engine.block("safe") == latest)
      #expect(try await engine.block("finalized") == latest)
      let news = try await engine.ask("eth_getFilterChanges", [filter])["result"] as? [String]
      #expect(news?.last == latest)
    }
  }

  @Test func attributesOfAnotherFormLeaveTheHeadWhereItWasNamed() async throws {
    let engine = try TestEngine()
    let fields = ["timestamp", "prevRandao", "suggestedFeeRecipient"]
    for (index, name) in fields.enumerated() {
      _ = try await engine.status(engine.genesisHash)
      let time = UInt64(1012 + index)
      let block = try await engine.build(on: engine.genesisHash, time: time)
      var lacking = engine.attributes(time: 2000)
      lacking[name] = nil
      let answer = try await engine.choose(block.hash, attributes: lacking)
      let error = answer["error"] as? TestEngine.Object
      #expect(error?["code"] as? Int == -38003)
      #expect((error?["message"] as? String)?.contains(name) == true)
      #expect(try await engine.block("latest") == block.hash)
    }
    // What is no object is no call.
    for wrong in [7, "0x", [String]()] as [Any] {
      let state = TestEngine.state(engine.genesisHash)
      #expect(
        try await engine.errorCode("engine_forkchoiceUpdatedV3", [state, wrong]) == -32602)
      #expect(try await engine.block("latest") != engine.genesisHash)
    }
    // A head that is not known has no blocks behind it.
    let unknown = "0x" + String(repeating: "11", count: 32)
    let answer = try await engine.choose(unknown, attributes: [:])
    let status = (answer["result"] as? TestEngine.Object)?["payloadStatus"] as? TestEngine.Object
    #expect(status?["status"] as? String == "SYNCING")
  }

  @Test func whatIsSafeAndFinalStaysUntilTheHeadLeavesIt() async throws {
    let engine = try TestEngine()
    let one = try await engine.build(on: engine.genesisHash, time: 1012)
    let two = try await engine.build(on: one.hash, time: 1024)
    _ = try await engine.status(two.hash, safe: one.hash, finalized: engine.genesisHash)
    #expect(try await engine.status(two.hash) == "VALID")
    #expect(try await engine.block("safe") == one.hash)
    #expect(try await engine.block("finalized") == engine.genesisHash)
    #expect(try await engine.status(engine.genesisHash) == "VALID")
    let safe = try await engine.ask("eth_getBlockByNumber", ["safe", false])
    #expect(
      (safe["error"] as? TestEngine.Object)?["message"] as? String == "safe block not found")
    #expect(try await engine.block("finalized") == engine.genesisHash)
  }

  @Test func theHeadGoesNotBehindWhatIsFinal() async throws {
    let engine = try TestEngine()
    var line: [String] = []
    for number in 1...4 as ClosedRange<UInt64> {
      let parent = line.last ?? engine.genesisHash
      line.append(try await engine.build(on: parent, time: 1000 + 12 * number).hash)
    }
    #expect(try await engine.status(line[3], safe: line[2], finalized: line[1]) == "VALID")
    for restarts in [false, true] {
      if restarts { try engine.restart() }
      for old in [engine.genesisHash, line[0]] {
        let answer = try await engine.choose(old, attributes: engine.attributes(time: 5000))
        let result = try #require(answer["result"] as? TestEngine.Object)
        let status = result["payloadStatus"] as? TestEngine.Object
        #expect(status?["status"] as? String == "VALID")
        #expect(status?["latestValidHash"] as? String == old)
        #expect(result["payloadId"] is NSNull)
        #expect(try await engine.block("latest") == line[3])
        #expect(try await engine.block("safe") == line[2])
        #expect(try await engine.block("finalized") == line[1])
      }
    }
    // To it and beyond it the head goes wherever it is told to.
    for head in [line[1], line[3], line[2]] {
      #expect(try await engine.status(head) == "VALID")
      #expect(try await engine.block("latest") == head)
      #expect(try await engine.block("finalized") == line[1])
    }
  }

  @Test func aBranchThatBeginsTooFarBackIsNoHead() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine(branchDepth: 3))
    var side: [TestEngine.Payload] = []
    for number in 1...5 as ClosedRange<UInt64> {
      let parent = side.last?.hash ?? maker.genesisHash
      side.append(try await maker.build(on: parent, time: 1001 + 12 * number, payee: 2))
    }
    _ = try await maker.status(maker.genesisHash)
    var line: [TestEngine.Payload] = []
    for number in 1...4 as ClosedRange<UInt64> {
      let parent = line.last?.hash ?? maker.genesisHash
      line.append(try await maker.build(on: parent, time: 1000 + 12 * number))
    }
    for payload in side + line { #expect(try await engine.give(payload).status == "VALID") }
    #expect(try await engine.status(line[2].hash) == "VALID")
    // Three blocks back is as far as it goes.
    #expect(try await engine.status(side[4].hash) == "VALID")
    for payload in line {
      #expect(try await engine.status(payload.hash) == "SYNCING")
      #expect(try await engine.block("latest") == side[4].hash)
    }
    let deep = TestEngine.state(side[0].hash)
    #expect(try await engine.errorCode("engine_forkchoiceUpdatedV3", [deep]) == -38006)
    #expect(try await engine.block("latest") == side[4].hash)
  }

  @Test func safeAndFinalAreThereAfterARestart() async throws {
    let engine = try TestEngine()
    let one = try await engine.build(on: engine.genesisHash, time: 1012)
    let two = try await engine.build(on: one.hash, time: 1024)
    let aside = try await engine.build(on: one.hash, time: 1025, payee: 2)
    #expect(try await engine.give(aside).status == "VALID")
    _ = try await engine.status(two.hash, safe: two.hash, finalized: one.hash)
    let killed = try TestEngine(from: engine)
    try engine.restart()
    for node in [engine, killed] {
      #expect(try await node.block("safe") == two.hash)
      #expect(try await node.block("finalized") == one.hash)
      // Who names none leaves what is known.
      #expect(try await node.status(two.hash) == "VALID")
      #expect(try await node.block("safe") == two.hash)
      #expect(try await node.status(aside.hash) == "VALID")
      #expect(try await node.block("finalized") == one.hash)
      #expect(try await node.errorCode("eth_getBlockByNumber", ["safe", false]) == -32000)
      try node.restart()
      #expect(try await node.block("finalized") == one.hash)
      #expect(try await node.errorCode("eth_getBlockByNumber", ["safe", false]) == -32000)
    }
    // What the file says of no block of the chain, or in another form, is not believed.
    let none = String(repeating: "0x" + String(repeating: "11", count: 32) + "\n", count: 2)
    for text in [
      "needletail finality 1\n" + none, "", "needletail finality 1\n", none, "\u{0}\n\n\n",
    ] {
      try engine.end()
      try Data(text.utf8).write(to: URL(fileURLWithPath: engine.folder + "/finality"))
      try engine.start()
      for tag in ["safe", "finalized"] {
        #expect(try await engine.errorCode("eth_getBlockByNumber", [tag, false]) == -32000)
      }
      #expect(try await engine.block("latest") == aside.hash)
    }
  }

  @Test func theLastTimeThatCanBeSaidIsATimeLikeOthers() async throws {
    let engine = try TestEngine()
    let last = try await engine.build(on: engine.genesisHash, time: .max)
    let answer = try await engine.choose(last.hash, attributes: engine.attributes(time: .max))
    #expect((answer["error"] as? TestEngine.Object)?["code"] as? Int == -38003)
    #expect(try await engine.block("latest") == last.hash)
    #expect(try await engine.ask("eth_blobBaseFee")["result"] as? String == "0x1")
    let blocks = ["blockStateCalls": [[:] as TestEngine.Object]]
    #expect(try await engine.ask("eth_simulateV1", [blocks, "latest"])["jsonrpc"] != nil)
  }
}
