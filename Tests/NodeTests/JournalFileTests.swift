// The file under a journal, on disks that are full and with records that are too long.

import Crypto
import Foundation
import Storage
import Testing

@testable import Node

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

struct JournalFileTests {
  private static let framing = JournalFraming(
    head: Array("test 1\n".utf8), lengthLimit: 100, readLimit: 1 << 20)

  private static func record(_ text: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let content = Array(text.utf8)
    try framing.append(content, hash: Keccak256.hash(content), to: &bytes)
    return bytes
  }

  /// A file of records in a folder of its own.
  private static func file(
    _ path: String, _ texts: [String], _ framing: JournalFraming = framing
  ) throws -> JournalFile {
    let file = try JournalFile(replacing: path, framing, texts) {
      (text, bytes) throws(StoreError) in
      let content = Array(text.utf8)
      try framing.append(content, hash: Keccak256.hash(content), to: &bytes)
    }
    try file.takePlace()
    return file
  }

  private static func texts(_ path: String) throws -> [String] {
    try framing.read(path).contents.map { String(decoding: $0, as: UTF8.self) }
  }

  private static var path: String {
    NSTemporaryDirectory() + "needletail-file-\(UUID().uuidString)"
  }

  @Test func whatIsWrittenIsRead() throws {
    let path = Self.path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var file = try Self.file(path, ["a", "b"])
    try file.append(try Self.record("c"))
    #expect(try Self.texts(path) == ["a", "b", "c"])
    _ = try Self.file(path, ["d"])
    #expect(try Self.texts(path) == ["d"])
    #expect(!FileManager.default.fileExists(atPath: path + ".new"))
  }

  @Test func ofRecordsThatDoNotFitOnTheDiskNoneIsRead() async {
    await #expect(processExitsWith: .success) {
      let path = JournalFileTests.path
      defer { try? FileManager.default.removeItem(atPath: path) }
      // In a process of its own, since no file of it may have more bytes from here on.
      signal(SIGXFSZ, SIG_IGN)
      var file = try JournalFileTests.file(path, ["a"])
      #expect(limitFiles(to: file.size + 60))
      let batch = try (0..<9).flatMap { try JournalFileTests.record("refused \($0)") }
      #expect(throws: StoreError.self) { try file.append(batch) }
      #expect(try JournalFileTests.framing.read(path) == ([Array("a".utf8)], 0))
      try file.append(try JournalFileTests.record("b"))
      #expect(try JournalFileTests.texts(path) == ["a", "b"])
      // Nor does a new file that does not fit take the place of the old one, or any room.
      let many = (0..<9).map { "new \($0)" }
      #expect(throws: StoreError.self) { try JournalFileTests.file(path, many) }
      #expect(try JournalFileTests.texts(path) == ["a", "b"])
      #expect(!FileManager.default.fileExists(atPath: path + ".new"))
    }
  }

  @Test func whatCouldNotBeReadAgainIsNotWritten() throws {
    let path = Self.path
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(throws: StoreError.self) { try Self.record(String(repeating: "x", count: 101)) }
    let small = JournalFraming(head: Self.framing.head, lengthLimit: 100, readLimit: 100)
    var file = try Self.file(path, ["a"], small)
    try file.append(try Self.record("b"))
    #expect(throws: StoreError.self) {
      try file.append(try Self.record(String(repeating: "x", count: 99)))
    }
    try file.append(try Self.record("c"))
    #expect(try Self.texts(path) == ["a", "b", "c"])
  }

  @Test func itIsWrittenAnewWhenItHasGrownToSeveralTimesItsSize() {
    let now = ContinuousClock.now
    let least = RewriteSchedule.leastSize
    let small = RewriteSchedule(size: 0, readLimit: 512 << 20)
    #expect(!small.isDue(size: least, now: now))
    #expect(small.isDue(size: least + 1, now: now))
    let large = RewriteSchedule(size: 100 << 20, readLimit: 512 << 20)
    #expect(!large.isDue(size: 300 << 20, now: now))
    #expect(large.isDue(size: 301 << 20, now: now))
    // Before it could not all be read again, it is in any case.
    let largest = RewriteSchedule(size: 400 << 20, readLimit: 512 << 20)
    #expect(largest.isDue(size: 449 << 20, now: now))
  }

  @Test func whatCouldNotBeWrittenAnewIsTriedLater() {
    let now = ContinuousClock.now
    var schedule = RewriteSchedule(size: 0, readLimit: 512 << 20)
    schedule.postpone(now: now)
    #expect(!schedule.isDue(size: 1 << 30, now: now))
    #expect(schedule.isDue(size: 1 << 30, now: now + RewriteSchedule.pause))
  }
}

/// Lets no file of this process have more bytes; false where the system does not do that.
private func limitFiles(to size: UInt64) -> Bool {
  #if canImport(Glibc)
    let name = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
  #else
    let name = RLIMIT_FSIZE
  #endif
  var limit = rlimit()
  guard getrlimit(name, &limit) == 0 else { return false }
  limit.rlim_cur = rlim_t(size)
  return setrlimit(name, &limit) == 0
}
