// A state with edits, against one in which they were made.

import Crypto
import Ledger
import Primitives
import Samples
import Testing

@testable import State

@Suite struct EditedStateTests {
  private func randomDiff(
    _ random: inout SeededGenerator, on state: MemoryState, wipes: Bool
  ) -> StateDiff {
    let addresses = Set((0..<5).map { _ in Address(UInt64(random.below(9))) })
    return StateDiff(
      accounts: addresses.compactMap { address in
        let before = state.account(address)
        if random.oneIn(5) {
          return before == nil ? nil : AccountChange(address: address, account: nil)
        }
        let slots = Set((0..<3).map { _ in random.below(5) }).map {
          SlotChange(slot: UInt256(UInt64($0)), value: UInt256(UInt64(random.below(3))))
        }
        return AccountChange(
          address: address,
          account: Account(nonce: 1, balance: UInt256(UInt64(random.below(3)))),
          wipesStorage: wipes && random.oneIn(4), storage: slots)
      })
  }

  private func expectEqual(_ view: any StateView, _ state: MemoryState) throws {
    for number in 0..<9 as Range<UInt64> {
      let address = Address(number)
      #expect(try view.account(address) == state.account(address))
      for slot in 0..<5 as Range<UInt64> {
        #expect(
          try view.storage(address, UInt256(slot)) == state.storage(address, UInt256(slot)))
      }
      if state.hasStorage(address) { #expect(try view.hasStorage(address)) }
    }
  }

  @Test func itReadsAsIfTheEditsHadBeenMade() throws {
    for seed in 0..<300 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let (base, edited) = (MemoryState(), MemoryState())
      let first = randomDiff(&random, on: base, wipes: false)
      base.apply(first)
      edited.apply(first)
      let edits = randomDiff(&random, on: base, wipes: true)
      edited.apply(edits)
      try expectEqual(EditedState(base, edits: edits), edited)
    }
  }

  @Test func editsAndABlockTogetherLeadWhereTheyLeadInTurn() throws {
    for seed in 0..<300 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let (base, inTurn) = (MemoryState(), MemoryState())
      let first = randomDiff(&random, on: base, wipes: false)
      base.apply(first)
      inTurn.apply(first)
      let edits = randomDiff(&random, on: base, wipes: true)
      inTurn.apply(edits)
      let block = randomDiff(&random, on: inTurn, wipes: true)
      inTurn.apply(block)
      let together = try EditedState(base, edits: edits).edits(followedBy: block)
      for change in together.accounts where change.account == nil {
        #expect(base.account(change.address) != nil)
      }
      base.apply(together)
      try expectEqual(base, inTurn)
      #expect(base.root() == inTurn.root())
    }
  }

  @Test func whatComesToNothingIsNoChange() throws {
    let base = MemoryState()
    let there = AccountChange(
      address: Address(1), account: Account(nonce: 1),
      storage: [SlotChange(slot: .zero, value: UInt256(5))])
    base.apply(StateDiff(accounts: [there]))
    let edits = StateDiff(accounts: [
      AccountChange(
        address: Address(1), account: Account(nonce: 2),
        storage: [SlotChange(slot: .zero, value: UInt256(6))]),
      AccountChange(address: Address(2), account: Account(nonce: 1)),
    ])
    let back = StateDiff(accounts: [there, AccountChange(address: Address(2), account: nil)])
    #expect(try EditedState(base, edits: edits).edits(followedBy: back).accounts.isEmpty)
  }

  @Test func codesOfEditsAreFoundAndOthersBelow() throws {
    let base = MemoryState()
    let old = Code([1], hash: Keccak256.hash([1]))
    let new = Code([2], hash: Keccak256.hash([2]))
    base.insert(old)
    let state = EditedState(base, edits: StateDiff(accounts: [], codes: [new]))
    #expect(try state.code(new.hash).bytes == [2] && state.code(old.hash).bytes == [1])
    #expect(try state.codeReference(new.hash).count == 1)
    #expect(throws: StateReadError.self) { _ = try state.code(.zero) }
  }

  @Test func editsOneByOneAreWhatTheyAreTogether() throws {
    for seed in 0..<100 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let (base, edited) = (MemoryState(), MemoryState())
      var edits = AccountEdits()
      for _ in 0..<20 {
        let address = Address(UInt64(random.below(5)))
        if random.oneIn(5) {
          edits.remove(address)
          edited.apply(StateDiff(accounts: [AccountChange(address: address, account: nil)]))
          continue
        }
        let account = Account(nonce: 1, balance: UInt256(UInt64(random.below(3))))
        let slot = UInt256(UInt64(random.below(5)))
        let word = UInt256(UInt64(random.below(3)))
        edits.set(address, to: account, words: [slot: word])
        edited.apply(
          StateDiff(accounts: [
            AccountChange(
              address: address, account: account, storage: [SlotChange(slot: slot, value: word)])
          ]))
      }
      try expectEqual(EditedState(base, edits: edits), edited)
      try expectEqual(EditedState(base, edits: edits.diff), edited)
    }
  }

  @Test func aCodeGoesWithTheLastAccountThatWasEditedToHaveIt() {
    let codes = (0..<2 as Range<UInt8>).map { Code([$0], hash: Keccak256.hash([$0])) }
    var edits = AccountEdits()
    func set(_ address: UInt64, _ code: Code) {
      edits.set(Address(address), to: Account(nonce: 1, codeHash: code.hash), code: code)
    }
    set(1, codes[0])
    set(2, codes[0])
    // What says nothing of the code leaves it.
    edits.set(Address(1), to: Account(nonce: 2, codeHash: codes[0].hash))
    set(1, codes[1])
    #expect(edits.diff.codes.count == 2)
    set(2, codes[1])
    #expect(edits.diff.codes.map(\.hash) == [codes[1].hash])
    edits.remove(Address(1))
    #expect(edits.diff.codes.count == 1)
    edits.forget(Address(2))
    #expect(edits.diff.codes.isEmpty && edits.account(Address(2)) == nil)
  }
}
