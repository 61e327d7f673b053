// The tries of a state, kept from block to block.

internal import Crypto
internal import Ledger
public import Primitives

/// The Keccak-keyed tries of accounts and of their storage, with all hashes, so that the root after a
/// block costs only what the block changed.
public struct StateTrie: Sendable {
  var accounts = MerklePatriciaTrie()
  var storage: [Address: MerklePatriciaTrie] = [:]

  /// The tries of a state without accounts.
  public init() {}

  /// The tries of `state`.
  public init(_ state: MemoryState) {
    state.forEachAccount { address, account in
      var slots: [SlotChange] = []
      state.forEachSlot(of: address) { slots.append(SlotChange(slot: $0, value: $1)) }
      set(address, to: account, changing: slots)
    }
  }

  /// Makes the changes of a block.
  public mutating func apply(_ diff: StateDiff) {
    for change in diff.accounts {
      if change.wipesStorage { storage[change.address] = nil }
      if let account = change.account {
        set(change.address, to: account, changing: change.storage)
      } else {
        accounts[Keccak256.hash(change.address)] = nil
      }
    }
  }

  /// The root of the state.
  public mutating func root() -> Hash256 { accounts.root() }

  private mutating func set(
    _ address: Address, to account: Account, changing slots: [SlotChange]
  ) {
    var encoder = LeafEncoder()
    if !slots.isEmpty { change(&storage[address, default: MerklePatriciaTrie()], slots) }
    if storage[address]?.isEmpty == true { storage[address] = nil }
    let storageRoot = storage[address]?.root() ?? Header.emptyTrieRoot
    let leaf = encoder.encode(account, storageRoot: storageRoot)
    accounts.set(Keccak256.hash(address), to: leaf)
  }

  private func change(_ trie: inout MerklePatriciaTrie, _ slots: [SlotChange]) {
    var encoder = LeafEncoder()
    for change in slots {
      let key = Keccak256.hash(change.slot)
      if change.value.isZero {
        trie[key] = nil
      } else {
        trie.set(key, to: encoder.encode(change.value))
      }
    }
  }
}

extension MerklePatriciaTrie {
  fileprivate mutating func set(_ key: Hash256, to value: UnsafeRawBufferPointer) {
    key.withBytes { key in
      value.withMemoryRebound(to: UInt8.self) { set(key, to: $0) }
    }
  }
}
