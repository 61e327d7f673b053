// The pool's journal: what it keeps, and what it makes of a file that somebody or something has damaged.

import Crypto
import Foundation
import Ledger
import Primitives
import Testing

@testable import Node

struct TransactionJournalTests {
  private func transaction(_ nonce: UInt64) -> PooledTransaction {
    let transaction = Transaction(
      kind: .dynamicFee, chainID: 1, nonce: nonce, maxFeePerGas: UInt256(9 as UInt64),
      gasLimit: 21_000, to: .zero)
    let encoding = transaction.encoded
    return PooledTransaction(
      transaction, hash: Keccak256.hash(encoding), sender: Address(1), encoding: encoding,
      arrival: nonce)
  }

  private func journal(_ count: UInt64) -> (bytes: [UInt8], encodings: [[UInt8]]) {
    var bytes = JournalRecord.head
    var encodings: [[UInt8]] = []
    for nonce in 0..<count {
      JournalRecord.append(transaction(nonce), to: &bytes)
      encodings.append(transaction(nonce).encoding)
    }
    return (bytes, encodings)
  }

  @Test func aTornEndIsPassedOver() {
    let (bytes, encodings) = journal(3)
    #expect(JournalRecord.parse(bytes) == (encodings, 0))
    for cut in 1..<encodings[2].count + 16 {
      let (read, skipped) = JournalRecord.parse(Array(bytes.dropLast(cut)))
      #expect(read == Array(encodings.prefix(2)))
      #expect(skipped == 1)
    }
  }

  @Test func aChangedByteCostsOneTransactionAtMost() {
    let (bytes, encodings) = journal(4)
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 0x41
      let (read, skipped) = JournalRecord.parse(changed)
      #expect(read.count >= 3)
      #expect(skipped == 1)
      #expect(read.allSatisfy(encodings.contains))
    }
  }

  @Test func aFileOfMarksCostsNoMoreThanItsBytes() {
    let mark: [UInt8] = [0xf5, 0x4e, 0x54, 0x78, 0xff, 0xff, 0x0f, 0x00]
    var bytes = JournalRecord.head
    for _ in 0..<200_000 { bytes += mark }
    let (read, skipped) = JournalRecord.parse(bytes)
    #expect(read.isEmpty)
    #expect(skipped == 1)
    #expect(JournalRecord.parse([]) == ([], 0))
    #expect(JournalRecord.parse(Array("something else".utf8)) == ([], 1))
  }

  @Test func whatWasWrittenIsReadAndReplacedByWhatWaits() throws {
    let path = NSTemporaryDirectory() + "needletail-journal-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let journal = try TransactionJournal(path, TransactionPool())
    #expect(journal.start())
    #expect(journal.append([transaction(0), transaction(1)]) == nil)
    #expect(journal.append([transaction(2)]) == nil)
    // It is there before anything is closed.
    let (read, skipped) = try JournalRecord.read(path)
    #expect(read == (0..<3).map { transaction($0).encoding })
    #expect(skipped == 0)
    journal.close()
    _ = try TransactionJournal(path, TransactionPool())
    #expect(try JournalRecord.read(path).encodings.isEmpty)
  }

  @Test func whoWantsItWrittenAnewMeanwhileWantsItOnceMore() {
    let now = ContinuousClock.now
    var schedule = RewriteSchedule()
    #expect(!schedule.isDue(size: RewriteSchedule.leastSize, now: now))
    #expect(schedule.isDue(size: RewriteSchedule.leastSize + 1, now: now))
    schedule.want()
    #expect(schedule.isDue(size: 0, now: now))
    var wasWanted = schedule.begin()
    #expect(wasWanted)
    schedule.want()
    schedule.end(size: 100 << 20)
    #expect(schedule.isDue(size: 0, now: now))
    wasWanted = schedule.begin()
    #expect(wasWanted)
    schedule.end(size: 100 << 20)
    #expect(!schedule.isDue(size: 300 << 20, now: now))
    #expect(schedule.isDue(size: 301 << 20, now: now))
  }

  @Test func whatCouldNotBeWrittenAnewIsTriedLaterAndAtTheEnd() {
    let now = ContinuousClock.now
    var schedule = RewriteSchedule()
    schedule.want()
    schedule.fail(wasWanted: schedule.begin(), now: now)
    #expect(!schedule.isDue(size: 1 << 30, now: now))
    #expect(schedule.isDue(size: 0, now: now, isLast: true))
    #expect(schedule.isDue(size: 0, now: now + RewriteSchedule.pause))
    // One that nobody wanted is not worth the time at the end.
    _ = schedule.begin()
    schedule.fail(wasWanted: false, now: now)
    #expect(!schedule.isDue(size: 1 << 30, now: now, isLast: true))
    #expect(schedule.isDue(size: 1 << 30, now: now + RewriteSchedule.pause))
  }

  @Test func whatWasDroppedIsGoneFromTheFileThoughItCouldNotBeWrittenAtFirst() throws {
    let path = NSTemporaryDirectory() + "needletail-journal-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let journal = try TransactionJournal(path, TransactionPool())
    #expect(journal.start())
    #expect(journal.append([transaction(0)]) == nil)
    // Where the new file should come, there is a folder with something in it.
    try FileManager.default.createDirectory(
      atPath: path + ".new/x", withIntermediateDirectories: true)
    journal.forgetDropped()
    #expect(journal.append([transaction(1)]) == nil)
    try FileManager.default.removeItem(atPath: path + ".new")
    journal.close()
    #expect(try JournalRecord.read(path).encodings.isEmpty)
  }
}
