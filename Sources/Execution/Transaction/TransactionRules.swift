// What the forks disagree on about transactions.

public import Ledger
import Primitives

/// The rules for transactions in the blocks of one fork.
public struct TransactionRules: Sendable, Hashable {
  /// The fork.
  public let fork: Fork
  /// What is charged before execution.
  public var intrinsicGas: IntrinsicGas
  /// Refunds are capped at the gas used divided by this: 2, from London on 5 (EIP-3529).
  public var refundQuotient: UInt64
  /// The longest init code, in bytes (EIP-3860, Shanghai).
  public var initCodeLimit = Int.max
  /// The most gas a transaction may have (EIP-7825, Osaka).
  public var gasLimitCap = UInt64.max
  /// The most blobs a transaction may carry (EIP-7594, Osaka).
  public var blobLimit = Int.max
  /// How many blobs the block may carry; nil before Cancun.
  public var blobs: BlobParameters?
  /// Whether accounts and slots are cold and warm (EIP-2929, Berlin).
  public var hasAccessCosts: Bool
  /// Whether the coinbase is warm from the start (EIP-3651, Shanghai).
  public var warmsCoinbase: Bool
  /// Whether receipts say success instead of a state root (EIP-658, Byzantium).
  public var receiptsHaveStatus: Bool

  /// The least gas that a transaction uses in the end. What it is charged before execution comes back
  /// only as far as refunds go, and not at all where data sets a floor (EIP-7623).
  public var leastGasUsed: UInt64 {
    let base = intrinsicGas.base
    return intrinsicGas.floorToken > 0 ? base : base - base / refundQuotient
  }

  /// Whether an account with code may be the sender, which EIP-3607 forbids to signed transactions: what is
  /// only tried out may come from a contract. Who states a sender (see `Transaction.statedSender`) may name
  /// one under any rules.
  public var allowsSenderCode = false
  /// Whether who offers nothing for gas, or for blobs, pays nothing, whatever the block asks: what is only
  /// tried out may be free.
  public var waivesFees = false
  /// Whether a transaction may have more gas than its block has left: what is only tried out takes none from others.
  public var ignoresBlockGasLimit = false
  /// Whether a nonce may be 2^64 − 1, which EIP-2681 forbids: what is only tried out may have any.
  public var allowsLastNonce = false

  /// The rules of `fork`; `blobs` where a chain has other blob parameters than the fork brings.
  public init(_ fork: Fork, blobs: BlobParameters? = nil) {
    self.fork = fork
    intrinsicGas = IntrinsicGas(fork)
    refundQuotient = fork >= .london ? 5 : 2
    if fork >= .shanghai { initCodeLimit = Initcode.maximumSize }
    if fork >= .osaka {
      gasLimitCap = 1 << 24
      blobLimit = 6
    }
    self.blobs = blobs ?? BlobParameters.of(fork)
    hasAccessCosts = fork >= .berlin
    warmsCoinbase = fork >= .shanghai
    receiptsHaveStatus = fork >= .byzantium
  }
}
