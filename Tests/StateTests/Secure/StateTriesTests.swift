// The kept tries of a state against their definition.

import Crypto
import Ledger
import Oracles
import Primitives
import Samples
import Testing

@testable import State

@Suite struct StateTriesTests {
  /// Jobs in another order, each with another worker.
  static func scattered(_ workers: Int) -> ConcurrentRun {
    { jobs, body in for job in (0..<jobs).reversed() { body(job, job % workers) } }
  }

  @Test func nodesLeaveRoomForOthersInATightAddressSpace() {
    #expect(NodePool(bytes: 1 << 30, leaving: 0).byteCount == 1 << 30)
    #expect(NodePool(bytes: 1 << 30, leaving: 1 << 60).byteCount == NodePool.leastSize)
    #expect(NodePool(bytes: 1, leaving: 0).byteCount == NodePool.leastSize)
  }

  @Test(arguments: SecureKeys.allCases, [1, 3, 16])
  func rootsAreThoseOfTheDefinition(_ keys: SecureKeys, _ workers: Int) throws {
    for seed in 0..<8 as Range<UInt64> {
      let tries = StateTries(workerCount: workers, memoryLimit: .max)
      var blocks = KeyedBlocks(seed: seed, keys: keys)
      for number in 0..<60 {
        let size = number % 10 == 9 ? 40 : 5
        let block = blocks.next(accounts: size, slots: number % 7 == 6 ? 60 : 6)
        let root = try tries.apply(KeyedChanges.of(block), run: Self.scattered(workers))
        try #require(root == blocks.model.root, "seed \(seed), block \(number)")
      }
    }
  }

  @Test(arguments: SecureKeys.allCases)
  func manyChangesAreSharedOut(_ keys: SecureKeys) throws {
    let tries = StateTries(workerCount: 4, memoryLimit: .max)
    var blocks = KeyedBlocks(seed: 5, keys: keys)
    for number in 0..<12 {
      let block = blocks.next(accounts: number % 3 == 2 ? 3 : 3000, slots: 4)
      _ = try tries.apply(KeyedChanges.of(block), run: Self.scattered(4))
      // One account with many slots, some of which go again.
      var large = KeyedChange(key: .zero, account: Account(nonce: UInt64(number)))
      for _ in 0..<2000 { large.slots[keys.key(&blocks.random)] = blocks.random.word() }
      for slot in (blocks.model.storage[.zero] ?? [:]).keys where blocks.random.oneIn(2) {
        large.slots[slot] = .zero
      }
      if number == 7 {
        for slot in (blocks.model.storage[.zero] ?? [:]).keys { large.slots[slot] = .zero }
      }
      if number == 9 { large.wipes = true }
      blocks.model.apply([large])
      let root = try tries.apply(KeyedChanges.of([large]), run: Self.scattered(4))
      try #require(root == blocks.model.root, "block \(number)")
    }
  }

  @Test func diffsGiveTheRootsOfStateTrie() throws {
    var random = SeededGenerator(seed: 6)
    let tries = StateTries(workerCount: 2, memoryLimit: .max)
    var reference = StateTrie()
    let addresses = (0..<300).map { _ in random.address() }
    for _ in 0..<40 {
      var changes: [Address: AccountChange] = [:]
      for _ in 0..<random.below(80) {
        let address = random.pick(addresses)
        let slots = Dictionary(
          random.array(upTo: 20) { (UInt256(UInt64($0.below(50))), $0.word()) },
          uniquingKeysWith: { $1 })
        let isGone = random.oneIn(6)
        changes[address] = AccountChange(
          address: address,
          account: isGone ? nil : Account(nonce: random.number(), balance: random.word()),
          wipesStorage: random.oneIn(9),
          storage: isGone ? [] : slots.map { SlotChange(slot: $0.key, value: $0.value) })
      }
      let diff = StateDiff(accounts: Array(changes.values))
      reference.apply(diff)
      #expect(try tries.apply(diff, run: StateTries.alone) == reference.root())
      for address in addresses {
        let root = try tries.storageRoot(ofAccountWithHash: Keccak256.hash(address))
        var storage = reference.storage[address]
        #expect(root == storage?.root() ?? Header.emptyTrieRoot)
      }
    }
  }

  @Test func encodingsShorterThanHashesStandInTheirParents() throws {
    var random = SeededGenerator(seed: 7)
    let tries = StateTries(workerCount: 1, memoryLimit: .max)
    // Small words under keys that part late, so that leaves, branches and extensions are short.
    var pairs: [[UInt8]: [UInt8]] = [:]
    var change = KeyedChange(key: .zero, account: Account(nonce: 1))
    for _ in 0..<200 {
      var key = UInt256.max
      for _ in 0..<3 { key = key ^ (UInt256(UInt64(random.below(16))) &<< (4 * random.below(5))) }
      let word = UInt256(UInt64(random.below(100)))
      change.slots = [Hash256(key): word]
      pairs[key.bigEndianBytes] = word.isZero ? [] : [UInt8(word.l0)]
      _ = try tries.apply(KeyedChanges.of([change]), run: StateTries.alone)
      #expect(
        try tries.storageRoot(ofAccountWithHash: .zero) == NaiveTrie.root(pairs))
    }
  }

  @Test func keysThatPartAtEachHalfByteAreTakenInAndOut() throws {
    let tries = StateTries(workerCount: 1, memoryLimit: .max)
    var model = KeyedModel()
    let keys = [Hash256.zero] + (0..<64).map { Hash256(UInt256.one &<< (4 * $0)) }
    for key in keys + keys.reversed() {
      let isThere = model.accounts[key] != nil
      let block = [KeyedChange(key: key, account: isThere ? nil : Account(nonce: 5))]
      model.apply(block)
      #expect(try tries.apply(KeyedChanges.of(block), run: StateTries.alone) == model.root)
    }
    #expect(tries.root == Header.emptyTrieRoot)
    #expect(tries.memoryInUse == 0)
  }

  @Test func changesThatChangeNothingKeepTheRoot() throws {
    let tries = StateTries(workerCount: 1, memoryLimit: .max)
    var blocks = KeyedBlocks(seed: 9, keys: .random)
    let block = blocks.next(accounts: 500, slots: 5)
    let root = try tries.apply(KeyedChanges.of(block), run: StateTries.alone)
    let again = blocks.model.accounts.map { KeyedChange(key: $0.key, account: $0.value) }
    #expect(try tries.apply(KeyedChanges.of(again), run: StateTries.alone) == root)
    let absent = [KeyedChange(key: .zero, account: nil)]
    #expect(try tries.apply(KeyedChanges.of(absent), run: StateTries.alone) == root)
    #expect(try tries.apply(KeyedChanges.of([]), run: StateTries.alone) == root)
  }
}
