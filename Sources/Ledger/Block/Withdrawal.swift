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

extension Withdrawal {
  /// A part of a withdrawal's encoding.
  public enum Field: Sendable, Hashable {
    /// The withdrawal as a whole.
    case withdrawal
    case index, validatorIndex, address, amount
  }

  /// The canonical encoding.
  public var encoded: [UInt8] {
    var encoder = RLPEncoder(reservingCapacity: 64)
    write(to: &encoder)
    return encoder.bytes
  }

  /// Writes the withdrawal as an item.
  public func write(to encoder: inout RLPEncoder) {
    encoder.list { encoder in
      encoder.encode(index)
      encoder.encode(validatorIndex)
      encoder.encode(address)
      encoder.encode(amount)
    }
  }

  /// Reads an item of a block's list.
  init(itemOf list: inout FieldReader<Block.Field>, index: Int) throws(Block.DecodingError) {
    var fields = try list.list(.withdrawal(index: index, .withdrawal))
    self.init(
      index: try fields.uint64(.withdrawal(index: index, .index)),
      validatorIndex: try fields.uint64(.withdrawal(index: index, .validatorIndex)),
      address: try fields.address(.withdrawal(index: index, .address)),
      amount: try fields.uint64(.withdrawal(index: index, .amount)))
    try fields.expectEnd(.withdrawal(index: index, .withdrawal))
  }
}
