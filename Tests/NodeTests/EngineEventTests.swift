// What an operator hears of an execution client.

import Foundation
import Ledger
import Primitives
import Storage
import Synchronization
import Testing

@testable import Node

@Suite(.serialized) struct EngineEventTests {
  /// What was told since the last time.
  private func news(of engine: TestEngine) -> [EngineEvent] {
    engine.told.events.withLock { events in
      defer { events = [] }
      return events
    }
  }

  private func hash(_ text: String) throws -> Hash256 {
    try #require(Hash256(bytes: try Hex.decode(text)))
  }

  private func block(_ number: UInt64, _ hash: String) throws -> BlockIdentity {
    BlockIdentity(number: number, hash: try self.hash(hash))
  }

  @Test func theOperatorHearsOfHeadsThatMoveOrDoNot() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine(branchDepth: 2))
    let a1 = try await maker.build(on: maker.genesisHash, time: 1012)
    let a2 = try await maker.build(on: a1.hash, time: 1024)
    let a3 = try await maker.build(on: a2.hash, time: 1036)
    _ = try await maker.status(maker.genesisHash)
    let b1 = try await maker.build(on: maker.genesisHash, time: 1013, payee: 2)
    for payload in [a3, a2] { _ = try await engine.give(payload) }
    for _ in 0..<3 {
      for payload in [a2, a3] { #expect(try await engine.status(payload.hash) == "SYNCING") }
    }
    #expect(news(of: engine) == [.unknownHead(try hash(a2.hash))])
    for payload in [a1, b1] { _ = try await engine.give(payload) }
    #expect(try await engine.status(a2.hash) == "VALID")
    #expect(news(of: engine) == [.caughtUp(try block(2, a2.hash))])
    #expect(try await engine.status(b1.hash) == "VALID")
    #expect(news(of: engine) == [.reorganised(to: try block(1, b1.hash), dropped: 2, added: 1)])
    #expect(try await engine.status(a3.hash) == "VALID")
    #expect(try await engine.status(a2.hash, finalized: a1.hash) == "VALID")
    #expect(try await engine.status(engine.genesisHash) == "VALID")
    #expect(
      news(of: engine) == [
        .reorganised(to: try block(3, a3.hash), dropped: 1, added: 3),
        .wentBack(to: try block(2, a2.hash), dropped: 1),
        .keptFinal(asked: try block(0, engine.genesisHash)),
      ])
  }

  @Test func theOperatorHearsOfPayloadsThatBreakRules() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine())
    let one = try await maker.build(on: maker.genesisHash, time: 1012)
    let wrong = try await maker.changed(one) { $0["stateRoot"] = TestEngine.zero }
    for _ in 0..<3 { #expect(try await engine.give(wrong).status == "INVALID") }
    let told = news(of: engine)
    #expect(told.count == 1)
    guard case .refused(let block, let reason)? = told.first else {
      Issue.record("\(told)")
      return
    }
    #expect(block == (try self.block(1, wrong.hash)) && reason.contains("state root"))
  }

  @Test func theOperatorHearsOfAFullDisk() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine())
    let one = try await maker.build(on: maker.genesisHash, time: 1012)
    try await engine.withFullDisk("side.journal") { () async throws -> Void in
      for _ in 0..<3 {
        #expect(try await engine.errorCode("engine_newPayloadV4", engine.parameters(one)) == -32603)
      }
    }
    let told = news(of: engine)
    #expect(told.count == 1)
    guard case .failed("engine_newPayloadV4", let reason)? = told.first else {
      Issue.record("\(told)")
      return
    }
    #expect(reason.contains("side.journal"))
    // What cannot be kept for the next start is told as well.
    try FileManager.default.createDirectory(
      atPath: engine.folder + "/finality.new", withIntermediateDirectories: false)
    #expect(try await engine.give(one).status == "VALID")
    #expect(try await engine.status(one.hash, safe: one.hash) == "VALID")
    #expect(try await engine.block("safe") == one.hash)
    guard case .finalityNotKept? = news(of: engine).first else {
      Issue.record("nothing was told")
      return
    }
  }

  @Test func nobodyFillsTheLog() {
    let told = Mutex(0)
    let diary = EngineDiary { _ in told.withLock { $0 += 1 } }
    let start = ContinuousClock.now
    for second in 0..<3600 {
      let now = start.advanced(by: .seconds(second))
      for number in 0..<10 {
        let hash = Hash256(UInt256(UInt64(second * 10 + number)))
        diary.note(.refused(BlockIdentity(number: 1, hash: hash), reason: "no"), at: now)
        diary.note(.unknownHead(hash), at: now)
      }
    }
    // 32 a minute, and a head that is not here every five minutes.
    #expect(told.withLock { $0 } <= 60 * 33 + 13)
  }

  @Test(arguments: [NodeLog.Format.text, .json])
  func eachEventIsALine(_ format: NodeLog.Format) {
    let lines = Mutex<[String]>([])
    let log = NodeLog(format: format) { line in lines.withLock { $0.append(line) } }
    let block = BlockIdentity(number: 7, hash: Hash256(UInt256(9 as UInt64)))
    let events: [EngineEvent] = [
      .refused(block, reason: "line\nbreak \u{1b}[2J"), .unknownHead(block.hash), .caughtUp(block),
      .reorganised(to: block, dropped: 1, added: 2), .wentBack(to: block, dropped: 1),
      .keptFinal(asked: block), .tooDeep(block.hash), .failed(method: "m", reason: "no room"),
      .finalityNotKept(reason: "no room"),
    ]
    for event in events { event.write(to: log) }
    let written = lines.withLock { $0 }
    #expect(written.count == events.count)
    for line in written {
      #expect(
        line.hasSuffix("\n") && line.dropLast().allSatisfy { !$0.isNewline && $0 != "\u{1b}" })
    }
  }
}
