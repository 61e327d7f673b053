// Segments that end early, and the note of how far they were synced.

import Foundation
import Primitives
import Samples
import Testing

@testable import Storage

@Suite struct CutLogTests {
  /// A store of 16 blocks in one segment: the database knows none of them unless it `closes`.
  private func makeStore(closes: Bool) throws -> TemporaryFolder {
    var random = SeededGenerator(seed: 41)
    let folder = TemporaryFolder()
    var model = ChainModel(&random)
    let store = try Store.create(
      at: folder.path, genesis: model.genesis, allocations: model.allocations,
      options: Self.options)
    for _ in 0..<16 { try store.add(model.extend(&random)) }
    if closes { try store.close() }
    return folder
  }

  private static let options = Store.Options(cacheSize: 8 << 20)

  private func segment(_ folder: TemporaryFolder) -> String {
    SegmentFolder(StoreFormat.segments(folder.path)).filePath(1)
  }

  private func note(_ folder: TemporaryFolder) -> URL {
    URL(fileURLWithPath: StoreFormat.syncedEnd(folder.path))
  }

  /// What opening finds damaged.
  private func damage(_ folder: TemporaryFolder) -> (path: String, reason: String)? {
    do throws(StoreError) {
      _ = try Store.open(at: folder.path, options: Self.options)
      return nil
    } catch {
      guard case .corrupted(let path, _, _, let reason) = error else { return ("\(error)", "") }
      return (path, reason)
    }
  }

  /// Cuts the segment off before block `number`; how many bytes it has then.
  private func cut(_ folder: TemporaryFolder, before number: UInt64) throws -> UInt64 {
    let end = try {
      let store = try Store.open(at: folder.path, options: Self.options)
      return try #require(try store.recordPlace(number)).place.offset
    }()
    try File(segment(folder), .write).truncate(to: end)
    return end
  }

  @Test(arguments: [true, false])
  func blocksMissingAtTheEndAreDamage(closes: Bool) throws {
    let folder = try makeStore(closes: closes)
    let end = try cut(folder, before: 12)
    let found = try #require(damage(folder))
    #expect(found.path == segment(folder))
    #expect(found.reason.contains("\(end) bytes only"), "\(found)")
    // Not even the second time are they forgotten.
    #expect(damage(folder) != nil)
  }

  /// The database stands behind a way back whose record is cut off.
  @Test func aWayBackThatIsMissingIsDamage() throws {
    let folder = try makeStore(closes: true)
    let end: UInt64
    do {
      let store = try Store.open(at: folder.path, options: Self.options)
      end = try #require(try store.recordPlace(16)).end.offset
      try store.retreat(to: 14)
      try store.close()
    }
    try File(segment(folder), .write).truncate(to: end)
    let found = try #require(damage(folder))
    #expect(found.path == segment(folder) && found.reason.contains("\(end) bytes only"), "\(found)")
  }

  @Test(arguments: [true, false])
  func aStoreWithoutItsNoteIsNotOpened(closes: Bool) throws {
    let folder = try makeStore(closes: closes)
    let whole = try Data(contentsOf: note(folder))
    try FileManager.default.removeItem(at: note(folder))
    #expect(try #require(damage(folder)).path == note(folder).path)
    for bytes in [Data(), Data(count: whole.count), Data(repeating: 7, count: whole.count)] {
      try bytes.write(to: note(folder))
      #expect(try #require(damage(folder)).path == note(folder).path)
    }
    try whole.write(to: note(folder))
    #expect(damage(folder) == nil)
  }

  @Test(arguments: [0, 512])
  func halfADamagedNoteIsToldByVerifying(offset: Int) throws {
    let folder = try makeStore(closes: true)
    var bytes = try Data(contentsOf: note(folder))
    bytes[offset + 20] ^= 1
    try bytes.write(to: note(folder))
    do {
      let store = try Store.open(at: folder.path, options: Self.options)
      do throws(StoreError) {
        _ = try store.verify()
        Issue.record("the damage was not found")
      } catch {
        guard case .corrupted(let path, UInt64(offset), _, _) = error else {
          Issue.record("\(error)")
          return
        }
        #expect(path == note(folder).path)
      }
    }
    // Opening has written it anew.
    _ = try Store.open(at: folder.path, options: Self.options).verify()
  }
}
