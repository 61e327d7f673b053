// A state of which everything is known.

internal import Crypto
internal import Ledger
internal import Primitives
internal import Samples
internal import State

/// A small random state, and what may be said of it.
struct ProvenState {
  let accounts: [Address: AccountAllocation]
  /// By definition.
  let root: Hash256

  init(_ generator: inout SeededGenerator) {
    var accounts: [Address: AccountAllocation] = [:]
    let count = generator.oneIn(10) ? generator.below(2) : generator.below(40)
    for _ in 0..<count {
      let address = Address(UInt64(generator.below(60)))
      var account = AccountAllocation(
        address: address, nonce: generator.number(), balance: generator.word(),
        code: generator.oneIn(3) ? generator.bytes(upTo: 9) : [])
      for _ in 0..<(generator.oneIn(2) ? 0 : generator.below(12)) {
        let slot = generator.oneIn(4) ? generator.word() : UInt256(UInt64(generator.below(20)))
        account.storage[slot] = generator.oneIn(8) ? .zero : generator.word()
      }
      accounts[address] = account
    }
    self.accounts = accounts
    root = NaiveStateRoot.of(Array(accounts.values))
  }

  /// An address that may be one of an account.
  func address(_ generator: inout SeededGenerator) -> Address {
    generator.oneIn(8) ? generator.address() : Address(UInt64(generator.below(60)))
  }

  /// A slot that the account may have.
  func slot(of address: Address, _ generator: inout SeededGenerator) -> UInt256 {
    let slots = accounts[address]?.storage.keys.sorted() ?? []
    return slots.isEmpty || generator.oneIn(3)
      ? UInt256(UInt64(generator.below(30))) : generator.pick(slots)
  }

  /// What of the claims is not so.
  func lie(in proof: AccountProof) -> String? {
    let account = accounts[proof.address] ?? AccountAllocation(address: proof.address)
    // Of an account that is not there some nodes write zeros for hashes.
    let isThere = accounts[proof.address] != nil
    let codeHash = Keccak256.hash(account.code)
    let storageHash = NaiveStateRoot.ofStorage(account.storage)
    guard proof.nonce == account.nonce else { return "the nonce is \(proof.nonce)" }
    guard proof.balance == account.balance else { return "the balance is \(proof.balance)" }
    guard proof.codeHash == codeHash || !isThere && proof.codeHash == .zero else {
      return "the hash of the code is \(proof.codeHash)"
    }
    guard proof.storageHash == storageHash || !isThere && proof.storageHash == .zero else {
      return "the root of the storage is \(proof.storageHash)"
    }
    for slot in proof.slots where slot.word != account.storage[slot.slot] ?? .zero {
      return "slot \(slot.slot) is \(slot.word)"
    }
    return nil
  }
}
