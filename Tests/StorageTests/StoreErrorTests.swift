// What keeps a store from being opened.

import Foundation
import Ledger
import Primitives
import Samples
import State
import Testing

@testable import Storage

@Suite struct StoreErrorTests {
  private func makeStore() throws -> (TemporaryFolder, ChainModel, Store) {
    var random = SeededGenerator(seed: 5)
    let folder = TemporaryFolder()
    let model = ChainModel(&random)
    let store = try Store.create(
      at: folder.path, genesis: model.genesis, allocations: model.allocations,
      options: StoreTests.options)
    return (folder, model, store)
  }

  @Test func aStoreIsOpenOnce() throws {
    let (folder, _, store) = try makeStore()
    _ = withExtendedLifetime(store) {
      #expect(throws: StoreError.locked(path: folder.path)) {
        try Store.open(at: folder.path, options: StoreTests.options)
      }
    }
  }

  @Test func anotherGenesisIsRefused() throws {
    let (folder, model, store) = try makeStore()
    try store.close()
    _ = consume store
    let other = Hash256(UInt256(7 as UInt64))
    #expect(
      throws: StoreError.wrongGenesis(
        path: folder.path, expected: other, found: model.genesis.hash)
    ) {
      try Store.open(at: folder.path, genesis: other, options: StoreTests.options)
    }
  }

  @Test func anotherFolderIsNoStore() throws {
    let folder = TemporaryFolder()
    #expect(throws: StoreError.notAStore(path: folder.path)) {
      try Store.open(at: folder.path, options: StoreTests.options)
    }
    try FileManager.default.createDirectory(
      atPath: folder.path + "/x", withIntermediateDirectories: true)
    #expect(throws: StoreError.notAStore(path: folder.path)) {
      try Store.open(at: folder.path, options: StoreTests.options)
    }
  }

  @Test func anotherVersionIsRefused() throws {
    let (folder, _, store) = try makeStore()
    try store.close()
    _ = consume store
    try Data("needletail store, format 99\n".utf8).write(
      to: URL(fileURLWithPath: folder.path + "/FORMAT"))
    #expect(
      throws: StoreError.otherVersion(path: folder.path, found: "99", supported: "1")
    ) {
      try Store.open(at: folder.path, options: StoreTests.options)
    }
  }

  @Test(arguments: ["1J\n", "1", "\n", "", "-1\n", "01\n", "1\nx", "99999999999\n", "1\r\n"])
  func aFormatThatNobodyWroteIsDamage(format: String) throws {
    let (folder, _, store) = try makeStore()
    try store.close()
    _ = consume store
    let path = StoreFormat.formatFile(folder.path)
    try Data("needletail store, format \(format)".utf8).write(to: URL(fileURLWithPath: path))
    #expect {
      try Store.open(at: folder.path, options: StoreTests.options)
    } throws: {
      if case StoreError.corrupted(path, 25, _, _) = $0 { true } else { false }
    }
  }

  /// A folder that cannot be looked at is not taken for one without a store.
  @Test func aStoreThatCannotBeLookedAtMayBeThere() throws {
    let folder = TemporaryFolder()
    // A link to itself keeps everybody out, the superuser too.
    try FileManager.default.createSymbolicLink(
      atPath: folder.path, withDestinationPath: folder.path)
    #expect(Store.exists(at: folder.path))
    #expect {
      try Store.open(at: folder.path, options: StoreTests.options)
    } throws: {
      if case StoreError.system(StoreFormat.formatFile(folder.path), "open", _) = $0 {
        true
      } else {
        false
      }
    }
    #expect("\(StoreError.ofCode(EACCES, "/s/FORMAT", "open"))".contains("cannot be read"))
    #expect("\(StoreError.ofCode(EROFS, "/s/LOCK", "open"))".contains("can be written"))
  }

  @Test func aFolderWithSomethingInItIsNotWrittenTo() throws {
    let (folder, model, store) = try makeStore()
    try store.close()
    #expect(throws: StoreError.notEmpty(path: folder.path)) {
      try Store.create(
        at: folder.path, genesis: model.genesis, allocations: model.allocations,
        options: StoreTests.options)
    }
  }

  @Test func aGenesisMustHaveItsRoot() throws {
    let (_, model, _) = try makeStore()
    let folder = TemporaryFolder()
    var header = model.genesis
    header.stateRoot = .zero
    #expect(
      throws: StoreError.wrongStateRoot(stated: .zero, computed: model.genesis.stateRoot)
    ) {
      try Store.create(
        at: folder.path, genesis: header, allocations: model.allocations,
        options: StoreTests.options)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  private let genesis = Header(number: 0, gasLimit: 1, timestamp: 1)

  private func makeFolder(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  @Test func aFolderMayBeNamedWithASlash() throws {
    let folder = TemporaryFolder()
    try Store.create(at: folder.path + "/", genesis: genesis, state: []).close()
    #expect(Store.exists(at: folder.path))
  }

  @Test func openingAgainAndAgainLeavesNothingBehind() throws {
    let (folder, _, store) = try makeStore()
    try store.close()
    _ = consume store
    func count() -> Int {
      for _ in 0..<4 {
        try? Store.open(at: folder.path, options: StoreTests.options).close()
      }
      return FileManager.default.subpaths(atPath: folder.path)?.count ?? 0
    }
    let before = count()
    #expect(count() == before)
  }

  @Test func anEmptyFolderBehindALinkBecomesAStore() throws {
    let (folder, link) = (TemporaryFolder(), TemporaryFolder())
    try makeFolder(folder.path)
    try FileManager.default.createSymbolicLink(
      atPath: link.path, withDestinationPath: folder.path)
    try Store.create(at: link.path, genesis: genesis, state: []).close()
    #expect(Store.exists(at: folder.path) && Store.exists(at: link.path))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == folder.path)
  }

  @Test func whatAnUnfinishedCreationLeftBehindIsReplaced() throws {
    let folder = TemporaryFolder()
    try makeFolder(folder.path + "/database")
    for name in ["FORMAT.new", "LOCK", "database/CURRENT", "changes.sst"] {
      try Data(name == "FORMAT.new" ? Array("needle".utf8) : [1]).write(
        to: URL(fileURLWithPath: folder.path + "/" + name))
    }
    #expect(throws: StoreError.notAStore(path: folder.path)) { try Store.open(at: folder.path) }
    try Store.create(at: folder.path, genesis: genesis, state: []).close()
    #expect(try Store.open(at: folder.path).head.hash == genesis.withRoot.hash)
  }

  /// A reader that waits for a writer would wait for ever.
  @Test func aPipeInThePlaceOfAFileIsRefused() throws {
    let (folder, _, store) = try makeStore()
    try store.close()
    _ = consume store
    try FileManager.default.removeItem(atPath: folder.path + "/FORMAT")
    #expect(mkfifo(folder.path + "/FORMAT", 0o600) == 0)
    #expect(throws: StoreError.self) { try Store.open(at: folder.path) }
  }

  @Test func aDamagedDatabaseIsLeftAsItIs() throws {
    let (folder, _, store) = try makeStore()
    try store.close()
    _ = consume store
    let database = StoreFormat.database(folder.path)
    let current = try Data(contentsOf: URL(fileURLWithPath: database + "/CURRENT"))
    try FileManager.default.removeItem(atPath: database + "/CURRENT")
    #expect {
      try Store.open(at: folder.path, options: StoreTests.options)
    } throws: {
      if case StoreError.corrupted = $0 { true } else { false }
    }
    try current.write(to: URL(fileURLWithPath: database + "/CURRENT"))
    _ = try Store.open(at: folder.path, options: StoreTests.options).verify()
  }

  @Test func nothingIsExportedIntoTheStore() throws {
    let (folder, _, store) = try makeStore()
    for name in ["/FORMAT", "/segments/9.seg"] {
      #expect(throws: StoreError.self) {
        _ = try store.exportBlocks(file: folder.path + name, replaces: true)
      }
      #expect(throws: StoreError.self) {
        _ = try store.exportState(to: folder.path + name, replaces: true)
      }
    }
    try store.close()
    _ = consume store
    #expect(throws: Never.self) { try Store.open(at: folder.path, options: StoreTests.options) }
  }

  @Test func noFolderOfSomebodyElseIsTouched() throws {
    for names in [["mine"], ["FORMAT.new", "mine"], ["segments"], ["FORMAT.new"]] {
      let folder = TemporaryFolder()
      for name in names { try makeFolder(folder.path + "/" + name) }
      #expect(throws: StoreError.notEmpty(path: folder.path)) {
        try Store.create(at: folder.path, genesis: genesis, state: [])
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.sorted() == names)
    }
  }

  @Test func whatSomebodyPutIntoAnUnfinishedStoreStays() throws {
    let folder = TemporaryFolder()
    try makeFolder(folder.path + "/database")
    for name in ["FORMAT.new", "database/notes"] {
      try Data().write(to: URL(fileURLWithPath: folder.path + "/" + name))
    }
    #expect(throws: StoreError.notEmpty(path: folder.path)) {
      try Store.create(at: folder.path, genesis: genesis, state: [])
    }
    #expect(FileManager.default.fileExists(atPath: folder.path + "/database/notes"))
    try FileManager.default.removeItem(atPath: folder.path + "/database/notes")
    try Data("something else".utf8).write(to: URL(fileURLWithPath: folder.path + "/FORMAT.new"))
    #expect(throws: StoreError.notEmpty(path: folder.path)) {
      try Store.create(at: folder.path, genesis: genesis, state: [])
    }
  }

  @Test func aCreationThatFailsLeavesNothing() throws {
    let (folder, model, _) = try makeStore()
    let other = TemporaryFolder()
    try makeFolder(other.path)
    var header = model.genesis
    header.stateRoot = .zero
    #expect(throws: StoreError.self) {
      try Store.create(at: other.path, genesis: header, allocations: model.allocations)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: other.path) == [])
    _ = folder
  }

  @Test func moreMemoryThanTheSystemHasIsAnError() throws {
    let folder = TemporaryFolder()
    do throws(StoreError) {
      _ = try Store.create(
        at: folder.path, genesis: genesis, state: [], options: Store.Options(cacheSize: 1 << 60))
      Issue.record("there is no such system")
    } catch {
      guard case .noMemory(folder.path, let needed, 1 << 60, 2) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(needed > 1 << 60)
      #expect("\(error)".contains("ulimit -v"))
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  @Test func aStoreThatIsMadeButNotOpenedIsSaidToBeMade() throws {
    let folder = TemporaryFolder()
    do throws(StoreError) {
      _ = try Store.openMade(at: folder.path, options: StoreTests.options)
      Issue.record("there is no store")
    } catch {
      #expect(error == .madeButNotOpened(path: folder.path, .notAStore(path: folder.path)))
      #expect("\(error)".contains("the store is made, and whole"))
    }
  }

  @Test func blocksComeInTheirOrder() throws {
    var random = SeededGenerator(seed: 6)
    var (_, model, store) = try makeStore()
    _ = model.extend(&random)
    let second = model.extend(&random)
    #expect(throws: StoreError.notNext(expected: 1, found: 2)) {
      try store.advance(to: second.identity, by: second.diff)
    }
  }
}

extension Header {
  /// The header with the root of the empty state.
  fileprivate var withRoot: Header {
    var header = self
    header.stateRoot = Header.emptyTrieRoot
    return header
  }
}
