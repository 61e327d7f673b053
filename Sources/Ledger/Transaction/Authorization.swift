// The permission to let an account run a contract's code.

public import Primitives

/// An account's signed wish to run the code of another (EIP-7702).
///
/// Every encodable value is allowed here; one with a wrong chain, nonce or signature is skipped when
/// the transaction is executed, which stays valid.
public struct Authorization: Sendable, Hashable {
  /// The chain it is meant for; zero for any.
  public var chainID: UInt256
  /// The contract whose code is to run; zero removes the delegation.
  public var address: Address
  /// The nonce the authority must have.
  public var nonce: UInt64
  /// The authority's signature.
  public var signature: Signature

  /// An authorization with these fields.
  public init(
    chainID: UInt256, address: Address, nonce: UInt64, signature: Signature = .absent
  ) {
    self.chainID = chainID
    self.address = address
    self.nonce = nonce
    self.signature = signature
  }
}
