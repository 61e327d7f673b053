// What a transaction announces to touch.

public import Primitives

/// An account and some of its slots, warm from the start of the transaction (EIP-2930).
public struct AccessListEntry: Sendable, Hashable {
  /// The account.
  public var address: Address
  /// The storage keys. Repetitions are allowed and are paid for.
  public var slots: [UInt256]

  /// An entry for these slots of the account.
  public init(address: Address, slots: [UInt256] = []) {
    self.address = address
    self.slots = slots
  }
}
