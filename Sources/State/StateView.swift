// The read-only state that execution starts from.

public import Ledger
public import Primitives

/// The state before a block, for reading only.
///
/// What stands behind it may be a table in memory, a database, or the partial pre-state of a
/// recorded block. Reads repeat: the same question always gets the same answer, because nobody
/// writes while a view is in use; the outcome of a block is a `StateDiff` to be applied afterwards.
/// Whoever executes in parallel asks from several threads at once.
///
/// A failed read says nothing about the transaction that asked. Whoever executes stops and reports.
public protocol StateView: AnyObject {
  /// The account, or nil when there is none. Before EIP-161 an empty account may be there.
  func account(_ address: Address) throws(StateReadError) -> Account?

  /// The word in `slot` of the account, zero when nothing was ever written there.
  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256

  /// The word in `slot` as `storage` tells it, and whether others are about to change it, so that it is
  /// worth while to find out by how much it could change without any consequence.
  func contendedStorage(
    _ address: Address, _ slot: UInt256
  ) throws(StateReadError) -> (word: UInt256, isContended: Bool)

  /// Whether any slot of the account is not zero (EIP-7610).
  func hasStorage(_ address: Address) throws(StateReadError) -> Bool

  /// The code with this hash, which an account of this view holds. The object, and every
  /// `CodeReference` taken from it, stays alive as long as the view.
  func code(_ hash: Hash256) throws(StateReadError) -> Code

  /// The code with this hash, uncounted.
  func codeReference(_ hash: Hash256) throws(StateReadError) -> CodeReference

  /// The hash of block `number`, or nil when the view does not know that block.
  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256?

  /// Says that these accounts will be asked for soon. A view may bring them near, or do nothing.
  func prefetch(_ addresses: UnsafeBufferPointer<Address>)

  /// Says that this slot of the account may be asked for next, perhaps not for the first time. Whoever
  /// executes in parallel says so from several threads at once. A view may bring it near, or do nothing.
  func prefetch(_ address: Address, _ slot: UInt256)
}

extension StateView {
  /// A word that nobody changes.
  public func contendedStorage(
    _ address: Address, _ slot: UInt256
  ) throws(StateReadError) -> (word: UInt256, isContended: Bool) {
    (try storage(address, slot), false)
  }

  /// The reference of the code object.
  public func codeReference(_ hash: Hash256) throws(StateReadError) -> CodeReference {
    try code(hash).reference
  }

  /// Does nothing.
  public func prefetch(_ addresses: UnsafeBufferPointer<Address>) {}

  /// Does nothing.
  public func prefetch(_ address: Address, _ slot: UInt256) {}
}
