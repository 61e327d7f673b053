// Diffs that lead back and on.

import Ledger
import Primitives
import Samples
import State
import Testing

@Suite struct StateStepTests {
  private func allocations(_ random: inout SeededGenerator) -> [AccountAllocation] {
    (0..<12).map { number in
      var storage: [UInt256: UInt256] = [:]
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        storage[UInt256(UInt64.random(in: 0...5, using: &random))] = random.uniformWord()
      }
      return AccountAllocation(
        address: Address(UInt64(number)), nonce: 1, balance: random.uniformWord(), storage: storage)
    }
  }

  /// What a block may have changed, over a state of `allocations`. Whatever `earlier` wipes is wiped.
  private func diff(
    _ random: inout SeededGenerator, on state: MemoryState, after earlier: StateDiff = StateDiff()
  ) -> StateDiff {
    var changes: [AccountChange] = []
    for number: UInt64 in 0..<16 {
      let address = Address(number)
      let before = earlier.accounts.first { $0.address == address }
      let existed = state.account(address) != nil
      let wasWiped = existed && before?.wipesStorage == true
      guard wasWiped || Bool.random(using: &random) else { continue }
      if Int.random(in: 0..<4, using: &random) == 0 {
        if existed { changes.append(AccountChange(address: address, account: nil)) }
        continue
      }
      let wipes = existed && (wasWiped || Int.random(in: 0..<4, using: &random) == 0)
      let slots = Set((0..<3).map { _ in UInt64.random(in: 0...5, using: &random) })
      changes.append(
        AccountChange(
          address: address, account: Account(nonce: 2, balance: random.uniformWord()),
          wipesStorage: wipes,
          storage: slots.map { slot in
            SlotChange(
              slot: UInt256(slot), value: Bool.random(using: &random) ? random.uniformWord() : .zero
            )
          }))
    }
    return StateDiff(accounts: changes)
  }

  @Test func theInverseRestoresStateAndTries() {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<200 {
      let state = MemoryState(allocations(&random))
      var trie = StateTrie(state)
      let root = state.root()
      let change = diff(&random, on: state)
      let back = state.inverse(of: change)
      state.apply(change)
      trie.apply(change)
      #expect(trie.root() == state.root())
      state.apply(back)
      trie.apply(back)
      #expect(state.root() == root)
      #expect(trie.root() == root)
    }
  }

  @Test func aStepLeadsFromOneDiffToALaterOne() {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<200 {
      let accounts = allocations(&random)
      let state = MemoryState(accounts)
      let earlier = diff(&random, on: state)
      let later = diff(&random, on: state, after: earlier)
      var trie = StateTrie(state)
      trie.apply(earlier)
      trie.apply(state.step(from: earlier, to: later))
      let after = MemoryState(accounts)
      after.apply(later)
      #expect(trie.root() == after.root())
      trie.apply(state.step(from: later, to: StateDiff()))
      #expect(trie.root() == state.root())
    }
  }
}
