// Blocks beside the chain, over the end of the process.

import Foundation
import Ledger
import Primitives
import Testing

@testable import Node

@Suite(.serialized) struct EngineJournalTests {
  private func journal(of engine: TestEngine) -> URL {
    URL(fileURLWithPath: engine.folder + "/side.journal")
  }

  @Test func whatAReorganisationLeftIsThereAfterAKill() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine())
    let a1 = try await maker.build(on: maker.genesisHash, time: 1012)
    let a2 = try await maker.build(on: a1.hash, time: 1024)
    _ = try await maker.status(maker.genesisHash)
    let b1 = try await maker.build(on: maker.genesisHash, time: 1013, payee: 2)
    for payload in [a1, a2, b1] { #expect(try await engine.give(payload).status == "VALID") }
    // What was in the chain before a start is not in the file before it leaves the chain.
    #expect(try await engine.status(a2.hash) == "VALID")
    try engine.end()
    try FileManager.default.removeItem(at: journal(of: engine))
    try engine.start()
    #expect(try await engine.give(b1).status == "VALID")
    for head in [b1.hash, engine.genesisHash] { #expect(try await engine.status(head) == "VALID") }
    for head in [a2, b1, a2] {
      let after = try TestEngine(from: engine)
      #expect(try await after.block("latest") == after.genesisHash)
      #expect(try await after.status(head.hash) == "VALID")
      #expect(try await after.block("latest") == head.hash)
      try engine.restart()
      #expect(try await engine.status(head.hash) == "VALID")
      #expect(try await engine.status(engine.genesisHash) == "VALID")
    }
    #expect(try engine.node.skippedBlocks == 0)
  }

  @Test func damageOfTheJournalCostsTheDamagedBlockAndIsTold() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine())
    let heads = try await [1012, 1013, 1014].asyncMap { time in
      try await maker.build(on: maker.genesisHash, time: time)
    }
    for payload in heads { #expect(try await engine.give(payload).status == "VALID") }
    try engine.end()
    var bytes = try Data(contentsOf: journal(of: engine))
    bytes[bytes.count / 2] ^= 0x55
    try bytes.write(to: journal(of: engine))
    try engine.start()
    #expect(try engine.node.skippedBlocks == 1)
    #expect(try await engine.status(heads[1].hash) == "SYNCING")
    for head in [heads[0], heads[2]] { #expect(try await engine.status(head.hash) == "VALID") }
    // The file is whole again.
    try engine.restart()
    #expect(try engine.node.skippedBlocks == 0)
    #expect(try await engine.give(heads[1]).status == "VALID")
  }

  @Test func whatIsNoJournalIsPassedOver() async throws {
    let engine = try TestEngine()
    for text in [
      "", "needletail side", "something else\n", String(repeating: "\u{0}", count: 5000),
    ] {
      try engine.end()
      try Data(text.utf8).write(to: journal(of: engine))
      try engine.start()
      #expect(try engine.node.skippedBlocks == (text.isEmpty ? 0 : 1))
      #expect(try await engine.block("latest") == engine.genesisHash)
    }
  }

  @Test func aBlockThatCannotBeKeptIsNotSaidToHold() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine())
    let one = try await maker.build(on: maker.genesisHash, time: 1012)
    let two = try await maker.build(on: one.hash, time: 1024)
    try await engine.withFullDisk("side.journal") { () async throws -> Void in
      for _ in 0..<2 {
        for payload in [one, two] {
          let parameters = engine.parameters(payload)
          #expect(try await engine.errorCode("engine_newPayloadV4", parameters) == -32603)
        }
        let head = TestEngine.state(one.hash)
        #expect(try await engine.errorCode("engine_forkchoiceUpdatedV3", [head]) == -32603)
        #expect(try await engine.block("latest") == engine.genesisHash)
      }
    }
    // As soon as there is room, all goes on.
    for payload in [one, two] { #expect(try await engine.give(payload).status == "VALID") }
    #expect(try await engine.status(two.hash) == "VALID")
  }

  @Test func whatCannotBeKeptDoesNotLeaveTheChain() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine())
    let one = try await maker.build(on: maker.genesisHash, time: 1012)
    let other = try await maker.build(on: maker.genesisHash, time: 1013)
    for payload in [one, other] { #expect(try await engine.give(payload).status == "VALID") }
    #expect(try await engine.status(one.hash) == "VALID")
    // So that it does not know the block that is in the chain.
    try engine.end()
    try FileManager.default.removeItem(at: journal(of: engine))
    try engine.start()
    #expect(try await engine.give(other).status == "VALID")
    try await engine.withFullDisk("side.journal") { () async throws -> Void in
      for head in [other.hash, engine.genesisHash] {
        let state = TestEngine.state(head)
        #expect(try await engine.errorCode("engine_forkchoiceUpdatedV3", [state]) == -32603)
        #expect(try await engine.block("latest") == one.hash)
      }
    }
    #expect(try await engine.status(other.hash) == "VALID")
    #expect(try await engine.block("latest") == other.hash)
    #expect(try await engine.status(one.hash) == "VALID")
  }

  @Test func aNodeThatNeedsNotRememberWritesNothing() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine(remembersBranches: false))
    let one = try await maker.build(on: maker.genesisHash, time: 1012)
    #expect(try await engine.give(one).status == "VALID")
    #expect(try await engine.status(one.hash, safe: one.hash) == "VALID")
    #expect(try await engine.block("safe") == one.hash)
    #expect(try await engine.status(engine.genesisHash) == "VALID")
    for name in ["side.journal", "finality"] {
      #expect(!FileManager.default.fileExists(atPath: "\(engine.folder)/\(name)"))
    }
  }

  @Test func theFileIsWrittenAnewWithWhatIsStillBeside() throws {
    let path = NSTemporaryDirectory() + "needletail-side-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    func block(_ number: UInt64, bytes: Int) -> Block {
      let header = Header(
        number: number, gasLimit: 30_000_000, timestamp: 1000,
        extraData: [UInt8](repeating: 1, count: bytes))
      return Block(header: header, transactions: [])
    }
    let size = 1 << 20
    let blocks = (1...70 as ClosedRange<UInt64>).map { block($0, bytes: size) }
    let kept = Set(blocks.suffix(3).map(\.hash))
    do {
      let (journal, _, _) = try SideJournal.open(path)
      for block in blocks {
        try journal.append(block.hash, block.encoded)
        try journal.append(block.hash, block.encoded)
      }
      #expect(journal.isLong)
      journal.rewrite(blocks.filter { kept.contains($0.hash) }.map(\.hash) + [.zero]) { hash in
        blocks.first { $0.hash == hash }?.encoded
      }
      #expect(!journal.isLong && !journal.contains(blocks[0].hash))
      try journal.append(blocks[0].hash, blocks[0].encoded)
    }
    let (_, found, skipped) = try SideJournal.open(path)
    #expect(skipped == 0)
    #expect(Set(found.map(\.hash)) == kept.union([blocks[0].hash]))
  }
}

extension Array {
  fileprivate func asyncMap<Value>(
    _ transform: (Element) async throws -> Value
  ) async rethrows -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await transform(element)) }
    return values
  }
}
