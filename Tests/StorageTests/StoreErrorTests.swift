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
    #expect(!FileManager.default.fileExists(atPath: folder.path + ".new"))
  }

  @Test func aFolderMayBeNamedWithASlashAndNoOtherFolderIsTouched() throws {
    let folder = TemporaryFolder()
    let foreign = folder.path + ".new"
    try FileManager.default.createDirectory(
      atPath: foreign + "/mine", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: foreign) }
    let genesis = Header(number: 0, gasLimit: 1, timestamp: 1)
    #expect(throws: StoreError.self) {
      try Store.create(at: folder.path, genesis: genesis, state: [])
    }
    #expect(FileManager.default.fileExists(atPath: foreign + "/mine"))
    try FileManager.default.removeItem(atPath: foreign)
    try Store.create(at: folder.path + "/", genesis: genesis, state: []).close()
    #expect(Store.exists(at: folder.path))
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
