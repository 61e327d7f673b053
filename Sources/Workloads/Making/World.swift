// Ether and storage as a model keeps them.

internal import Primitives

/// What a workload's model knows of the state: ether and storage before the block, and after the
/// transactions that were added so far. Fees are left out; who knows the gas adds them.
///
/// Scenarios change it beside the calls that they make, in plain Swift, so that it says what must
/// come out of executing the contracts.
struct World {
  /// A number before the block and after what happened so far.
  struct Quantity {
    var before = UInt256.zero
    var after = UInt256.zero
  }

  /// Words of storage that are, or were, not zero.
  private(set) var words: [StorageKey: Quantity] = [:]
  /// In wei.
  private(set) var balances: [Address: Quantity] = [:]

  /// The word as it now stands.
  subscript(key: StorageKey) -> UInt256 {
    get { words[key]?.after ?? .zero }
    set { words[key, default: Quantity()].after = newValue }
  }

  /// The ether as it now stands, in wei.
  func balance(of address: Address) -> UInt256 { balances[address]?.after ?? .zero }

  /// Puts a word into the state before the block. What happened so far must not have changed it.
  mutating func place(_ word: UInt256, at key: StorageKey) {
    words[key] = Quantity(before: word, after: word)
  }

  /// Adds to a word as if more had stood there from the beginning.
  mutating func endow(_ key: StorageKey, with amount: UInt256) {
    words[key, default: Quantity()].before += amount
    words[key, default: Quantity()].after += amount
  }

  /// Adds ether as if more had been there from the beginning.
  mutating func endow(_ address: Address, with amount: UInt256) {
    balances[address, default: Quantity()].before += amount
    balances[address, default: Quantity()].after += amount
  }

  /// Moves ether; false, and nothing moves, where there is too little.
  @discardableResult
  mutating func move(_ amount: UInt256, from sender: Address, to recipient: Address) -> Bool {
    guard balance(of: sender) >= amount else { return false }
    balances[sender, default: Quantity()].after -= amount
    balances[recipient, default: Quantity()].after += amount
    return true
  }
}
