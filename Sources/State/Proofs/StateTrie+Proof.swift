// Making proofs of accounts and storage.

internal import Crypto
internal import Ledger
public import Primitives

extension StateTrie {
  /// The account at `address`, or its absence, and the words of `slots`, with their proofs.
  public mutating func proof(of address: Address, slots: [UInt256] = []) -> AccountProof {
    let key = Keccak256.hash(address)
    let leaf = accounts[key].map { value in
      // Ours alone: `StateTrie` writes every leaf by the encoder whose inverse this is.
      guard let leaf = AccountLeaf(value) else { preconditionFailure("the trie holds accounts") }
      return leaf
    }
    return AccountProof(
      address: address, account: leaf?.account ?? Account(),
      storageHash: leaf?.storageRoot ?? Header.emptyTrieRoot,
      nodes: accounts.proof(of: key.bytes), slots: slots.map { proof(of: $0, in: address) })
  }

  private mutating func proof(of slot: UInt256, in address: Address) -> SlotProof {
    let key = Keccak256.hash(slot)
    var word = UInt256.zero
    if let value = storage[address]?[key] {
      // The encoding of a word is a byte string of at most 32 bytes: one byte of header, if any.
      word = UInt256(bigEndian: value.count == 1 ? value[...] : value.dropFirst()) ?? .zero
    }
    return SlotProof(slot: slot, word: word, nodes: storage[address]?.proof(of: key.bytes) ?? [])
  }
}

extension MemoryState {
  /// The account at `address`, or its absence, and the words of `slots`, with their proofs as of
  /// `root()`. Builds the tries of the whole state; who asks often keeps a `StateTrie`.
  public func proof(of address: Address, slots: [UInt256] = []) -> AccountProof {
    var trie = StateTrie(self)
    return trie.proof(of: address, slots: slots)
  }
}
