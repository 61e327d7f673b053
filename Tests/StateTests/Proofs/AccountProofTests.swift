// Proofs of accounts and of their storage.

import Crypto
import Ledger
import Primitives
import Samples
import Testing

@testable import State

@Suite struct AccountProofTests {
  private func state(_ random: inout SeededGenerator) -> MemoryState {
    let allocations = (0..<120).map { number in
      var allocation = AccountAllocation(
        address: Address(truncating: random.uniformWord()), nonce: random.next() >> (number % 64),
        balance: random.uniformWord() &>> (number % 256),
        code: number % 3 == 0 ? random.bytes(9) : [])
      let slotCount = [0, 1, 2, 30].randomElement(using: &random) ?? 0
      for _ in 0..<slotCount {
        let slot: UInt256 = Bool.random(using: &random) ? random.uniformWord() : UInt256(number)
        allocation.storage[slot] = random.uniformWord() &>> (number % 250)
      }
      return allocation
    }
    return MemoryState(allocations)
  }

  @Test func everyAccountAndSlotProves() throws {
    var random = SeededGenerator(seed: 11)
    let state = state(&random)
    var trie = StateTrie(state)
    let root = trie.root()
    var accounts: [(Address, Account)] = []
    state.forEachAccount { accounts.append(($0, $1)) }
    for (address, account) in accounts {
      var slots: [UInt256] = [random.uniformWord()]
      state.forEachSlot(of: address) { slot, _ in slots.append(slot) }
      let proof = trie.proof(of: address, slots: slots)
      try proof.verify(root: root)
      #expect(proof.nonce == account.nonce && proof.balance == account.balance)
      #expect(proof.codeHash == account.codeHash)
      #expect(proof.storageHash == StateRoot.storageRoot(of: address, in: state))
      for slot in proof.slots { #expect(slot.word == state.storage(address, slot.slot)) }
    }
    let (address, _) = accounts[0]
    #expect(state.proof(of: address, slots: [1]) == trie.proof(of: address, slots: [1]))
  }

  @Test func absentAccountsProve() throws {
    var random = SeededGenerator(seed: 12)
    let state = state(&random)
    var trie = StateTrie(state)
    for _ in 0..<200 {
      let proof = trie.proof(of: Address(truncating: random.uniformWord()), slots: [7])
      try proof.verify(root: state.root())
      #expect(proof.codeHash == Code.emptyHash && proof.balance.isZero && proof.nonce == 0)
      var zeros = proof
      zeros.codeHash = .zero
      zeros.storageHash = .zero
      try zeros.verify(root: state.root())
    }
    var empty = StateTrie()
    try empty.proof(of: .zero, slots: [0]).verify(root: Header.emptyTrieRoot)
  }

  @Test func anyOtherClaimIsRefused() throws {
    var random = SeededGenerator(seed: 13)
    let state = state(&random)
    let root = state.root()
    var trie = StateTrie(state)
    var addresses: [Address] = [Address(truncating: random.uniformWord())]
    state.forEachAccount { address, _ in addresses.append(address) }
    for address in addresses {
      var slots: [UInt256] = [random.uniformWord()]
      state.forEachSlot(of: address) { slot, _ in slots.append(slot) }
      let proof = trie.proof(of: address, slots: Array(slots.prefix(3)))
      try proof.verify(root: root)
      for (field, change) in changes {
        var changed = proof
        change(&changed)
        #expect(throws: ProofError.accountDiffers(field)) { try changed.verify(root: root) }
      }
      for index in proof.slots.indices {
        var changed = proof
        changed.slots[index].word = changed.slots[index].word &+ UInt256.one
        let slot = proof.slots[index]
        #expect(
          throws: ProofError.slot(
            slot.slot,
            .wordDiffers(claimed: slot.word &+ UInt256.one, proven: slot.word))
        ) { try changed.verify(root: root) }
      }
      #expect(throws: ProofError.wrongHash(node: 0)) {
        try proof.verify(root: Hash256(root.word &+ UInt256.one))
      }
      var moved = proof
      moved.address = Address(truncating: random.uniformWord())
      #expect(throws: ProofError.self) { try moved.verify(root: root) }
    }
  }

  private let changes: [(AccountProof.Field, (inout AccountProof) -> Void)] = [
    (.nonce, { $0.nonce ^= 1 }), (.balance, { $0.balance = $0.balance &+ UInt256.one }),
    (.codeHash, { $0.codeHash = Hash256($0.codeHash.word &+ UInt256.one) }),
    (.storageHash, { $0.storageHash = Hash256($0.storageHash.word &+ UInt256.one) }),
  ]

  @Test func valuesThatNoStateHoldsAreRefused() throws {
    let address = Address(truncating: 5)
    for value: [UInt8] in [[0x01], [0xc0], [0xc4, 0x80, 0x80, 0x80, 0x80]] {
      var trie = MerklePatriciaTrie()
      let key = Keccak256.hash(address)
      trie[key] = value
      let proof = AccountProof(
        address: address, account: Account(), storageHash: Header.emptyTrieRoot,
        nodes: trie.proof(of: key.bytes), slots: [])
      let root = trie.root()
      #expect(throws: ProofError.malformedValue) { try proof.verify(root: root) }
    }
    for value: [UInt8] in [
      [0x80], [0x00], [0x81, 0x05], [0xc0], [0xa1] + Array(repeating: 1, count: 33),
    ] {
      var trie = MerklePatriciaTrie()
      let key = Keccak256.hash(UInt256.one)
      trie[key] = value
      let proof = SlotProof(slot: 1, word: .zero, nodes: trie.proof(of: key.bytes))
      let root = trie.root()
      #expect(throws: ProofError.malformedValue) { try proof.verify(root: root) }
    }
  }
}
