// What is remembered of edits, and for how long.

import Chain
import Crypto
import Foundation
import JSON
import Ledger
import Primitives
import State
import Storage
import Testing

@testable import Node

@Suite(.serialized) struct StateEditJournalTests {
  private let someone = "0x00000000000000000000000000000000000000aa"
  private let block = BlockIdentity(number: 7, hash: Hash256(UInt256(9 as UInt64)))

  private var records: [EditRecord] {
    let code: [UInt8] = [0x60, 0x01]
    let account = Account(nonce: 3, balance: .max, codeHash: Keccak256.hash(code))
    return [
      EditRecord(
        block, (Address(1), .set(account, words: [.max: UInt256(1 as UInt64)], code: code))),
      EditRecord(block, (Address(1), .removed)), EditRecord(block, (Address(2), .forgotten)),
      EditRecord(block, nil),
    ]
  }

  private func bytes(_ records: [EditRecord]) throws -> [UInt8] {
    var bytes = EditRecord.framing.head
    for record in records { try EditRecord.append([record], to: &bytes) }
    return bytes
  }

  @Test func recordsAreReadAsTheyWereWritten() throws {
    let (contents, skipped) = try EditRecord.framing.parse(bytes(records))
    #expect(skipped == 0)
    #expect(try contents.flatMap { try EditRecord.list(decoding: $0) } == records)
  }

  @Test func whatWasEditedTogetherIsReadAsAWholeOrNotAtAll() throws {
    var bytes = EditRecord.framing.head
    try EditRecord.append([records[2]], to: &bytes)
    let first = bytes.count
    try EditRecord.append(records, to: &bytes)
    for end in first..<bytes.count {
      let contents = EditRecord.framing.parse(Array(bytes.prefix(end))).contents
      #expect(try contents.flatMap { try EditRecord.list(decoding: $0) } == [records[2]])
    }
  }

  @Test func anAccountWithManyWordsIsSeveralRecords() {
    let words = (0..<250_000).map { SlotChange(slot: UInt256(UInt64($0)), value: .max) }
    let diff = StateDiff(accounts: [
      AccountChange(address: Address(1), account: Account(nonce: 1), storage: words)
    ])
    let records = EditRecord.all(diff, at: block)
    #expect(records.count == 3)
    var edits = AccountEdits()
    for record in records { record.apply(to: &edits) }
    #expect(edits.diff == diff)
  }

  @Test func noBytesAreARecordThatIsNone() throws {
    let contents = try EditRecord.framing.parse(bytes(records)).contents
    for content in contents {
      for place in content.indices {
        for bit in 0..<8 {
          var changed = content
          changed[place] ^= 1 << bit
          var edits = AccountEdits()
          for record in (try? EditRecord.list(decoding: changed)) ?? [] { record.apply(to: &edits) }
        }
        #expect(throws: RLPError.self) {
          try EditRecord.list(decoding: Array(content.prefix(place)))
        }
      }
    }
  }

  @Test func editsOutliveAKilledNode() async throws {
    let node = try TestNode()
    try await node.result("evm_mine")
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x10\"]")
    try await node.result("anvil_setStorageAt", "[\"\(someone)\",\"0x0\",\"0x\(pad("2a"))\"]")
    // They are in the file before they are answered.
    #expect(try EditJournal.read(node.folder + "/edits.journal").records.count == 2)
    try node.restart()
    #expect(try await node.text("eth_blockNumber") == "0x1")
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x10")
    #expect(
      try await node.text("eth_getStorageAt", "[\"\(someone)\",\"0x0\",\"latest\"]")
        == "0x" + pad("2a"))
    try node.end()
  }

  @Test func damageOfTheJournalIsTold() async throws {
    let node = try TestNode()
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x1\"]")
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x2\"]")
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x3\"]")
    try node.end()
    try damage(node.folder + "/edits.journal")
    try node.start()
    #expect(try node.node.skippedEdits == 1)
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x3")
    try node.end()
  }

  @Test func aTransactionIsTracedTheSameAfterARestart() async throws {
    let node = try TestNode()
    let from = TestNode.accounts[0].address.hex
    // PUSH1 42, PUSH0, SSTORE, PUSH1 42, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN
    try await node.result("anvil_setCode", "[\"\(someone)\",\"0x602a5f55602a5f5260205ff3\"]")
    let hash = try await node.send("\"from\":\"\(from)\",\"to\":\"\(someone)\",\"gas\":\"0x186a0\"")
    _ = try await node.receipt(hash)
    let parameters = "[\"\(hash)\",{\"tracer\":\"callTracer\"}]"
    let before = try await node.result("debug_traceTransaction", parameters)
    #expect(try before.field("output").string() == "0x" + pad("2a"))
    try node.restart()
    let after = try await node.result("debug_traceTransaction", parameters)
    #expect(try after.field("output").string() == "0x" + pad("2a"))
    #expect(try after.field("gasUsed").string() == (try before.field("gasUsed").string()))
    try node.end()
  }

  @Test func editsGoWithTheBlocksThatTheyBelongTo() async throws {
    let node = try TestNode()
    try await node.result("evm_mine")
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x10\"]")
    try await node.result("evm_mine")
    // The state after a block is the same whenever somebody asks.
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"0x1\"]") == "0x10")
    try await node.result("anvil_rollback", "[\"0x2\"]")
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x0")
    try node.restart()
    try await node.result("evm_mine")
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x0")
    try node.end()
  }

  @Test func aSnapshotBringsItsEditsBackForGood() async throws {
    let node = try TestNode()
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x10\"]")
    let snapshot = try await node.text("evm_snapshot")
    try await node.result("anvil_setBalance", "[\"\(someone)\",\"0x20\"]")
    try await node.result("evm_mine")
    #expect(try await node.result("evm_revert", "[\"\(snapshot)\"]").boolean == true)
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x10")
    try node.restart()
    #expect(try await node.text("eth_getBalance", "[\"\(someone)\",\"latest\"]") == "0x10")
    try node.end()
  }

  @Test func theFileIsWrittenAnewFromWhatIsLeft() throws {
    let path = NSTemporaryDirectory() + "needletail-edits-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let journal = try EditJournal(path, [])
    let code = [UInt8](repeating: 1, count: 1 << 20)
    let large = EditRecord(
      block,
      (
        Address(1),
        .set(Account(nonce: 1, codeHash: Keccak256.hash(code)), words: [:], code: code)
      ))
    for _ in 0..<40 { try journal.append([large]) { [large] } }
    #expect(try EditJournal.read(path).records.last == large)
    let size = try Data(contentsOf: URL(fileURLWithPath: path)).count
    #expect(size < 20 << 20)
  }

  @Test func howeverMuchIsEditedTogetherIsReadAgain() throws {
    let path = NSTemporaryDirectory() + "needletail-edits-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let code = [UInt8](repeating: 1, count: 1 << 20)
    let account = Account(nonce: 1, codeHash: Keccak256.hash(code))
    let records = (0..<70).map {
      EditRecord(block, (Address(UInt64($0)), .set(account, words: [:], code: code)))
    }
    let journal = try EditJournal(path, [])
    // Behind the others, and written anew.
    try journal.append([records[0]]) { [] }
    try journal.append(records) { records }
    #expect(try EditJournal.read(path).records == records)
    _ = try EditJournal(path, Array(records.prefix(3)))
    #expect(try EditJournal.read(path) == (Array(records.prefix(3)), 0))
  }

  private func damage(_ path: String) throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[bytes.count / 2] ^= 0x55
    try bytes.write(to: URL(fileURLWithPath: path))
  }

  private func pad(_ digits: String) -> String {
    String(repeating: "0", count: 64 - digits.count) + digits
  }
}
