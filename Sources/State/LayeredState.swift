// A state with changes that were never made.

public import Ledger
public import Primitives

/// A view of a state with changes on top of it, for what is only tried out.
///
/// Nobody may read while it is changed.
public final class LayeredState: StateView {
  private let base: any StateView
  /// What was changed so far.
  public private(set) var changes = MergedChanges()
  private var hashes: [UInt64: Hash256] = [:]

  /// The state `base` without any changes.
  public init(_ base: any StateView) { self.base = base }

  /// Makes changes.
  public func apply(_ diff: StateDiff) { changes.apply(diff) }

  /// Gives block `number` a hash.
  public func setBlockHash(_ number: UInt64, _ hash: Hash256) { hashes[number] = hash }

  /// The account, or nil when there is none.
  public func account(_ address: Address) throws(StateReadError) -> Account? {
    if let change = changes.accounts[address] { return change.account }
    return try base.account(address)
  }

  /// The word in `slot` of the account.
  public func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    if let change = changes.accounts[address] {
      if let word = change.storage[slot] { return word }
      if change.wipesStorage { return .zero }
    }
    return try base.storage(address, slot)
  }

  /// Whether any slot of the account is not zero. Slots that were there and have been set to zero one by one
  /// count as if they still were: only whether contracts collide depends on it.
  public func hasStorage(_ address: Address) throws(StateReadError) -> Bool {
    if let change = changes.accounts[address] {
      if change.storage.values.contains(where: { !$0.isZero }) { return true }
      if change.wipesStorage { return false }
    }
    return try base.hasStorage(address)
  }

  /// The code with this hash.
  public func code(_ hash: Hash256) throws(StateReadError) -> Code {
    if let code = changes.codes[hash] { return code }
    return try base.code(hash)
  }

  /// The hash of block `number`.
  public func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256? {
    if let hash = hashes[number] { return hash }
    return try base.blockHash(number)
  }
}
