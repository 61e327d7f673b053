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

  private func journal(_ count: UInt64) throws -> (bytes: [UInt8], encodings: [[UInt8]]) {
    var bytes = JournalRecord.framing.head
    var encodings: [[UInt8]] = []
    for nonce in 0..<count {
      try JournalRecord.append(transaction(nonce), to: &bytes)
      encodings.append(transaction(nonce).encoding)
    }
    return (bytes, encodings)
  }

  @Test func aTornEndIsPassedOver() throws {
    let (bytes, encodings) = try journal(3)
    #expect(JournalRecord.parse(bytes) == (encodings, 0))
    for cut in 1..<encodings[2].count + 16 {
      let (read, skipped) = JournalRecord.parse(Array(bytes.dropLast(cut)))
      #expect(read == Array(encodings.prefix(2)))
      #expect(skipped == 1)
    }
  }

  @Test func aChangedByteCostsOneTransactionAtMost() throws {
    let (bytes, encodings) = try journal(4)
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
    var bytes = JournalRecord.framing.head
    for _ in 0..<200_000 { bytes += mark }
    let (read, skipped) = JournalRecord.parse(bytes)
    #expect(read.isEmpty)
    #expect(skipped == 1)
    #expect(JournalRecord.parse([]) == ([], 0))
    #expect(JournalRecord.parse(Array("something else".utf8)) == ([], 1))
  }

  @Test func whatANoteTakesOutDoesNotWaitUntilItComesAgain() throws {
    var (bytes, encodings) = try journal(4)
    func note(_ note: JournalRecord.Note, _ nonces: [UInt64]) throws {
      try JournalRecord.append(note, nonces.map { transaction($0).hash }, to: &bytes)
    }
    try note(.dropped, [1, 9])
    #expect(JournalRecord.parse(bytes) == ([encodings[0], encodings[2], encodings[3]], 0))
    try JournalRecord.append(transaction(1), to: &bytes)
    #expect(JournalRecord.parse(bytes).encodings == [0, 2, 3, 1].map { encodings[$0] })
    try note(.kept, [3, 1, 9])
    #expect(JournalRecord.parse(bytes).encodings == [encodings[3], encodings[1]])
    // What was dropped is not kept, either.
    try note(.dropped, [3])
    try note(.kept, [3, 1])
    #expect(JournalRecord.parse(bytes).encodings == [encodings[1]])
    try note(.kept, [])
    try JournalRecord.append(transaction(0), to: &bytes)
    #expect(JournalRecord.parse(bytes) == ([encodings[0]], 0))
  }

  @Test func aTransactionWithBlobsIsNamedByItsHash() throws {
    let signed = try BlobSamples.transaction(0)
    let pooled = PooledTransaction(
      signed, hash: Keccak256.hash(signed.encoded), sender: Address(1), encoding: signed.encoded,
      sidecar: BlobSamples.sidecar(), arrival: 0)
    var bytes = JournalRecord.framing.head
    try JournalRecord.append(pooled, to: &bytes)
    try JournalRecord.append(transaction(1), to: &bytes)
    var others = bytes
    try JournalRecord.append(.dropped, [pooled.hash], to: &bytes)
    #expect(JournalRecord.parse(bytes).encodings == [transaction(1).encoding])
    try JournalRecord.append(.kept, [pooled.hash], to: &others)
    #expect(JournalRecord.parse(others).encodings == [signed.encoded(with: BlobSamples.sidecar())])
  }

  @Test func aChangedByteAmongNotesCostsOneTransactionAtMost() throws {
    var (bytes, encodings) = try journal(4)
    try JournalRecord.append(.dropped, [transaction(1).hash], to: &bytes)
    try JournalRecord.append(.kept, [0, 2, 3].map { transaction($0).hash }, to: &bytes)
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 0x41
      let (read, skipped) = JournalRecord.parse(changed)
      #expect([0, 2, 3].count { read.contains(encodings[$0]) } >= 2)
      #expect(skipped == 1)
    }
  }

  @Test func notesWithoutSenseSayNothing() throws {
    var (bytes, encodings) = try journal(1)
    func append(_ content: [UInt8]) throws {
      try JournalRecord.framing.append(content, hash: Keccak256.hash(content), to: &bytes)
    }
    for length in [0, 1, 31, 33] {
      try append([0x80] + [UInt8](repeating: 7, count: length))
    }
    #expect(JournalRecord.parse(bytes) == (encodings, 0))
    // Nor do blobs that are none.
    for content in [[3], [3, 0xc0], [3, 0xc1, 0x80], [3, 0xf9], [3, 0xc2, 0xc1, 1]] as [[UInt8]] {
      try append(content)
    }
    #expect(JournalRecord.parse(bytes).encodings.count == 6)
    try append([0x81])
    #expect(JournalRecord.parse(bytes).encodings.isEmpty)
  }

  /// A journal of a pool that has nothing to say, in a file that goes away.
  private func withJournal(
    _ body: (String, TransactionPool, TransactionJournal) throws -> Void
  ) throws {
    let path = NSTemporaryDirectory() + "needletail-journal-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let pool = TransactionPool()
    let journal = try TransactionJournal(path, pool)
    #expect(journal.start())
    try body(path, pool, journal)
    journal.close()
  }

  private func add(_ nonces: [UInt64], to pool: TransactionPool) {
    let rich = SenderAccount(nonce: 0, balance: .max)
    let added = pool.add(nonces.map { (transaction($0), rich) }, readIn: pool.generation)
    #expect(added?.count == nonces.count)
  }

  @Test func whatWasWrittenIsReadAndReplacedByWhatWaits() throws {
    try withJournal { path, _, journal in
      try journal.append([transaction(0), transaction(1)], since: 0)
      try journal.append([transaction(2)], since: 0)
      // It is there before anything is closed.
      let (read, skipped) = try JournalRecord.read(path)
      #expect(read == (0..<3).map { transaction($0).encoding })
      #expect(skipped == 0)
      _ = try TransactionJournal(path, TransactionPool())
      #expect(try JournalRecord.read(path).encodings.isEmpty)
    }
  }

  @Test func whatWasDroppedIsGoneFromTheFileBeforeAnythingIsWrittenAnew() throws {
    try withJournal { path, pool, journal in
      try journal.append([transaction(0), transaction(1), transaction(2)], since: 0)
      try journal.drop([transaction(1).hash])
      #expect(
        try JournalRecord.read(path).encodings == [0, 2].map { transaction($0).encoding })
      add([2], to: pool)
      try journal.keepWaiting()
      #expect(try JournalRecord.read(path).encodings == [transaction(2).encoding])
      // One that comes back stands there again.
      add([0], to: pool)
      try journal.keepWaiting(adding: [transaction(0)])
      #expect(
        try JournalRecord.read(path).encodings == [2, 0].map { transaction($0).encoding })
    }
  }

  @Test func whatIsDroppedOnItsWayIntoTheFileDoesNotComeThere() throws {
    try withJournal { path, pool, journal in
      let drops = journal.drops
      // Both have come into the pool, and one is dropped before either is written.
      add([0], to: pool)
      try journal.drop([transaction(1).hash])
      try journal.append([transaction(0), transaction(1)], since: drops)
      #expect(try JournalRecord.read(path).encodings == [transaction(0).encoding])
    }
  }
}
