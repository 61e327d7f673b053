// A payment from the consensus layer.

public import Primitives

/// A payment out of a validator's balance (EIP-4895).
public struct Withdrawal: Sendable, Hashable {
  /// A number that counts all withdrawals.
  public var index: UInt64
  /// The validator paid from.
  public var validatorIndex: UInt64
  /// The account paid to.
  public var address: Address
  /// The amount in gwei.
  public var amount: UInt64

  /// A withdrawal with these fields.
  public init(index: UInt64, validatorIndex: UInt64, address: Address, amount: UInt64) {
    self.index = index
    self.validatorIndex = validatorIndex
    self.address = address
    self.amount = amount
  }

  /// The amount in wei.
  public var amountInWei: UInt256 {
    let (high, low) = amount.multipliedFullWidth(by: 1_000_000_000)
    return UInt256(l0: low, l1: high, l2: 0, l3: 0)
  }
}
