// Blocks and states as files, and stores that begin with one.

import Foundation
import Ledger
import Primitives
import Samples
import State
import Testing

@testable import Storage

@Suite struct ExportTests {
  /// Calls `body` with a store of so many blocks, the model of it, and a folder for files, which exists.
  private func live(
    seed: UInt64, blocks: Int, keepsSlotKeys: Bool = true,
    _ body: (Store, inout ChainModel, inout SeededGenerator, _ folder: String) throws -> Void
  ) throws {
    let folder = TemporaryFolder()
    try withExtendedLifetime(folder) {
      try FileManager.default.createDirectory(
        atPath: folder.path, withIntermediateDirectories: true)
      var random = SeededGenerator(seed: seed)
      var model = ChainModel(&random)
      let store = try Store.create(
        at: folder.path + "/store", genesis: model.genesis, allocations: model.allocations,
        keepsSlotKeys: keepsSlotKeys, options: StoreTests.options)
      for _ in 0..<blocks { try store.add(model.extend(&random)) }
      try body(store, &model, &random, folder.path)
    }
  }

  private func encoding(of block: ChainModel.Block) -> [UInt8] {
    var encoder = RLPEncoder()
    encoder.list { encoder in
      encoder.appendRaw(block.header.encoded)
      encoder.list { encoder in
        for transaction in block.transactions {
          if let first = transaction.first, first >= 0xc0 {
            encoder.appendRaw(transaction)
          } else {
            encoder.encode(transaction)
          }
        }
      }
      encoder.list { encoder in for ommer in block.ommers { encoder.appendRaw(ommer.encoded) } }
      if let withdrawals = block.withdrawals {
        encoder.list { encoder in
          for withdrawal in withdrawals { encoder.appendRaw(withdrawal.encoded) }
        }
      }
    }
    return encoder.bytes
  }

  @Test func exportedBlocksFollowEachOther() throws {
    try live(seed: 1, blocks: 20) { store, model, _, folder throws in
      let path = folder + "/chain.rlp"
      #expect(try store.exportBlocks(from: 3, to: 17, file: path) == 15)
      let expected = model.blocks[2..<17].flatMap { encoding(of: $0) }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(expected))
      #expect(throws: StoreError.fileExists(path: path)) { try store.exportBlocks(file: path) }
      #expect(try store.exportBlocks(file: path, replaces: true) == 21)
      let genesis = Block(header: model.genesis).encoded
      let all = genesis + model.blocks.flatMap { encoding(of: $0) }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(all))
    }
  }

  @Test func whatIsInterruptedLeavesNothing() throws {
    try live(seed: 12, blocks: 20) { store, _, _, folder throws in
      let before = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(throws: StoreError.interrupted) {
        try store.exportBlocks(file: folder + "/chain.rlp") { (done, _) throws(StoreError) in
          if done == 7 { throw .interrupted }
        }
      }
      #expect(throws: StoreError.interrupted) {
        try store.exportState(to: folder + "/state") { _ throws(StoreError) in throw .interrupted }
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == before)
      _ = try store.exportState(to: folder + "/state")
      #expect(throws: StoreError.interrupted) {
        try Store.importState(from: folder + "/state", at: folder + "/other") {
          _ throws(StoreError) in throw .interrupted
        }
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/other"))
    }
  }

  @Test(arguments: [false, true])
  func exportsToOneFileDoNotMix(replaces: Bool) throws {
    try live(seed: 13, blocks: 20) { store, _, _, folder throws in
      let path = folder + "/chain.rlp"
      let expected = folder + "/expected.rlp"
      _ = try store.exportBlocks(to: 15, file: expected)
      func export() throws {
        _ = try store.exportBlocks(file: path, replaces: replaces) { (done, _) throws(StoreError) in
          // Another one begins and ends in the middle of this one.
          if done == 7 { _ = try store.exportBlocks(to: 15, file: path, replaces: replaces) }
        }
      }
      if replaces {
        try export()
        try FileManager.default.removeItem(atPath: expected)
        _ = try store.exportBlocks(file: expected)
      } else {
        #expect(throws: StoreError.fileExists(path: path)) { try export() }
      }
      #expect(FileManager.default.contentsEqual(atPath: path, andPath: expected))
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
          == ["chain.rlp", "expected.rlp", "store"])
    }
  }

  @Test func nobodyElsesFileIsTouched() throws {
    try live(seed: 14, blocks: 3) { store, _, _, folder throws in
      let other = URL(fileURLWithPath: folder + "/chain.rlp.new")
      try Data("mine".utf8).write(to: other)
      _ = try store.exportBlocks(file: folder + "/chain.rlp")
      _ = try store.exportBlocks(file: folder + "/chain.rlp", replaces: true)
      #expect(try Data(contentsOf: other) == Data("mine".utf8))
    }
  }

  @Test func checksEndWhenTheyAreInterrupted() throws {
    try live(seed: 13, blocks: 20) { store, _, _, _ throws in
      #expect(throws: StoreError.interrupted) {
        try store.verify { (progress) throws(StoreError) in
          if progress.part == .state { throw .interrupted }
        }
      }
      _ = try store.verify()
    }
  }

  @Test func blocksThatAreNotThereAreNotExported() throws {
    try live(seed: 2, blocks: 5) { store, _, _, folder throws in
      let path = folder + "/chain.rlp"
      #expect(throws: StoreError.noSuchBlocks(first: 2, last: 6, oldest: 0, head: 5)) {
        try store.exportBlocks(from: 2, to: 6, file: path)
      }
      #expect(throws: StoreError.noSuchBlocks(first: 4, last: 3, oldest: 0, head: 5)) {
        try store.exportBlocks(from: 4, to: 3, file: path)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["store"])
    }
  }

  @Test(arguments: 0..<6)
  func aStoreGoesOnFromAnExportedState(seed: Int) throws {
    try live(seed: UInt64(20 + seed), blocks: 10 * seed) { store, model, random, folder throws in
      let content = try store.exportState(to: folder + "/state")
      #expect(content.head == store.head)
      let (other, imported) = try Store.importState(
        from: folder + "/state", at: folder + "/other", genesis: model.genesis.hash,
        options: StoreTests.options)
      #expect(imported == content)
      #expect(other.oldestBlock == 0)
      // What came before is there, though not its states.
      #expect(try other.oldestState() == other.head.number)
      try model.expectEqual(other, &random)
      #expect(try other.verify().stateRoot == model.head.stateRoot)
      for _ in 0..<30 {
        let block = model.extend(&random)
        try store.add(block)
        try other.add(block)
      }
      for _ in 0..<4 { model.retreat() }
      try other.retreat(to: model.head.number)
      try store.retreat(to: model.head.number)
      try model.expectEqual(other, &random)
      // The two are the same to the byte, but for codes that nobody has any more.
      let before = try store.exportState(to: folder + "/first")
      let after = try other.exportState(to: folder + "/second")
      #expect(before.accounts == after.accounts && before.slots == after.slots)
      try other.close()
    }
  }

  @Test func aLongChainBeginsLate() throws {
    try live(seed: 3, blocks: 300) { store, model, random, folder throws in
      _ = try store.exportState(to: folder + "/state")
      let path = folder + "/other"
      var other: Store? = try Store.importState(
        from: folder + "/state", at: path, options: StoreTests.options
      ).store
      for _ in 0..<3 { try other?.add(model.extend(&random)) }
      try other?.close()
      other = nil
      let again = try Store.open(
        at: path, genesis: model.genesis.hash, options: StoreTests.options)
      #expect(again.oldestBlock == 45)
      #expect(try again.header(0) == model.genesis)
      #expect(try again.header(44) == nil)
      #expect(try again.header(45) == model.blocks[44].header)
      #expect(try again.receipts(46) == model.blocks[45].receipts)
      #expect(throws: StoreError.beyondHistory(block: 299, oldest: 300)) {
        try again.retreat(to: 299)
      }
      try model.expectSameState(again.state)
      _ = try again.verify()
      #expect(try again.exportBlocks(file: folder + "/chain.rlp") == 303 - 45 + 1)
    }
  }

  @Test func aStateWithoutKeysOfSlotsComesBack() throws {
    try live(seed: 4, blocks: 0, keepsSlotKeys: false) { store, model, random, folder throws in
      _ = try store.exportState(to: folder + "/state")
      let other = try Store.importState(
        from: folder + "/state", at: folder + "/other", options: StoreTests.options
      ).store
      try model.expectEqual(other, &random)
    }
  }

  @Test func aStateOfAnotherChainIsRefused() throws {
    try live(seed: 5, blocks: 3) { store, model, _, folder throws in
      let path = folder + "/state"
      _ = try store.exportState(to: path)
      #expect(
        throws: StoreError.wrongGenesis(path: path, expected: .zero, found: model.genesis.hash)
      ) {
        _ = try Store.importState(from: path, at: folder + "/other", genesis: .zero)
      }
      #expect(throws: StoreError.fileExists(path: path)) { _ = try store.exportState(to: path) }
      #expect(throws: StoreError.notEmpty(path: folder)) {
        _ = try Store.importState(from: path, at: folder)
      }
    }
  }

  /// Wherever a byte is changed, added or missing, no store is made.
  @Test func damageIsFoundAndNamed() throws {
    try live(seed: 6, blocks: 12) { store, _, random, folder throws in
      let path = folder + "/state"
      _ = try store.exportState(to: path)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      for round in 0..<60 {
        var damaged = whole
        switch round % 3 {
        case 0: damaged[random.below(whole.count)] ^= UInt8(1 + random.below(255))
        case 1: damaged = whole.prefix(random.below(whole.count))
        default: damaged.append(contentsOf: random.bytes(1 + random.below(80)))
        }
        try damaged.write(to: URL(fileURLWithPath: path))
        do throws(StoreError) {
          _ = try Store.importState(
            from: path, at: folder + "/other", options: StoreTests.options)
          Issue.record("round \(round) was not found")
        } catch {
          guard case .stateFile(path, let offset, _) = error, offset <= UInt64(damaged.count) else {
            Issue.record("\(error)")
            continue
          }
        }
        #expect(
          try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            == ["state", "store"])
      }
    }
  }
}
