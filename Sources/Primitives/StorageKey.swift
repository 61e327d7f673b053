// The name of one storage slot.

/// A slot of an account's storage.
@frozen
public struct StorageKey: Sendable, Hashable, BitwiseCopyable {
  /// The account.
  public var address: Address
  /// The slot.
  public var slot: UInt256

  /// Slot `slot` of `address`.
  @inlinable @inline(__always)
  public init(address: Address, slot: UInt256) {
    self.address = address
    self.slot = slot
  }

  /// Whether account and slot are the same.
  @inlinable @inline(__always)
  public static func == (a: StorageKey, b: StorageKey) -> Bool {
    a.slot == b.slot && a.address == b.address
  }
}

extension StorageKey: Comparable {
  /// By account, then by slot.
  @inlinable
  public static func < (a: StorageKey, b: StorageKey) -> Bool {
    a.address == b.address ? a.slot < b.slot : a.address < b.address
  }
}

/// A storage slot of an account that is known by a number.
@frozen
public struct NumberedSlot: Sendable, Hashable, FlatKey {
  /// The number of the account.
  public let owner: UInt64
  /// Which slot of it.
  public let slot: UInt256

  /// A slot of the account with this number.
  @inlinable @inline(__always)
  public init(owner: UInt64, slot: UInt256) {
    self.owner = owner
    self.slot = slot
  }

  /// A 64-bit hash keyed by the secret.
  @inlinable @inline(__always)
  public func flatHash(_ secret: FlatSecret) -> UInt64 {
    secret.finish(
      secret.piece(slot.l0, 0, slot.l1, 1) &+ secret.piece(slot.l2, 2, slot.l3, 3)
        &+ secret.piece(owner, 4, 0, 5))
  }
}
