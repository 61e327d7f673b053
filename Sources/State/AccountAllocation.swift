// An account that a state begins with.

public import Primitives

/// An account with everything it has, as genesis files and test pre-states list them.
public struct AccountAllocation: Sendable, Hashable {
  /// Whose account this is.
  public var address: Address
  /// Transactions sent, or contracts created.
  public var nonce: UInt64
  /// In wei.
  public var balance: UInt256
  /// Empty for an account without code.
  public var code: [UInt8]
  /// Words by slot; zeros say nothing.
  public var storage: [UInt256: UInt256]

  /// An account with these contents.
  public init(
    address: Address, nonce: UInt64 = 0, balance: UInt256 = .zero, code: [UInt8] = [],
    storage: [UInt256: UInt256] = [:]
  ) {
    self.address = address
    self.nonce = nonce
    self.balance = balance
    self.code = code
    self.storage = storage
  }
}
