// Payloads that come before their ancestors.

import Foundation
import Ledger
import Primitives
import Testing

@testable import Node

@Suite(.serialized) struct EngineOrphanTests {
  /// Payloads of a chain, one behind the other.
  private func line(_ count: UInt64, by maker: TestEngine) async throws -> [TestEngine.Payload] {
    var line: [TestEngine.Payload] = []
    for number in 1...count {
      let parent = line.last?.hash ?? maker.genesisHash
      line.append(try await maker.build(on: parent, time: 1000 + 12 * number))
    }
    return line
  }

  @Test func payloadsThatComeInReverseAreExecutedWhenTheHeadIsNamed() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine())
    let line = try await line(6, by: maker)
    for payload in line.prefix(3) { #expect(try await engine.give(payload).status == "VALID") }
    #expect(try await engine.status(line[2].hash) == "VALID")
    for payload in [line[5], line[4]] {
      #expect(try await engine.give(payload).status == "SYNCING")
    }
    #expect(try await engine.status(line[5].hash) == "SYNCING")
    #expect(try await engine.give(line[3]).status == "VALID")
    #expect(try await engine.status(line[5].hash) == "VALID")
    #expect(try await engine.block("latest") == line[5].hash)
    #expect(try await engine.balance(1) == "0x165a0bc00")
  }

  @Test func aPayloadBehindThoseThatWaitIsExecutedWithThem() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine())
    let line = try await line(4, by: maker)
    for payload in [line[2], line[1]] {
      #expect(try await engine.give(payload).status == "SYNCING")
    }
    #expect(try await engine.give(line[0]).status == "VALID")
    #expect(try await engine.give(line[3]).status == "VALID")
    // Once they are executed they are as others are.
    #expect(try await engine.give(line[1]).status == "VALID")
    #expect(try await engine.status(line[3].hash) == "VALID")
  }

  @Test func aBlockThatBreaksARuleTakesThoseThatWaitBehindItAlong() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine())
    let line = try await line(4, by: maker)
    let wrong = try await maker.changed(line[1]) { $0["stateRoot"] = TestEngine.zero }
    let child = try await maker.changed(line[2]) { $0["parentHash"] = wrong.hash }
    let last = try await maker.changed(line[3]) { $0["parentHash"] = child.hash }
    for payload in [last, child, wrong] {
      #expect(try await engine.give(payload).status == "SYNCING")
    }
    #expect(try await engine.give(line[0]).status == "VALID")
    #expect(try await engine.status(child.hash) == "INVALID")
    for payload in [child, last, wrong] {
      let given = try await engine.give(payload)
      #expect(given.status == "INVALID" && given.latest == line[0].hash)
      #expect(given.problem?.contains("state root") == true)
      #expect(try await engine.status(payload.hash) == "INVALID")
    }
    for payload in line { #expect(try await engine.give(payload).status == "VALID") }
    #expect(try await engine.status(line[3].hash) == "VALID")
  }

  // MARK: - How many wait

  private func add(
    _ number: UInt64, on parent: Hash256, bytes: Int = 10, to orphans: inout OrphanBlocks
  ) -> Hash256 {
    let header = Header(
      parentHash: parent, number: number, gasLimit: 30_000_000, timestamp: 1000 + number)
    let hash = header.hash
    orphans.add(hash, header, [UInt8](repeating: 0, count: bytes))
    orphans.forgetExcess()
    return hash
  }

  @Test func blocksThatLeadNowhereDoNotDriveOutThoseThatLeadToTheHead() {
    var orphans = OrphanBlocks(countLimit: 8, byteLimit: 1000)
    var last = Hash256(UInt256(1 as UInt64))
    for number in 10..<14 as Range<UInt64> { last = add(number, on: last, to: &orphans) }
    orphans.wanted = last
    for number in 0..<100 as Range<UInt64> {
      let hash = add(number, on: Hash256(UInt256(1000 + number)), to: &orphans)
      // What came just now is there at least until the next comes.
      #expect(orphans[hash] != nil)
      #expect(orphans.line(to: last).blocks.map(\.header.number) == [10, 11, 12, 13])
    }
    // Where all lead to the head, the oldest goes.
    for number in 14..<20 as Range<UInt64> { last = add(number, on: last, to: &orphans) }
    orphans.wanted = last
    last = add(20, on: last, to: &orphans)
    #expect(orphans.line(to: last).blocks.count <= 8)
  }

  @Test func aBlockThatDoesNotStayDrivesOutNoOther() {
    var orphans = OrphanBlocks(countLimit: 1, byteLimit: 1000)
    let first = add(7, on: .zero, to: &orphans)
    let header = Header(number: 8, gasLimit: 30_000_000, timestamp: 2000)
    orphans.add(header.hash, header, [])
    orphans.remove(header.hash)
    orphans.forgetExcess()
    #expect(orphans[first] != nil)
  }

  @Test func theBytesOfBlocksThatWaitAreBounded() {
    var orphans = OrphanBlocks(countLimit: 1000, byteLimit: 1000)
    let hashes = (0..<50 as Range<UInt64>).map { number in
      add(number, on: Hash256(UInt256(1000 + number)), bytes: 300, to: &orphans)
    }
    #expect(hashes.filter { orphans[$0] != nil } == Array(hashes.suffix(3)))
    orphans.remove(hashes[49])
    orphans.remove(hashes[49])
    let more = add(60, on: .zero, bytes: 400, to: &orphans)
    #expect((hashes + [more]).count { orphans[$0] != nil } == 3)
    orphans.removeAll { $0.header.number < 60 }
    #expect(orphans[more] != nil && orphans[hashes[48]] == nil)
  }
}
