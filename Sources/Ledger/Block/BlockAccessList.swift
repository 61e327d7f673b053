// What a block accessed and changed.

internal import Crypto
public import Primitives

/// The accounts and slots that the execution of a block accessed, and what its transactions left in
/// them (EIP-7928).
///
/// This is the EIP as of 2026-07-09, in review (commit 6c666b8d of ethereum/EIPs). A list is in
/// order: accounts, slots and indices rise, so that equal accesses have equal encodings. What is made
/// by hand may be out of order; what is decoded is not.
public struct BlockAccessList: Sendable, Hashable {
  /// The accounts, by rising address.
  public var accounts: [AccountAccess]

  /// A list of these accounts.
  public init(_ accounts: [AccountAccess] = []) { self.accounts = accounts }

  /// The gas of a block that each item needs.
  public static let itemCost: UInt64 = 2_000

  /// How many items there are: addresses and storage keys.
  public var itemCount: Int {
    accounts.reduce(0) { $0 + 1 + $1.storageChanges.count + $1.storageReads.count }
  }

  /// The most items that a block may access.
  public static func itemLimit(gasLimit: UInt64) -> UInt64 { gasLimit / itemCost }

  /// Keccak-256 of the encoding, which the header names.
  public var hash: Hash256 { Keccak256.hash(encoded) }
}

/// What a block did with one account.
///
/// Indices are 0 for what the protocol does before the transactions, 1 for the first transaction, and
/// one more than there are transactions for what comes after them.
public struct AccountAccess: Sendable, Hashable {
  /// Whose account.
  public var address: Address
  /// The slots that were written with another word, by rising slot.
  public var storageChanges: [SlotAccess]
  /// The slots that were only read, or written with the word that stood there, by rising slot.
  public var storageReads: [UInt256]
  /// The balance in wei after each index that changed it.
  public var balanceChanges: [IndexedChange<UInt256>]
  /// The nonce after each index that changed it.
  public var nonceChanges: [IndexedChange<UInt64>]
  /// The code after each index that changed it.
  public var codeChanges: [IndexedChange<[UInt8]>]

  /// An account that was accessed, with what changed.
  public init(
    _ address: Address, storageChanges: [SlotAccess] = [], storageReads: [UInt256] = [],
    balanceChanges: [IndexedChange<UInt256>] = [], nonceChanges: [IndexedChange<UInt64>] = [],
    codeChanges: [IndexedChange<[UInt8]>] = []
  ) {
    self.address = address
    self.storageChanges = storageChanges
    self.storageReads = storageReads
    self.balanceChanges = balanceChanges
    self.nonceChanges = nonceChanges
    self.codeChanges = codeChanges
  }
}

/// What a block wrote into one slot.
public struct SlotAccess: Sendable, Hashable {
  /// Which slot.
  public var slot: UInt256
  /// The word after each index that changed it; at least one.
  public var changes: [IndexedChange<UInt256>]

  /// The words of a slot.
  public init(_ slot: UInt256, _ changes: [IndexedChange<UInt256>]) {
    self.slot = slot
    self.changes = changes
  }
}

/// A value that holds after one index of a block.
public struct IndexedChange<Value: Sendable & Hashable>: Sendable, Hashable {
  /// The index.
  public var index: UInt32
  /// The value from then on.
  public var value: Value

  /// `value` after `index`.
  public init(_ index: UInt32, _ value: Value) {
    self.index = index
    self.value = value
  }
}
