// Stores whose files were changed behind their back.

import Foundation
import Ledger
import Primitives
import Samples
import State
import Testing

@testable import Storage

@Suite struct DamageTests {
  /// A closed store of a few blocks, the model of it, and the path.
  private func makeStore(
    _ random: inout SeededGenerator, blocks: Int, closes: Bool,
    options: Store.Options = StoreTests.options
  ) throws -> (TemporaryFolder, ChainModel) {
    let folder = TemporaryFolder()
    var model = ChainModel(&random)
    let store = try Store.create(
      at: folder.path, genesis: model.genesis, allocations: model.allocations,
      options: options)
    for _ in 0..<blocks { try store.add(model.extend(&random)) }
    if closes { try store.close() }
    return (folder, model)
  }

  private func files(in path: String) -> [String] {
    let names = FileManager.default.subpaths(atPath: path) ?? []
    return names.map { path + "/" + $0 }.filter {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }

  /// RocksDB's call does not tell how a compaction ended.
  @Test func aCompactionThatFailsIsAnError() throws {
    var random = SeededGenerator(seed: 79)
    let folder = TemporaryFolder()
    var model = ChainModel(&random)
    var made: Store? = try Store.create(
      at: folder.path, genesis: model.genesis, allocations: model.allocations,
      options: StoreTests.options)
    // Several files, and fewer than are compacted by themselves.
    for _ in 0..<3 {
      try made?.add(model.extend(&random))
      try made?.flush()
    }
    try made?.close()
    made = nil
    let tables = try files(in: folder.path).filter { $0.hasSuffix(".sst") }
      .map { (path: $0, bytes: try Data(contentsOf: URL(fileURLWithPath: $0))) }
    #expect(tables.count > 1)
    var (path, bytes) = try #require(tables.max { $0.bytes.count < $1.bytes.count })
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect {
      // Opening may find it first, where the database compacts by itself.
      try Store.open(at: folder.path, options: StoreTests.options).compact()
    } throws: {
      if case StoreError.corrupted = $0 { true } else { false }
    }
  }

  /// One byte changed anywhere is found and named, or does no harm: nothing wrong is ever served.
  @Test(arguments: 0..<24)
  func aChangedByteIsFoundOrHarmless(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(500 + seed))
    var options = StoreTests.options
    if random.flip() {
      options.history = .blocks(4)
      options.segmentSize = 8 << 10
    }
    let (folder, model) = try makeStore(
      &random, blocks: 24, closes: random.flip(), options: options)
    for _ in 0..<12 {
      let path = random.pick(files(in: folder.path).filter { !$0.hasSuffix(".log") })
      let original = try Data(contentsOf: URL(fileURLWithPath: path))
      guard !original.isEmpty else { continue }
      var bytes = original
      bytes[random.below(bytes.count)] ^= UInt8(1 + random.below(255))
      try bytes.write(to: URL(fileURLWithPath: path))
      do throws(StoreError) {
        let store = try Store.open(at: folder.path, options: StoreTests.options)
        _ = try store.verify()
        var random = random
        do { try model.expectEqual(store, &random) } catch { Issue.record("\(path): \(error)") }
        // What was found while opening is on disk by now; the rest of the files is what it was.
        return
      } catch {
        #expect(!"\(error)".isEmpty)
      }
      try original.write(to: URL(fileURLWithPath: path))
    }
  }

  /// A record that was being written when the process ended is cut off, wherever it was cut.
  @Test(arguments: 0..<10)
  func aTornTailIsCutOff(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(900 + seed))
    var (folder, model) = try makeStore(&random, blocks: 6, closes: false)
    // As after a power failure: the note of how far the segments were synced is old.
    let note = StoreFormat.syncedEnd(folder.path)
    let segments = StoreFormat.segments(folder.path)
    let last = try #require(
      try FileManager.default.contentsOfDirectory(atPath: segments).filter { $0.hasSuffix(".seg") }
        .sorted().last)
    let oldNote = try Data(contentsOf: URL(fileURLWithPath: note))
    let path = URL(fileURLWithPath: segments + "/" + last)
    let before = try Data(contentsOf: path)
    do {
      let store = try Store.open(at: folder.path, options: StoreTests.options)
      try store.add(model.extend(&random))
    }
    let after = try Data(contentsOf: path)
    guard after.count > before.count + 1 else { return }
    try oldNote.write(to: URL(fileURLWithPath: note))
    var torn = after.prefix(before.count + 1 + random.below(after.count - before.count - 1))
    if random.flip() {
      // A part in the middle did not arrive.
      torn = after
      let start = before.count + random.below(after.count - before.count)
      let end = min(after.count, start + 1 + random.below(400))
      guard torn[start..<end].contains(where: { $0 != 0 }) else { return }
      torn.replaceSubrange(start..<end, with: Data(count: end - start))
    }
    try torn.write(to: path)
    model.retreat()
    let store = try Store.open(at: folder.path, options: StoreTests.options)
    try model.expectEqual(store, &random)
    _ = try store.verify()
    try store.add(model.extend(&random))
    try model.expectEqual(store, &random)
  }

  @Test func aRecordBeforeTheEndThatIsDamagedIsNamed() throws {
    var random = SeededGenerator(seed: 77)
    let (folder, _) = try makeStore(&random, blocks: 10, closes: false)
    let path = StoreFormat.segments(folder.path) + "/0000000001.seg"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let middle = bytes.count / 2
    bytes[middle] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    do throws(StoreError) {
      let store = try Store.open(at: folder.path, options: StoreTests.options)
      _ = try store.verify()
      Issue.record("the damage was not found")
    } catch {
      guard case .corrupted(let file, let offset, _, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(file == path, "\(error)")
      #expect(try #require(offset) <= UInt64(middle))
    }
  }

  @Test func aMissingSegmentIsNamed() throws {
    var random = SeededGenerator(seed: 78)
    let (folder, _) = try makeStore(&random, blocks: 60, closes: true)
    let path = StoreFormat.segments(folder.path) + "/0000000002.seg"
    try FileManager.default.removeItem(atPath: path)
    #expect(throws: StoreError.self) {
      let store = try Store.open(at: folder.path, options: StoreTests.options)
      _ = try store.verify()
    }
  }

  @Test func aMissingFileOfTheDatabaseIsNamed() throws {
    var random = SeededGenerator(seed: 80)
    let (folder, _) = try makeStore(&random, blocks: 20, closes: true)
    let path = try #require(files(in: folder.path).first { $0.hasSuffix(".sst") })
    try FileManager.default.removeItem(atPath: path)
    do throws(StoreError) {
      _ = try Store.open(at: folder.path, options: StoreTests.options)
      Issue.record("it was not missed")
    } catch {
      #expect("\(error)".contains(path) && !"\(error)".contains(".ldb"), "\(error)")
    }
  }
}
