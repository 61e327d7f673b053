// What the state keeps of an account.

public import Ledger
public import Primitives

/// An account's entry in the state, without its storage.
@frozen
public struct Account: BitwiseCopyable, Sendable, Hashable {
  /// Transactions sent, or contracts created.
  public var nonce: UInt64
  /// In wei.
  public var balance: UInt256
  /// Keccak-256 of the code; `Code.emptyHash` for an account without code.
  public var codeHash: Hash256

  /// An account; without arguments, the empty one.
  public init(
    nonce: UInt64 = 0, balance: UInt256 = .zero, codeHash: Hash256 = Code.emptyHash
  ) {
    self.nonce = nonce
    self.balance = balance
    self.codeHash = codeHash
  }

  /// Whether the account has no nonce, no balance and no code (EIP-161).
  public var isEmpty: Bool { nonce == 0 && balance.isZero && !hasCode }

  /// Whether the account has code.
  public var hasCode: Bool { codeHash != Code.emptyHash }
}
