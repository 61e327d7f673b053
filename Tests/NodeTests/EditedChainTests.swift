// Blocks with edits and stated senders, ways back and restarts, against a model.

import Chain
import Foundation
import Ledger
import Node
import Primitives
import Samples
import State
import Storage
import Testing

/// What a development chain asks of the pipeline and the store that no other chain does.
@Suite struct EditedChainTests {
  private struct Person: Equatable {
    var nonce: UInt64 = 1
    var balance: UInt256
    var slots: [UInt64: UInt256] = [:]
  }

  /// What the people of a block have; those that are not there have nothing.
  private typealias People = [Address: Person]

  /// A store with a chain, and what is to be in each of its blocks.
  private final class Walk {
    let folder = NSTemporaryDirectory() + "needletail-edits-\(UUID().uuidString)"
    let addresses = (0..<5).map { Address(0xed17_0000 + UInt64($0)) }
    var random: SeededGenerator
    var blocks: [People] = [[:]]
    var timestamp: UInt64 = 1000
    let options: Store.Options
    private var opened: (store: Store, pipeline: Pipeline)?

    private static let rules = ChainRules(chainID: 31_337, always: .latest)

    init(seed: UInt64, changesPerFlush: Int) throws {
      random = SeededGenerator(seed: seed)
      options = Store.Options(
        cacheSize: 32 << 20, isSynced: false, history: .archive, flushChangeCount: changesPerFlush)
      let genesis = try DevelopmentGenesis(timestamp: timestamp).genesis([])
      let store = try Store.create(
        at: folder, genesis: genesis.header, allocations: genesis.allocations, options: options)
      opened = (
        store, try Pipeline(store: store, rules: Self.rules, options: .init(threads: 2))
      )
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var store: Store {
      get throws { try #require(opened).store }
    }
    private var pipeline: Pipeline {
      get throws { try #require(opened).pipeline }
    }

    /// Ends all; nothing holds the store any more.
    func close() throws {
      try pipeline.end()
      try store.close()
      opened = nil
    }

    func reopen() throws {
      try close()
      let store = try whenFree { try Store.open(at: folder, options: options) }
      opened = (
        store, try Pipeline(store: store, rules: Self.rules, options: .init(threads: 2))
      )
    }

    /// Changes from outside: accounts that come, change or go.
    private func edit(_ people: inout People) -> StateDiff {
      let chosen = Set((0..<random.below(4)).map { _ in random.pick(addresses) })
      var changes: [AccountChange] = []
      for address in chosen.sorted(by: { $0 < $1 }) {
        if random.oneIn(5) {
          guard people.removeValue(forKey: address) != nil else { continue }
          changes.append(AccountChange(address: address, account: nil, wipesStorage: true))
          continue
        }
        var person = people[address] ?? Person(balance: .zero)
        if random.flip() { person.balance = UInt256(UInt64(random.below(1_000_000))) }
        if random.flip() { person.nonce = UInt64(random.within(1...50)) }
        var slots: [SlotChange] = []
        for slot in Set((0..<random.below(3)).map { _ in UInt64(random.below(4)) }) {
          let word = UInt256(UInt64(random.below(3)))
          if person.slots[slot] ?? .zero == word { continue }
          person.slots[slot] = word.isZero ? nil : word
          slots.append(SlotChange(slot: UInt256(slot), value: word))
        }
        people[address] = person
        changes.append(
          AccountChange(
            address: address, account: Account(nonce: person.nonce, balance: person.balance),
            storage: slots))
      }
      return StateDiff(accounts: changes)
    }

    /// Transfers whose senders are stated, and which cost nothing.
    private func transfers(_ people: inout People) -> [(Transaction, Address)] {
      var transfers: [(Transaction, Address)] = []
      for _ in 0..<random.below(4) {
        let (from, to) = (random.pick(addresses), random.pick(addresses))
        guard var sender = people[from] else { continue }
        let value = UInt256(UInt64(random.below(1000)) &+ 1)
        if sender.balance < value { continue }
        transfers.append(
          (
            Transaction(
              kind: .dynamicFee, chainID: 31_337, nonce: sender.nonce, maxFeePerGas: .zero,
              gasLimit: 21_000, to: to, value: value
            ).stating(sender: from), from
          ))
        sender.nonce += 1
        sender.balance = sender.balance &- value
        people[from] = sender
        people[to, default: Person(nonce: 0, balance: .zero)].balance =
          (people[to]?.balance ?? .zero) &+ value
      }
      return transfers
    }

    func makeBlock() throws {
      var people = blocks[blocks.count - 1]
      timestamp += 1
      let edits = edit(&people)
      let made = transfers(&people)
      var draft = BlockDraft(
        timestamp: timestamp, gasLimit: 30_000_000,
        transactions: EncodedTransactions(made.map { $0.0 }))
      // Sometimes the senders are found again in what is written.
      if random.flip() {
        draft.signed = SignedTransactions(made.map { $0.0 }, by: made.map { $0.1 })
      }
      (draft.edits, draft.baseFee, draft.allowsStatedSenders) = (edits, .zero, true)
      try pipeline.append(.draft(draft))
      try pipeline.drain()
      blocks.append(people)
      let number = UInt64(blocks.count - 1)
      #expect(try store.body(number)?.transactions.count == made.count)
    }

    func goBack() throws {
      let number = random.below(blocks.count)
      try pipeline.goBack(to: UInt64(number))
      blocks.removeLast(blocks.count - 1 - number)
    }

    func check() throws {
      #expect(try store.head.number == UInt64(blocks.count - 1))
      try check(store.state, blocks.count - 1)
      let past = random.below(blocks.count)
      try check(try #require(try store.view(at: UInt64(past))), past)
    }

    private func check(_ state: any StateView, _ number: Int) throws {
      for address in addresses {
        let (person, account) = (blocks[number][address], try state.account(address))
        #expect(account?.nonce == person?.nonce && account?.balance == person?.balance)
        for slot in 0..<4 as Range<UInt64> {
          #expect(
            try state.storage(address, UInt256(slot)) == person?.slots[slot] ?? .zero,
            "block \(number), slot \(slot)")
        }
      }
    }
  }

  /// Once the database follows after each block, once hardly ever.
  @Test(arguments: [1, 2, 3, 4] as [UInt64], [1, 12, 4_000_000])
  func theStateIsThatOfTheModelWhateverIsEditedUndoneAndReopened(
    _ seed: UInt64, _ changesPerFlush: Int
  ) throws {
    let walk = try Walk(seed: seed, changesPerFlush: changesPerFlush)
    for _ in 0..<60 {
      switch walk.random.below(10) {
      case 0: try walk.reopen()
      case 1, 2: try walk.goBack()
      default: try walk.makeBlock()
      }
      try walk.check()
    }
    _ = try walk.store.verify()
    try walk.close()
  }
}
