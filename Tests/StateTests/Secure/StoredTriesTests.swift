// Tries that come from a store, and go back to it.

import Ledger
import Primitives
import Samples
import Testing

@testable import State

@Suite struct StoredTriesTests {
  /// What the store must have for a model: all leaves, and the records that tries in memory would give.
  private func content(of model: KeyedModel) throws -> DictionarySource.Content {
    let source = DictionarySource()
    let tries = StateTries(workerCount: 1, memoryLimit: .max, source: source)
    let all = model.accounts.map {
      KeyedChange(key: $0.key, account: $0.value, slots: model.storage[$0.key] ?? [:])
    }
    _ = try tries.apply(KeyedChanges.of(all), run: StateTries.alone)
    #expect(source.store(tries.takeChanges()))
    return source.stored
  }

  private func expectSame(_ a: DictionarySource.Content, _ b: DictionarySource.Content) {
    #expect(a.accounts == b.accounts)
    #expect(a.slots.filter { !$0.value.isEmpty } == b.slots.filter { !$0.value.isEmpty })
    #expect(a.accountBranches == b.accountBranches)
    #expect(
      a.storageBranches.filter { !$0.value.isEmpty }
        == b.storageBranches.filter { !$0.value.isEmpty })
  }

  @Test(arguments: SecureKeys.allCases, [0, 20_000, 1 << 30])
  func nothingDependsOnWhatIsInMemory(_ keys: SecureKeys, _ limit: Int) throws {
    for seed in 0..<4 as Range<UInt64> {
      let source = DictionarySource()
      var tries = StateTries(workerCount: 3, memoryLimit: limit, source: source)
      var blocks = KeyedBlocks(seed: seed, keys: keys)
      for number in 0..<60 {
        let size = number % 10 == 9 ? 150 : 6
        let block = blocks.next(accounts: size, slots: number % 7 == 6 ? 300 : 6)
        let root = try tries.apply(KeyedChanges.of(block), run: StateTriesTests.scattered(3))
        try #require(root == blocks.model.root, "seed \(seed), block \(number)")
        if blocks.random.oneIn(3) {
          let changes = tries.takeChanges(run: StateTriesTests.scattered(3))
          // A block may come while changes are on their way.
          if blocks.random.flip() {
            let block = blocks.next(accounts: 6, slots: 6)
            let root = try tries.apply(KeyedChanges.of(block), run: StateTriesTests.scattered(3))
            try #require(root == blocks.model.root, "seed \(seed), after block \(number)")
          }
          #expect(source.store(changes))
          tries.changesAreStored()
        }
        if blocks.random.oneIn(10) {
          let root = tries.root
          #expect(source.store(tries.takeChanges()))
          tries.changesAreStored()
          expectSame(source.stored, try content(of: blocks.model))
          tries = StateTries(workerCount: 3, memoryLimit: limit, source: source, root: root)
        }
        if let key = blocks.model.accounts.keys.min() {
          #expect(
            try tries.storageRoot(ofAccountWithHash: key) == blocks.model.storageRoot(key))
        }
      }
    }
  }

  @Test func memoryFitsTheLimit() throws {
    let source = DictionarySource()
    let limit = 400_000
    let tries = StateTries(workerCount: 2, memoryLimit: limit, source: source)
    var blocks = KeyedBlocks(seed: 3, keys: .random)
    for number in 0..<30 {
      let block = blocks.next(accounts: 800, slots: 12)
      let root = try tries.apply(KeyedChanges.of(block), run: StateTriesTests.scattered(2))
      #expect(root == blocks.model.root)
      #expect(source.store(tries.takeChanges()))
      tries.changesAreStored()
      let small = [KeyedChange(key: .zero, account: Account(nonce: UInt64(number)))]
      blocks.model.apply(small)
      _ = try tries.apply(KeyedChanges.of(small), run: StateTries.alone)
      #expect(tries.memoryInUse <= limit + limit / 20)
    }
    // The whole would not fit.
    let whole = StateTries(workerCount: 1, memoryLimit: .max)
    let all = blocks.model.accounts.map {
      KeyedChange(key: $0.key, account: $0.value, slots: blocks.model.storage[$0.key] ?? [:])
    }
    #expect(try whole.apply(KeyedChanges.of(all), run: StateTries.alone) == tries.root)
    #expect(whole.memoryInUse > 2 * limit)
  }

  @Test func everyFlippedBitIsFound() throws {
    var blocks = KeyedBlocks(seed: 4, keys: .crowded)
    for _ in 0..<6 { _ = blocks.next(accounts: 200, slots: 200) }
    let sound = try content(of: blocks.model)
    let root = blocks.model.root
    #expect(sound.accountBranches.count > 3 && !sound.storageBranches.isEmpty)
    /// Reads all leaves out of a damaged store.
    func read(_ content: DictionarySource.Content) throws {
      let source = DictionarySource()
      source.stored = content
      let tries = StateTries(workerCount: 1, memoryLimit: .max, source: source, root: root)
      // Every slot is set to zero, so that everything is loaded.
      let changes = blocks.model.accounts.map { key, account in
        KeyedChange(
          key: key, account: account,
          slots: (blocks.model.storage[key] ?? [:]).mapValues { _ in .zero })
      }
      _ = try tries.apply(KeyedChanges.of(changes), run: StateTries.alone)
    }
    try read(sound)
    var random = blocks.random
    func flip(_ bytes: inout [UInt8]) {
      bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
    }
    for round in 0..<400 {
      var content = sound
      switch round % 4 {
      case 0: flip(&content.accounts[random.pick(content.accounts.keys.sorted())]!)
      case 1: flip(&content.accountBranches[random.pick(content.accountBranches.keys.sorted())]!)
      case 2:
        let account = random.pick(content.slots.keys.sorted())
        let slots = content.slots[account]!.keys.sorted()
        if slots.isEmpty { continue }
        flip(&content.slots[account]![random.pick(slots)]!)
      default:
        let account = random.pick(content.storageBranches.keys.sorted())
        let paths = content.storageBranches[account]!.keys.sorted()
        if paths.isEmpty { continue }
        flip(&content.storageBranches[account]![random.pick(paths)]!)
      }
      #expect(throws: StateReadError.self) { try read(content) }
    }
    // Something is missing.
    for path in sound.accountBranches.keys {
      var content = sound
      content.accountBranches[path] = nil
      #expect(throws: StateReadError.self) { try read(content) }
    }
    for key in sound.accounts.keys.sorted().prefix(50) {
      var content = sound
      content.accounts[key] = nil
      #expect(throws: StateReadError.self) { try read(content) }
    }
  }

  @Test func theRootOfAllLeavesInOrderIsThatOfTheTries() throws {
    var blocks = KeyedBlocks(seed: 6, keys: .crowded)
    for _ in 0..<4 { _ = blocks.next(accounts: 100, slots: 100) }
    let stored = try content(of: blocks.model)
    for damaged in [nil, stored.slots.keys.min()] {
      var builder = StateRootBuilder()
      var isRight = true
      for (key, bytes) in stored.accounts.sorted(by: { $0.key < $1.key }) {
        for (slot, value) in (stored.slots[key] ?? [:]).sorted(by: { $0.key < $1.key }) {
          let word = try #require(UInt256(bigEndian: value))
          builder.append(slot: slot, word: key == damaged ? word ^ .one | .one : word)
        }
        let record = try #require(bytes.withUnsafeBytes { AccountRecord($0) })
        if !builder.append(account: key, record) { isRight = false }
      }
      #expect((builder.finish() == blocks.model.root) == (damaged == nil))
      #expect(isRight == (damaged == nil))
    }
  }

  @Test func errorsStay() throws {
    let tries = StateTries(
      workerCount: 2, memoryLimit: 0, source: DictionarySource(), root: Hash256(.one))
    let block = [KeyedChange(key: .zero, account: Account())]
    for _ in 0..<2 {
      #expect(throws: StateReadError.self) {
        try tries.apply(KeyedChanges.of(block), run: StateTries.alone)
      }
    }
    #expect(throws: StateReadError.self) { try tries.storageRoot(ofAccountWithHash: .zero) }
    #expect(tries.takeChanges().count == 0)
  }

  @Test func recordsOfAccountsAreReadAsTheyWereWritten() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<2000 {
      let record = AccountRecord(
        account: Account(
          nonce: random.number(), balance: random.word(),
          codeHash: random.flip() ? random.hash() : Code.emptyHash),
        storageRoot: random.flip() ? random.hash() : Header.emptyTrieRoot)
      let bytes = record.bytes
      #expect(bytes.withUnsafeBytes { AccountRecord($0) } == record)
      #expect(bytes.dropLast().withUnsafeBytes { AccountRecord($0) } == nil)
      #expect((bytes + [0]).withUnsafeBytes { AccountRecord($0) } == nil)
      var mutated = bytes
      mutated[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
      if let read = mutated.withUnsafeBytes({ AccountRecord($0) }) {
        #expect(read.bytes == mutated)
      }
    }
  }
}
