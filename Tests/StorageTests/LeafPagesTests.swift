// Leaves in memory are always those of the database.

import Foundation
import Ledger
import Primitives
import Samples
import Testing

@testable import State
@testable import Storage

@Suite struct LeafPagesTests {
  /// A database and the leaves that it should have.
  private final class Leaves {
    let folder = TemporaryFolder()
    let database: Database
    private(set) var accounts: [Hash256: [UInt8]] = [:]
    private(set) var slots: [Hash256: [Hash256: [UInt8]]] = [:]
    private var file: String { folder.path + "/changes" }

    init() throws {
      try FileManager.default.createDirectory(
        atPath: folder.path, withIntermediateDirectories: true)
      database = try Database(folder.path + "/database", cacheSize: 4 << 20, isNew: true)
    }

    var tries: [TrieName] {
      [.accounts] + slots.keys.sorted().map { .storage(ofAccountWithHash: $0) }
    }

    func leaves(of trie: TrieName) -> [Hash256: [UInt8]] {
      trie.isStorage ? slots[trie.accountHash] ?? [:] : accounts
    }

    /// Changes the database, and tells what it was.
    func change(
      accounts newAccounts: [Hash256: [UInt8]?] = [:],
      slots newSlots: [Hash256: [Hash256: [UInt8]?]] = [:], wiping wiped: [Hash256] = []
    ) throws -> TrieChanges {
      var part = TrieChanges.Part()
      for (key, value) in newAccounts.sorted(by: { $0.key < $1.key }) {
        part.accounts.add(key.word.bigEndianBytes, value)
        accounts[key] = value
      }
      for account in wiped { slots[account] = [:] }
      for (account, changes) in newSlots.sorted(by: { $0.key < $1.key }) {
        for (slot, value) in changes.sorted(by: { $0.key < $1.key }) {
          part.slots.add(account.word.bigEndianBytes + slot.word.bigEndianBytes, value)
          slots[account, default: [:]][slot] = value
        }
      }
      let changes = TrieChanges(wipedStorages: wiped.sorted(), parts: [part])
      var sorted = try SortedFile(file)
      changes.forEachAccount { sorted.set(DatabaseKey(.account, $0), to: $1) }
      for account in changes.wipedStorages {
        sorted.removeAll(TrieName.storage(ofAccountWithHash: account).leaves)
      }
      changes.forEachSlot { sorted.set(DatabaseKey(.slot, $0), to: $1) }
      try sorted.finish()
      try database.ingest([file])
      return changes
    }

    /// Random changes of everything.
    func change(_ random: inout SeededGenerator, keys: Keys) throws -> TrieChanges {
      var newAccounts: [Hash256: [UInt8]?] = [:]
      for _ in 0..<random.below(200) {
        newAccounts[keys.random(&random)] =
          random.oneIn(3) ? .some(nil) : random.value(upTo: AccountRecord.maximumSize)
      }
      var newSlots: [Hash256: [Hash256: [UInt8]?]] = [:]
      for _ in 0..<random.below(8) {
        let account = keys.owner(&random)
        for _ in 0..<random.below(random.oneIn(4) ? 300 : 20) {
          newSlots[account, default: [:]][keys.random(&random)] =
            random.oneIn(3) ? .some(nil) : random.value(upTo: 32)
        }
      }
      let wiped = random.oneIn(3) ? [keys.owner(&random)] : []
      return try change(accounts: newAccounts, slots: newSlots, wiping: wiped)
    }

    func expectEqual(_ pages: LeafPages, _ random: inout SeededGenerator, keys: Keys) throws {
      for trie in tries {
        let leaves = leaves(of: trie)
        for _ in 0..<20 {
          let key = keys.random(&random)
          #expect(try pages.read(key, of: trie) { Array($0) } == leaves[key])
        }
        let path = NibblePath(keys.random(&random), count: random.below(5))
        var found: [Hash256: [UInt8]] = [:]
        var last: Hash256?
        try pages.forEachLeaf(of: trie, under: path) { key, value in
          #expect(last.map { $0 < key } != false)
          last = key
          found[key] = Array(value)
          return true
        }
        #expect(found == leaves.filter { path.isPrefix(of: $0.key) })
      }
    }
  }

  /// Keys that come again, and accounts with storage.
  private struct Keys {
    let all: [Hash256]

    init(_ count: Int, _ random: inout SeededGenerator) {
      all = (0..<count).map { _ in random.hash() }
    }

    func random(_ random: inout SeededGenerator) -> Hash256 { all[random.below(all.count)] }
    func owner(_ random: inout SeededGenerator) -> Hash256 { all[random.below(5)] }
  }

  /// Without room, with so little that pages go again and again, and with enough.
  @Test(arguments: [0, 256 << 10, 600 << 10, 64 << 20], 0..<4)
  func pagesAnswerAsTheDatabaseDoes(byteCount: Int, seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(4000 + seed))
    let keys = Keys(seed < 2 ? 300 : 6000, &random)
    let leaves = try Leaves()
    let pages = LeafPages(leaves.database, byteCount: byteCount)
    for _ in 0..<25 {
      pages.follow(try leaves.change(&random, keys: keys))
      if random.oneIn(5) { try pages.preload() }
      try leaves.expectEqual(pages, &random, keys: keys)
      #expect(pages.byteCount <= byteCount)
    }
  }

  @Test func allLeavesAreInMemoryAfterPreloading() throws {
    var random = SeededGenerator(seed: 4100)
    let keys = Keys(3000, &random)
    let leaves = try Leaves()
    _ = try leaves.change(
      accounts: Dictionary(uniqueKeysWithValues: keys.all.map { ($0, random.value(upTo: 40)) }),
      slots: [keys.all[0]: Dictionary(uniqueKeysWithValues: keys.all.map { ($0, [1]) })])
    let pages = LeafPages(leaves.database, byteCount: 64 << 20)
    try pages.preload()
    // What is read from memory does not notice that the database has other leaves now.
    let before = (leaves.accounts, leaves.leaves(of: .storage(ofAccountWithHash: keys.all[0])))
    _ = try leaves.change(
      accounts: Dictionary(uniqueKeysWithValues: keys.all.map { ($0, [UInt8]?.none) }),
      wiping: [keys.all[0]])
    for key in keys.all {
      #expect(try pages.read(key, of: .accounts) { Array($0) } == before.0[key])
      let trie = TrieName.storage(ofAccountWithHash: keys.all[0])
      #expect(try pages.read(key, of: trie) { Array($0) } == before.1[key])
    }
  }

  @Test func aStateThatDoesNotFitIsNotPreloaded() throws {
    var random = SeededGenerator(seed: 4200)
    let keys = Keys(20_000, &random)
    let leaves = try Leaves()
    _ = try leaves.change(
      accounts: Dictionary(uniqueKeysWithValues: keys.all.map { ($0, random.value(upTo: 106)) }))
    let pages = LeafPages(leaves.database, byteCount: 512 << 10)
    let empty = pages.byteCount
    try pages.preload()
    #expect(pages.byteCount == empty)
  }

  @Test func storagesOfOneSlotFindRoom() throws {
    var random = SeededGenerator(seed: 4500)
    let keys = Keys(3000, &random)
    let leaves = try Leaves()
    _ = try leaves.change(
      slots: Dictionary(uniqueKeysWithValues: keys.all.map { ($0, [$0: [3, 4]]) }))
    let pages = LeafPages(leaves.database, byteCount: 1 << 20)
    try pages.preload()
    _ = try leaves.change(wiping: keys.all)
    let known = try keys.all.count {
      try pages.read($0, of: .storage(ofAccountWithHash: $0)) { $0.count } == 2
    }
    // A line of the index may be full.
    #expect(known > 2900)
  }

  /// Keys can be ground. The other pages must not go for it.
  @Test(arguments: [false, true])
  func keysThatBeginAlikeCostTheOthersNothing(isPreloaded: Bool) throws {
    var random = SeededGenerator(seed: 4600)
    let keys = Keys(20_000, &random)
    let ground = (0..<300).map { Hash256(UInt256(l0: $0, l1: 0, l2: 0, l3: 5)) }
    let leaves = try Leaves()
    _ = try leaves.change(
      accounts: Dictionary(uniqueKeysWithValues: (keys.all + ground).map { ($0, [1, 2, 3]) }))
    let pages = LeafPages(leaves.database, byteCount: 64 << 20)
    if isPreloaded { try pages.preload() }
    for key in ground + keys.all + ground {
      #expect(try pages.read(key, of: .accounts) { $0.count } == 3)
    }
    // 16³ pages of five leaves each would be enough; one more half byte may be.
    #expect(pages.depths[.accounts] <= 4)
    _ = try leaves.change(
      accounts: Dictionary(uniqueKeysWithValues: keys.all.map { ($0, [UInt8]?.none) }))
    // Those that begin like the ground ones are read with them.
    for key in keys.all where key.word.l3 >> 52 != 0 {
      #expect(try pages.read(key, of: .accounts) { $0.count } == 3)
    }
    for key in ground { #expect(try pages.read(key, of: .accounts) { $0.count } == 3) }
  }

  /// A trie asks for what is below a path that has just become too coarse for a page.
  @Test func severalPagesAnswerTogether() throws {
    var random = SeededGenerator(seed: 4700)
    let keys = Keys(1200, &random)
    let leaves = try Leaves()
    _ = try leaves.change(
      accounts: Dictionary(uniqueKeysWithValues: keys.all.map { ($0, [1, 2, 3]) }))
    let pages = LeafPages(leaves.database, byteCount: 64 << 20)
    try pages.preload()
    #expect(pages.depths[.accounts] == 2)
    let before = leaves.accounts
    _ = try leaves.change(
      accounts: Dictionary(uniqueKeysWithValues: keys.all.map { ($0, [UInt8]?.none) }))
    for choice in UInt64(0)..<16 {
      let path = NibblePath(Hash256(UInt256(l0: 0, l1: 0, l2: 0, l3: choice << 60)), count: 1)
      var count = 0
      try pages.forEachLeaf(of: .accounts, under: path) { _, _ in
        count += 1
        return true
      }
      #expect(count == before.keys.count { path.isPrefix(of: $0) })
    }
  }

  @Test func withoutRoomNothingIsPreloaded() throws {
    var random = SeededGenerator(seed: 4800)
    let keys = Keys(50, &random)
    let leaves = try Leaves()
    _ = try leaves.change(
      accounts: Dictionary(uniqueKeysWithValues: keys.all.map { ($0, [1, 2, 3]) }))
    for byteCount in [-1, 0, 200 << 10, 1 << 50] {
      let pages = LeafPages(leaves.database, byteCount: byteCount)
      try pages.preload()
      for key in keys.all { #expect(try pages.read(key, of: .accounts) { $0.count } == 3) }
    }
  }

  /// What the store has in memory is a part of its state, so that leaves come from pages again and again.
  @Test(arguments: 0..<4)
  func aStoreWithLittleMemoryAgreesWithTheModel(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(4900 + seed))
    let folder = TemporaryFolder()
    var model = ChainModel(
      &random, size: ChainModel.Size(accounts: 2000, slots: 200, changes: 300))
    let options = Store.Options(
      cacheSize: (1 + seed % 2) << 20, flushChangeCount: 1500, flushByteCount: 1 << 20,
      segmentSize: 64 << 10)
    var store = try Store.create(
      at: folder.path, genesis: model.genesis, allocations: model.allocations, options: options)
    for round in 0..<8 {
      for _ in 0..<6 { try store.add(model.extend(&random)) }
      if round % 3 == 1 {
        for _ in 0..<random.below(5) { model.retreat() }
        try store.retreat(to: model.head.number)
      }
      if round == 5 {
        try store.close()
        _ = consume store
        store = try Store.open(at: folder.path, options: options)
        try store.add(model.extend(&random))
      }
      try model.expectSameState(store.state)
      #expect(store.tries.root == model.head.stateRoot)
    }
    // All accounts and slots were looked at, and there is no room for them.
    #expect(store.state.entryCount < 100_000)
    #expect(store.pages.byteCount > 0)
  }

  /// Readers and a preload run while the database changes: nobody keeps a page from before.
  @Test(.timeLimit(.minutes(1)))
  func nothingOldIsKeptWhenTheDatabaseChangesMeanwhile() throws {
    var random = SeededGenerator(seed: 4300)
    let keys = Keys(2000, &random)
    let leaves = try Leaves()
    let pages = LeafPages(leaves.database, byteCount: 64 << 20)
    pages.follow(
      try leaves.change(
        accounts: Dictionary(uniqueKeysWithValues: keys.all.map { ($0, random.value(upTo: 40)) })))
    for round in 0..<10 {
      let fresh = LeafPages(leaves.database, byteCount: 64 << 20)
      let all = keys.all
      let threads = (0..<3).map { number in
        BackgroundThread {
          if number == 0 { return _ = try? fresh.preload() }
          var random = SeededGenerator(seed: UInt64(round * 10 + number))
          for _ in 0..<3000 {
            _ = try? fresh.read(all[random.below(all.count)], of: .accounts) { $0.count }
          }
        }
      }
      for _ in 0..<5 { fresh.follow(try leaves.change(&random, keys: keys)) }
      for thread in threads { thread.join() }
      try leaves.expectEqual(fresh, &random, keys: keys)
      for key in all {
        #expect(try fresh.read(key, of: .accounts) { Array($0) } == leaves.accounts[key])
      }
    }
  }

  /// No hash does this; a damaged database may.
  @Test func keysThatBeginAlikeAreReadAllTheSame() throws {
    let leaves = try Leaves()
    let keys = (1...200).map { Hash256(UInt256($0)) }
    _ = try leaves.change(
      accounts: Dictionary(uniqueKeysWithValues: keys.map { ($0, [7, 7]) }),
      slots: [keys[0]: Dictionary(uniqueKeysWithValues: keys.map { ($0, [9]) })])
    let pages = LeafPages(leaves.database, byteCount: 16 << 20)
    try pages.preload()
    for trie in leaves.tries {
      #expect(try pages.read(keys[150], of: trie) { $0.count } == (trie.isStorage ? 1 : 2))
      var count = 0
      try pages.forEachLeaf(of: trie, under: .empty) { _, _ in
        count += 1
        return count < 190
      }
      #expect(count == 190)
    }
  }

  @Test func aValueThatIsTooLongIsDamage() throws {
    let leaves = try Leaves()
    let key = Hash256(UInt256(5))
    _ = try leaves.change(accounts: [key: [UInt8](repeating: 1, count: 300)])
    let pages = LeafPages(leaves.database, byteCount: 16 << 20)
    #expect(throws: StoreError.self) { try pages.read(key, of: .accounts) { $0.count } }
    #expect(throws: StoreError.self) { try pages.preload() }
  }
}

extension ChangeList {
  fileprivate mutating func add(_ key: [UInt8], _ value: [UInt8]?) {
    key.withUnsafeBytes { key in
      guard let key = key.baseAddress else { return }
      guard let value else { return append(key, nil) }
      value.withUnsafeBytes { append(key, $0) }
    }
  }
}

extension SeededGenerator {
  fileprivate mutating func hash() -> Hash256 {
    Hash256(UInt256(l0: next(), l1: next(), l2: next(), l3: next()))
  }

  fileprivate mutating func value(upTo limit: Int) -> [UInt8] {
    (0...below(limit)).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}
