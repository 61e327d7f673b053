// The state in memory, and its roots, against dictionaries.

import Crypto
import Ledger
import Oracles
import Primitives
import Samples
import Testing

@testable import State

/// A state as a dictionary of dictionaries.
private struct Model {
  var accounts: [Address: Account] = [:]
  var storage: [Address: [UInt256: UInt256]] = [:]

  mutating func apply(_ diff: StateDiff) {
    for change in diff.accounts {
      accounts[change.address] = change.account
      if change.wipesStorage { storage[change.address] = nil }
      for slot in change.storage {
        storage[change.address, default: [:]][slot.slot] = slot.value.isZero ? nil : slot.value
      }
    }
  }

  func root() -> Hash256 {
    var pairs: [[UInt8]: [UInt8]] = [:]
    for (address, account) in accounts {
      pairs[Keccak256.hash(address.bytes).bytes] = leaf(account, storage[address] ?? [:])
    }
    return NaiveTrie.root(pairs)
  }

  private func leaf(_ account: Account, _ slots: [UInt256: UInt256]) -> [UInt8] {
    var pairs: [[UInt8]: [UInt8]] = [:]
    for (slot, word) in slots {
      var encoder = RLPEncoder()
      encoder.encode(word)
      pairs[Keccak256.hash(slot.bigEndianBytes).bytes] = encoder.bytes
    }
    var encoder = RLPEncoder()
    encoder.list { list in
      list.encode(account.nonce)
      list.encode(account.balance)
      list.encode(NaiveTrie.root(pairs))
      list.encode(account.codeHash)
    }
    return encoder.bytes
  }
}

@Suite struct MemoryStateTests {
  /// Random changes of at most twelve accounts and many slots of each.
  private func randomDiff(_ random: inout SeededGenerator) -> StateDiff {
    let addresses = Set((0..<4).map { _ in Address(UInt64.random(in: 0..<12, using: &random)) })
    return StateDiff(
      accounts: addresses.map { address in
        let fate = Int.random(in: 0..<10, using: &random)
        if fate == 0 { return AccountChange(address: address, account: nil) }
        let slots = Set((0..<30).map { _ in UInt256(UInt64.random(in: 0..<90, using: &random)) })
        let clears = Bool.random(using: &random)
        return AccountChange(
          address: address,
          account: Account(nonce: random.next() & 0xff, balance: random.uniformWord()),
          wipesStorage: fate == 1,
          storage: slots.map {
            SlotChange(slot: $0, value: clears ? .zero : UInt256(random.next() & 0x1ff))
          })
      })
  }

  @Test func diffsAndRootsFollowTheModel() {
    var random = SeededGenerator(seed: 42)
    let state = MemoryState()
    var model = Model()
    var tries = StateTrie(state)
    for _ in 0..<150 {
      let diff = randomDiff(&random)
      state.apply(diff)
      model.apply(diff)
      tries.apply(diff)
      expectSame(state, model)
      let root = model.root()
      #expect(state.root() == root)
      #expect(tries.root() == root)
    }
    var fresh = StateTrie(state)
    #expect(fresh.root() == state.root())
  }

  private func expectSame(_ state: MemoryState, _ model: Model) {
    #expect(state.accountCount == model.accounts.count)
    for address in (0..<13).map({ Address($0) }) {
      #expect(state.account(address) == model.accounts[address])
      let slots = model.storage[address] ?? [:]
      #expect(state.hasStorage(address) == !slots.isEmpty)
      for slot in (UInt64(0)..<90).map({ UInt256($0) }) {
        #expect(state.storage(address, slot) == slots[slot] ?? .zero)
      }
      var seen: [UInt256: UInt256] = [:]
      state.forEachSlot(of: address) { seen[$0] = $1 }
      #expect(seen == slots)
    }
  }

  @Test func allocationsAreReadBack() throws {
    let code: [UInt8] = [0x60, 0x01, 0x5b]
    let state = MemoryState([
      AccountAllocation(address: Address(1), nonce: 3, balance: UInt256(9), code: code),
      AccountAllocation(address: Address(2), storage: [UInt256(5): UInt256(6), UInt256(7): .zero]),
    ])
    let account = try #require(state.account(Address(1)))
    #expect(account.nonce == 3)
    #expect(account.balance == UInt256(9))
    #expect(try state.code(account.codeHash).bytes == code)
    #expect(try state.code(account.codeHash) === state.code(account.codeHash))
    #expect(!state.hasStorage(Address(1)))
    #expect(state.account(Address(2))?.isEmpty == true)
    #expect(state.storage(Address(2), UInt256(5)) == UInt256(6))
    #expect(state.storage(Address(1), UInt256(5)) == .zero)
    #expect(state.account(Address(3)) == nil)
    #expect(try state.code(Code.emptyHash).bytes == [])
  }

  @Test func insertingAnAccountAgainReplacesAllOfIt() {
    let state = MemoryState([
      AccountAllocation(address: Address(1), nonce: 1, storage: [UInt256(1): UInt256(1)]),
      AccountAllocation(address: Address(1), nonce: 2, storage: [UInt256(2): UInt256(2)]),
    ])
    #expect(state.account(Address(1))?.nonce == 2)
    #expect(state.storage(Address(1), UInt256(1)) == .zero)
    #expect(state.storage(Address(1), UInt256(2)) == UInt256(2))
  }

  @Test func unknownCodeAndBlocksAreNotInvented() {
    let state = MemoryState()
    let hash = Hash256(UInt256(1))
    #expect(throws: StateReadError.missingCode(hash)) { try state.code(hash) }
    #expect(state.blockHash(7) == nil)
    state.setBlockHash(7, hash)
    #expect(state.blockHash(7) == hash)
  }

  @Test func diffsBringCode() throws {
    let state = MemoryState()
    let code = Code([1, 2], hash: Keccak256.hash([1, 2]))
    state.apply(StateDiff(codes: [code]))
    #expect(try state.code(code.hash) === code)
  }

  @Test func clearedSlotsGiveTheirMemoryBack() {
    let state = MemoryState([AccountAllocation(address: Address(1))])
    for round in 0..<20 {
      let slots = (0..<1000).map { UInt256(UInt64(round * 1000 + $0)) }
      for value in [UInt256(1), .zero] {
        state.apply(
          StateDiff(accounts: [
            AccountChange(
              address: Address(1), account: Account(),
              storage: slots.map { SlotChange(slot: $0, value: value) })
          ]))
      }
    }
    #expect(!state.hasStorage(Address(1)))
    #expect(state.words.count < 100)
  }
}

@Suite struct StateDiffTests {
  @Test func orderOfMakingDoesNotMatter() {
    let code = Code([1], hash: Keccak256.hash([1]))
    let other = Code([2], hash: Keccak256.hash([2]))
    let slots = [3, 1, 2].map { SlotChange(slot: UInt256($0), value: UInt256(9)) }
    let changes = [5, 4].map {
      AccountChange(address: Address($0), account: Account(nonce: $0), storage: slots)
    }
    let mirrored = [4, 5].map {
      AccountChange(
        address: Address($0), account: Account(nonce: $0), storage: slots.reversed())
    }
    let diff = StateDiff(accounts: changes, codes: [code, other])
    #expect(diff == StateDiff(accounts: mirrored, codes: [other, code, other]))
    #expect(diff.accounts.map(\.address) == [Address(4), Address(5)])
    #expect(diff.accounts[0].storage.map(\.slot) == [1, 2, 3].map { UInt256($0) })
  }

  @Test func everyPartCounts() {
    let slot = SlotChange(slot: UInt256(1), value: UInt256(2))
    let account = Account(nonce: 1)
    let diff = StateDiff(accounts: [
      AccountChange(address: Address(1), account: account, storage: [slot])
    ])
    let others = [
      AccountChange(address: Address(2), account: account, storage: [slot]),
      AccountChange(address: Address(1), account: Account(nonce: 2), storage: [slot]),
      AccountChange(address: Address(1), account: account, wipesStorage: true, storage: [slot]),
      AccountChange(address: Address(1), account: account),
      AccountChange(address: Address(1), account: nil),
    ]
    for other in others { #expect(diff != StateDiff(accounts: [other])) }
    #expect(diff != StateDiff(accounts: diff.accounts, codes: [.empty]))
    #expect(StateDiff().isEmpty)
  }
}
