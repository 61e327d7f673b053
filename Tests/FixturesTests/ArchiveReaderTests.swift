// Archives: good ones, damaged ones, and ones that would fill the memory.

import Foundation
import Samples
import Testing

@testable import Fixtures

/// A folder for one test.
final class TemporaryFolder {
  let path = NSTemporaryDirectory() + "needletail-tests-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = "\(path)/\(name)"
    let folder = (file as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }
}

private func contents(
  _ path: String, limits: ArchiveReader.Limits = ArchiveReader.Limits()
) throws(ArchiveError) -> [String: [UInt8]] {
  var files: [String: [UInt8]] = [:]
  try ArchiveReader(path: path, limits: limits).forEachFile {
    files[String($0.path.dropFirst(path.count + 1))] = $0.bytes
    return true
  }
  return files
}

@Suite struct ArchiveReaderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var tar: TarFixture {
    var tar = TarFixture()
    tar.add("suite/a.json", Array("{}".utf8))
    tar.add("suite/long.json", [UInt8](repeating: 7, count: 200_000))
    tar.add("../../etc/passwd.json", [1])
    return tar
  }

  @Test func readsPlainAndCompressedArchives() throws {
    var tar = tar
    tar.end()
    let plain = try contents(folder.write("x.tar", tar.bytes))
    #expect(plain["suite/a.json"] == Array("{}".utf8))
    #expect(plain["suite/long.json"]?.count == 200_000)
    // A name that leads out of the archive is only a name: nothing is written.
    #expect(plain["../../etc/passwd.json"] == [1])
    #expect(try contents(folder.write("x.tar.zst", TarFixture.zstd([.raw(tar.bytes)]))) == plain)
  }

  @Test func stopsWhenTheReaderHasEnough() throws {
    var count = 0
    try ArchiveReader(path: folder.write("x.tar", tar.bytes)).forEachFile { _ in
      count += 1
      return false
    }
    #expect(count == 1)
  }

  @Test func truncationIsAnErrorOrAnEarlyEndNeverMore() throws {
    var tar = TarFixture()
    tar.add("a.json", [UInt8](repeating: 65, count: 700))
    tar.end()
    for count in stride(from: 0, to: tar.bytes.count, by: 37) {
      let path = try folder.write("cut.tar", Array(tar.bytes[..<count]))
      let files = (try? contents(path)) ?? [:]
      if let content = files["a.json"] { #expect(content.count == 700) }
    }
    let frame = TarFixture.zstd([.raw(tar.bytes)])
    for count in stride(from: 0, to: frame.count - 1, by: 29) {
      let path = try folder.write("cut.tar.zst", Array(frame[..<count]))
      let files = (try? contents(path)) ?? [:]
      if let content = files["a.json"] { #expect(content.count == 700) }
    }
    #expect(throws: ArchiveError.self) {
      try contents(folder.write("half.tar", Array(tar.bytes[..<900])))
    }
  }

  @Test func randomBytesAreNoArchive() throws {
    var source = SeededGenerator(seed: 3)
    for round in 0..<40 {
      var bytes = source.bytes(2048)
      if round.isMultiple(of: 2) { bytes.replaceSubrange(0..<4, with: [0x28, 0xb5, 0x2f, 0xfd]) }
      let path = try folder.write("noise.tar.zst", bytes)
      #expect(throws: ArchiveError.self) { try contents(path) }
    }
  }

  @Test func aClaimedSizeBeyondTheLimitIsRefusedUnread() throws {
    for size in [1 << 30, 1 << 40] as [UInt64] {
      var tar = TarFixture()
      tar.add("huge.json", [1, 2, 3], claiming: size)
      let path = try folder.write("huge.tar", tar.bytes)
      #expect {
        try contents(path)
      } throws: { error in
        guard let error = error as? ArchiveError else { return false }
        return error.entry == "huge.json" && error.problem == .entryTooLarge(limit: 128 << 20)
      }
    }
  }

  @Test func aClaimedSizeBeyondAllBoundsIsRefused() throws {
    var tar = TarFixture()
    tar.add("huge.json", [1, 2, 3], claiming: UInt64(Int64.max))
    let path = try folder.write("huge.tar", tar.bytes)
    #expect(throws: ArchiveError.self) { try contents(path) }
  }

  @Test func aBombIsStoppedByTheLimits() throws {
    // 40 entries of 4 MiB of zeros, in a few kilobytes.
    let entry = TarFixture.header("zeros.json", size: 4 << 20)
    let parts = (0..<40).flatMap { _ in
      [TarFixture.ZstdPart.raw(entry), .zeros(blocks: 32)]
    }
    let path = try folder.write("bomb.tar.zst", TarFixture.zstd(parts))
    #expect {
      try contents(path, limits: ArchiveReader.Limits(entryBytes: 1 << 20))
    } throws: { ($0 as? ArchiveError)?.problem == .entryTooLarge(limit: 1 << 20) }
    #expect {
      try contents(path, limits: ArchiveReader.Limits(totalBytes: 10 << 20))
    } throws: { ($0 as? ArchiveError)?.problem == .archiveTooLarge(limit: 10 << 20) }
    #expect {
      try contents(path, limits: ArchiveReader.Limits(entries: 3))
    } throws: { ($0 as? ArchiveError)?.problem == .tooManyEntries(limit: 3) }
  }

  @Test func whatNobodyWantsCountsTowardsTheLimit() throws {
    // Its 8 TiB would be unpacked only to pass over them.
    let huge = TarFixture.header("zeros.bin", size: 1 << 43)
    let lone = try folder.write(
      "lone.tar.zst", TarFixture.zstd([.raw(huge), .zeros(blocks: 1)]))
    let entry = TarFixture.header("zeros.bin", size: 4 << 20)
    let parts = (0..<40).flatMap { _ in
      [TarFixture.ZstdPart.raw(entry), .zeros(blocks: 32)]
    }
    let many = try folder.write("many.tar.zst", TarFixture.zstd(parts))
    func read(_ path: String, totalBytes: Int) throws(ArchiveError) {
      let limits = ArchiveReader.Limits(totalBytes: totalBytes)
      try ArchiveReader(path: path, limits: limits).forEachFile(where: { _ in false }) { _ in true }
    }
    #expect(
      throws: ArchiveError(path: lone, problem: .archiveTooLarge(limit: 16 << 30))
    ) { try read(lone, totalBytes: 16 << 30) }
    #expect(
      throws: ArchiveError(path: many, problem: .archiveTooLarge(limit: 159 << 20))
    ) { try read(many, totalBytes: 159 << 20) }
    try read(many, totalBytes: 160 << 20)
  }

  @Test func aMissingArchiveIsNamed() {
    #expect(
      throws: ArchiveError(path: "/nowhere/x.tar", problem: .notFound)
    ) { try contents("/nowhere/x.tar") }
  }
}

@Suite struct FileWalkTests {
  @Test func findsFilesAndArchivesInOrder() throws {
    let folder = try TemporaryFolder()
    for name in ["b/two.json", "a/one.json", "a/note.txt", "a/.hidden.json", "c.tar.zst"] {
      _ = try folder.write(name, [])
    }
    let items = try FileWalk.items(under: folder.path)
    #expect(
      items == [
        .file("\(folder.path)/a/one.json"), .file("\(folder.path)/b/two.json"),
        .archive("\(folder.path)/c.tar.zst"),
      ])
    let single = "\(folder.path)/a/note.txt"
    #expect(try FileWalk.items(under: single) == [.file(single)])
  }

  @Test func whatCannotBeReadDoesNotHideTheRest() throws {
    let folder = try TemporaryFolder()
    let deep = Array(repeating: "d", count: 70).joined(separator: "/")
    for name in ["\(deep)/lost.json", "one.json"] { _ = try folder.write(name, []) }
    let items = try FileWalk.items(under: folder.path)
    #expect(items.contains(.file("\(folder.path)/one.json")) && items.count == 2)
    guard case .unreadable(let error) = items.first else {
      Issue.record("no item is unreadable: \(items)")
      return
    }
    #expect(error.problem == .tooDeep(limit: FileWalk.maximumDepth))
  }

  @Test func errorsNameThePath() throws {
    #expect(throws: ArchiveError(path: "/nowhere", problem: .notFound)) {
      try FileWalk.items(under: "/nowhere")
    }
    #expect(throws: ArchiveError(path: "/nowhere.json", problem: .notFound)) {
      try FileWalk.read("/nowhere.json")
    }
    let folder = try TemporaryFolder()
    let path = try folder.write("x", [1, 2, 3])
    #expect(try FileWalk.read(path) == [1, 2, 3])
    #expect(throws: ArchiveError(path: path, problem: .entryTooLarge(limit: 2))) {
      try FileWalk.read(path, limit: 2)
    }
  }
}
