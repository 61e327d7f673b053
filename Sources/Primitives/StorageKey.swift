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
