// The root of a whole state, without keeping a trie.

internal import Crypto
internal import Ledger
public import Primitives

/// Computes state and storage roots from scratch: hashes all keys, sorts, and builds.
public enum StateRoot {
  /// The state root.
  public static func of(_ state: MemoryState) -> Hash256 {
    var accounts: [(key: Hash256, address: Address)] = []
    accounts.reserveCapacity(state.accountCount)
    state.forEachAccount { address, _ in accounts.append((Keccak256.hash(address), address)) }
    accounts.sort { $0.key < $1.key }
    var builder = TrieRootBuilder()
    var encoder = LeafEncoder()
    for (key, address) in accounts {
      guard let account = state.account(address) else { continue }
      let storageRoot = storageRoot(of: address, in: state)
      builder.append(key: key, value: encoder.encode(account, storageRoot: storageRoot))
    }
    return builder.finish()
  }

  /// The root of one account's storage.
  public static func storageRoot(of address: Address, in state: MemoryState) -> Hash256 {
    guard state.hasStorage(address) else { return Header.emptyTrieRoot }
    var slots: [(key: Hash256, word: UInt256)] = []
    state.forEachSlot(of: address) { slot, word in slots.append((Keccak256.hash(slot), word)) }
    slots.sort { $0.key < $1.key }
    var builder = TrieRootBuilder()
    var encoder = LeafEncoder()
    for (key, word) in slots { builder.append(key: key, value: encoder.encode(word)) }
    return builder.finish()
  }
}

extension TrieRootBuilder {
  mutating func append(key: Hash256, value: UnsafeRawBufferPointer) {
    withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { bytes in
      if let base = bytes.baseAddress { key.store(at: base) }
      append(key: UnsafeRawBufferPointer(bytes), value: value)
    }
  }
}
