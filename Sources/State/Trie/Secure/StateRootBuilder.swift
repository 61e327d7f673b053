// The root of a state whose accounts and slots come in order, without its tries.

internal import Ledger
public import Primitives

/// Computes the state root from leaves as a store has them, by rising keys, in memory that does not grow
/// with their number.
public struct StateRootBuilder: ~Copyable {
  private var accounts = TrieRootBuilder()
  private var storage = TrieRootBuilder()
  private var hasSlots = false
  private var encoder = LeafEncoder()

  /// A builder that has seen nothing.
  public init() {}

  /// Adds a slot of the account that comes next, with a key greater than those of its slots before, and
  /// its word, which is not zero.
  public mutating func append(slot: Hash256, word: UInt256) {
    hasSlots = true
    storage.append(key: slot, value: encoder.encode(word))
  }

  /// Adds an account with a key greater than all before, whose slots have all come; whether these have
  /// the root that the record names.
  public mutating func append(account: Hash256, _ record: AccountRecord) -> Bool {
    var root = Header.emptyTrieRoot
    if hasSlots {
      var complete = TrieRootBuilder()
      swap(&complete, &storage)
      root = complete.finish()
      hasSlots = false
    }
    accounts.append(key: account, value: encoder.encode(record.account, storageRoot: root))
    return root == record.storageRoot
  }

  /// The root of the state with all that was added.
  public consuming func finish() -> Hash256 { accounts.finish() }
}
