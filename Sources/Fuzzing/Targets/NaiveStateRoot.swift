// The state root straight from the definition.

internal import Crypto
internal import Oracles
internal import Primitives
internal import State

/// The root of a state as equations 10 to 12 of the Yellow Paper define it, of the plain list of
/// accounts: nothing of the engine's states and tries takes part.
enum NaiveStateRoot {
  /// The root of a state with these accounts, each of which stands there once.
  static func of(_ accounts: [AccountAllocation]) -> Hash256 {
    var pairs: [[UInt8]: [UInt8]] = [:]
    for account in accounts { pairs[Keccak256.hash(account.address).bytes] = leaf(account) }
    return NaiveTrie.root(pairs)
  }

  /// The root of the storage of an account.
  static func ofStorage(_ storage: [UInt256: UInt256]) -> Hash256 {
    var pairs: [[UInt8]: [UInt8]] = [:]
    for (slot, word) in storage where !word.isZero {
      pairs[Keccak256.hash(slot.bigEndianBytes).bytes] = number(word).encoded
    }
    return NaiveTrie.root(pairs)
  }

  private static func leaf(_ account: AccountAllocation) -> [UInt8] {
    RLPItem.list([
      number(UInt256(account.nonce)), number(account.balance),
      .bytes(ofStorage(account.storage).bytes), .bytes(Keccak256.hash(account.code).bytes),
    ]).encoded
  }

  private static func number(_ number: UInt256) -> RLPItem { .bytes(number.minimalBigEndianBytes) }
}
